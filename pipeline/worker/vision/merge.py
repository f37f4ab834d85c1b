"""Merges the results of all networks into labels in the shape of Amazon Rekognition's.

A detector finds things and their boxes. A classifier names the whole picture. All use one
vocabulary, so a dog that several recognise is one label:

- The confidence of a word is the highest one of the networks.
- The classes of the classifier exclude each other, so the probability of a wider word is the sum of
  its classes: a picture that is 40 % beagle and 50 % basset is 90 % dog.
- A detection counts for its wider words too: a cat in a box is an animal.
- Where two detectors see the same thing, the better box stays.

`confidence` computes the probabilities of detections.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from pipeline.core.labels import BoundingBox, Instance, Label, LabelName
from pipeline.core.vocabulary import Word
from pipeline.worker.vision.confidence import Sighting
from pipeline.worker.vision.detector import Box, suppress_overlaps
from pipeline.worker.vision.sums import WordSums

_CONFIDENCE_DIGITS = 2
_BOX_DIGITS = 4  # 1/10,000 of the picture


@dataclass(frozen=True)
class Findings:
    """What one model or a pair of them says about a picture."""

    probabilities: Mapping[str, float]
    """What a classifier says: the probability of each word and of all its wider words."""
    sightings: Sequence[Sighting]
    """What a detector saw."""


def merge_labels(
    found: Sequence[Findings],
    words: Mapping[str, Word],
    *,
    min_confidence: float,
    max_labels: int,
) -> list[Label]:
    """Merge the results of all networks into labels.

    Args:
        found: What each model says.
        words: All names that the networks can return, and all their parents.
        min_confidence: In [0, 100]. Labels and instances below it are left out.
        max_labels: Only this many labels are returned, the most confident ones.

    Returns:
        Labels by falling confidence, narrower words first among equals. Each name comes once.
    """
    sightings = _join([one.sightings for one in found if one.sightings])
    instances = _build_instances(sightings, min_confidence)
    probabilities = [one.probabilities for one in found]
    confidences = _rate_words(probabilities, sightings, words, min_confidence)
    labels = [
        _build_label(words[name], confidence, instances[name])
        for name, confidence in confidences.items()
        if confidence >= min_confidence and confidence > 0
    ]
    labels.sort(key=lambda label: (-label.confidence, -len(label.parents), label.name))
    return labels[:max_labels]


def _join(of_detectors: Sequence[Sequence[Sighting]]) -> Sequence[Sighting]:
    """Put the sightings of several detectors together. Of two boxes of one thing the better stays.

    The probability that the thing is there is the highest one, whichever box stays.
    """
    if len(of_detectors) < 2:
        return of_detectors[0] if of_detectors else ()
    every = [sighting for sightings in of_detectors for sighting in sightings]
    _, name_ids = np.unique([one.name for one in every], return_inverse=True)
    presences: dict[str, float] = {}
    for one in every:
        presences[one.name] = max(one.presence, presences.get(one.name, 0.0))
    kept = suppress_overlaps(
        np.array([one.box for one in every], np.float32),
        np.array([one.box_fit for one in every], np.float32),
        name_ids,
    )
    return [replace(every[place], presence=presences[every[place].name]) for place in kept]


def _rate_words(
    probabilities: Iterable[Mapping[str, float]],
    sightings: Iterable[Sighting],
    words: Mapping[str, Word],
    min_confidence: float,
) -> dict[str, float]:
    """Return the confidence of every word, without most words below the threshold."""
    likely = (min_confidence - 1) / 100
    best: dict[str, float] = {}
    for of_model in probabilities:
        for word, probability in _select(of_model, likely).items():
            best[word] = max(best.get(word, 0.0), probability)
    for sighting in sightings:
        if sighting.presence >= likely:
            for word in (sighting.name, *words[sighting.name].parents):
                best[word] = max(best.get(word, 0.0), sighting.presence)
    return {word: _to_confidence(probability) for word, probability in best.items()}


def _select(probabilities: Mapping[str, float], likely: float) -> dict[str, float]:
    """Return the words that are likely enough."""
    if isinstance(probabilities, WordSums):
        # Few of more than a thousand words pass the threshold. Checking all of them took 1 ms.
        return probabilities.select(likely)
    return {word: one for word, one in probabilities.items() if one >= likely}


def _build_instances(
    sightings: Iterable[Sighting], min_confidence: float
) -> defaultdict[str, list[Instance]]:
    instances: defaultdict[str, list[Instance]] = defaultdict(list)
    for sighting in sorted(sightings, key=lambda sighting: -sighting.box_fit):
        confidence = _to_confidence(sighting.box_fit)
        box = _build_box(sighting.box)
        if confidence >= min_confidence and box.width > 0 and box.height > 0:
            instances[sighting.name].append(Instance(bounding_box=box, confidence=confidence))
    return instances


def _build_label(word: Word, confidence: float, instances: list[Instance]) -> Label:
    return Label(
        name=word.name,
        confidence=confidence,
        parents=_refer_to(word.parents),
        aliases=_refer_to(word.aliases),
        instances=instances,
    )


@cache
def _refer_to(names: tuple[str, ...]) -> list[LabelName]:
    return [LabelName(name=name) for name in names]


def _build_box(box: Box) -> BoundingBox:
    left, top, right, bottom = (round(side, _BOX_DIGITS) for side in box)
    return BoundingBox(
        left=left,
        top=top,
        width=round(right - left, _BOX_DIGITS),
        height=round(bottom - top, _BOX_DIGITS),
    )


def _to_confidence(probability: float) -> float:
    """Convert to percent. A sum of many probabilities may be slightly above 1."""
    return min(100.0, round(probability * 100, _CONFIDENCE_DIGITS))
