"""Lowers what the classifier says about things that the detector looked for and did not see.

The classifier must name the whole picture with one of its classes. On a picture of a person with a
small frisbee it says "croquet ball" with 95 %. The detector knows balls too. If it saw no ball and
is sure of a person, then the ball is improbable: the odds of all balls are multiplied by the
probability that none of the other things is there. A detector that saw nothing else denies nothing,
so a golf ball that fills the picture stays one.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.worker.vision.confidence import Sighting
from pipeline.worker.vision.engine import Array
from pipeline.worker.vision.vocabulary import Vocabulary

_LEAST = 1e-9


class Doubter:
    """Doubts the classifier. Safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Prepare the classes that belong to each thing that the detector knows."""
        self._names = sorted(set(vocabulary.categories.values()))
        places = {name: place for place, name in enumerate(self._names)}
        chains = [(name, *vocabulary.words[name].parents) for name in vocabulary.classes]
        # By class id: the place of the narrowest thing, or one more for a class that is none
        self._things = np.array(
            [
                next((places[word] for word in chain if word in places), len(places))
                for chain in chains
            ]
        )

    def doubt(self, probabilities: Array, sightings: Sequence[Sighting]) -> Array:
        """Return the probabilities of the classes, lowered where the detector denies them.

        Args:
            probabilities: By class id, shape (classes,).
            sightings: Everything that the detector saw.
        """
        absent = 1 - max((sighting.presence for sighting in sightings), default=0.0)
        if absent == 1:
            return probabilities
        sums = np.bincount(self._things, weights=probabilities, minlength=len(self._names) + 1)
        sums = sums.clip(_LEAST, 1 - _LEAST)
        factors = absent / (1 - sums * (1 - absent))  # Of a probability whose odds shrink
        seen = {sighting.name for sighting in sightings}
        factors[[place for place, name in enumerate(self._names) if name in seen]] = 1
        factors[len(self._names)] = 1
        doubted: Array = probabilities * factors[self._things].astype(np.float32)
        return doubted
