"""Doubts about detected animals, from what the classifier saw.

The detector knows ten kinds of animals and takes every other for one of them: a lemur for a dog,
a beetle for a bird. The classifier knows 398. If it is sure of an animal that no box names, the
boxes that name another one become less likely.

Only animals: pictures of one kind are the rule there, while a street has cars and buses, and a
table cups and bowls, of which the classifier names one. Of the detections that were judged for
`detector`'s calibration, 34 were wrong animals, and for 29 of them the contradiction is above 0.9.
So it is for 2 of 20 right ones: a panda that the detector calls a bear, and a herd of horses that
the classifier takes for sheep. Hence odds, not a veto: a sure detector is only dampened.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipeline.worker.vision.detector import Detection
from pipeline.worker.vision.vocabulary import Word

ANIMAL = "animal"
_LIKELY = 0.5
_MOST_CONTRADICTION = 0.99  # No network is beyond doubt, and 0 / 0 is no probability


def doubt_animals(
    detections: Sequence[Detection],
    probabilities: Mapping[str, float],
    words: Mapping[str, Word],
) -> list[Detection]:
    """Lower the probability of animals that the classifier contradicts.

    Args:
        detections: Of the detector.
        probabilities: By name, of the classifier: of its classes and of all wider words.
        words: Every name that the networks can say.

    Returns:
        All detections in the same order.
    """
    seen = {detection.name for detection in detections if detection.probability >= _LIKELY}

    def doubt(detection: Detection) -> Detection:
        if _find_common_word(detection.name, probabilities, words) is None:
            return detection
        explaining = {
            _find_common_word(name, probabilities, words) for name in {detection.name, *seen}
        }
        explained = sum(probabilities[word] for word in explaining if word is not None)
        contradiction = min(_MOST_CONTRADICTION, max(0.0, probabilities[ANIMAL] - explained))
        odds = detection.probability * (1 - contradiction)
        return replace(detection, probability=odds / (odds + 1 - detection.probability))

    return [doubt(detection) for detection in detections]


def _find_common_word(
    name: str, probabilities: Mapping[str, float], words: Mapping[str, Word]
) -> str | None:
    """The narrowest word for an animal that the classifier can say too."""
    if ANIMAL not in words[name].parents:
        return None
    narrower = (name, *words[name].parents[: words[name].parents.index(ANIMAL)])
    return next((word for word in narrower if word in probabilities), None)
