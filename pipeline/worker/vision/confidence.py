"""Turns raw scores into probabilities, so that a confidence says how often such an answer is right.

What the detector finds answers two questions, and each has its own calibration:

- Is this thing in the picture? A vague box is often a right label. This becomes the confidence of
  the label.
- Is this box right, with at least half of its area shared with the thing? This becomes the
  confidence of the instance. Small boxes are right less often than large ones.

The detector knows 80 things and calls everything else one of them: a lemur a dog, a cassette player
a cell phone. The classifier knows 1,000. So a box that covers much of the picture becomes less
probable if the classifier's first guess is another thing (see `LabelTerms.unlike`).

Both calibrations are logistic functions. A closer look has its own pair.
`python -m pipeline.weights.calibrate_confidence` fits them and the classifier's temperature to
labelled pictures and writes `data/confidence.json`.
Methods: Platt, "Probabilistic Outputs for Support Vector Machines", 1999; Guo et al., "On
Calibration of Modern Neural Networks", 2017, https://doi.org/10.48550/arXiv.1706.04599
"""

import json
import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from pipeline.core.options import Detail
from pipeline.worker.vision.detector import Box, Detection
from pipeline.worker.vision.sums import WordSums
from pipeline.worker.vision.vocabulary import Vocabulary

CONFIDENCE = Path(__file__).parent / "data" / "confidence.json"

PERSON = "person"
ANIMAL = "animal"
_LEAST_SCORE = 1e-3  # A score of 0 or 1 has no logit.
_LEAST_AREA = 1e-4


class LabelTerms(NamedTuple):
    """Terms of the probability that a thing is in the picture: their values, or their weights."""

    constant: float
    score: float
    """Logit of the best score."""
    boxes: float
    """Natural logarithm of the number of boxes with this name."""
    unlike: float
    """Probability of the classifier's first guess, if that is another thing, times the area of the
    largest box: a guess says nothing about small things beside it. If both are animals the area
    counts as 1, because a picture seldom shows two kinds of animals. 0 for people, because no guess
    denies them."""


class BoxTerms(NamedTuple):
    """Terms of the probability that a box is right: their values, or their weights."""

    constant: float
    score: float
    """Logit of the score."""
    person: float
    """1 for a person, 0 for other things."""
    size: float
    """Decimal logarithm of the part of the picture that the box covers: -2 is 1 %."""
    person_size: float
    """The size if the thing is a person, otherwise 0."""


@dataclass(frozen=True)
class Maps:
    """The weights for what the detector finds."""

    label: LabelTerms
    box: BoxTerms


@dataclass(frozen=True)
class Calibration:
    """The fitted numbers."""

    temperature: float
    """Divisor of the classifier's logits. A value below 1 raises the highest probability."""
    fast: Maps
    fine: Maps
    """After a closer look, which finds more and is wrong more often."""


@dataclass(frozen=True)
class Guess:
    """The classifier's first guess."""

    word: str
    probability: float


@dataclass(frozen=True)
class Sighting:
    """A detection with its two probabilities, in [0, 1]."""

    name: str
    box: Box
    presence: float
    """That the thing is in the picture. All sightings with one name share it."""
    box_fit: float
    """That the box is right. At most the presence, because a right box proves the thing."""


def load_calibration(path: Path = CONFIDENCE) -> Calibration:
    """Read the fitted numbers."""
    rows = json.loads(path.read_text("utf-8"))
    fast, fine = (
        Maps(LabelTerms(**rows[detail]["label"]), BoxTerms(**rows[detail]["box"]))
        for detail in (Detail.FAST, Detail.FINE)
    )
    return Calibration(rows["temperature"], fast, fine)


class Rater:
    """Finds the probabilities of detections. Safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._words = vocabulary.words
        known = {
            word
            for name in set(vocabulary.classes)
            for word in (name, *vocabulary.words[name].parents)
        }
        # The narrowest word for each thing that the classifier knows too: cattle for a cow
        self._shared = {
            name: next((word for word in (name, *self._words[name].parents) if word in known), None)
            for name in vocabulary.categories.values()
        }

    def rate(self, detections: Sequence[Detection], guess: Guess, maps: Maps) -> list[Sighting]:
        """Return every detection with its probabilities, in the same order."""
        by_name: defaultdict[str, list[Detection]] = defaultdict(list)
        for detection in detections:
            by_name[detection.name].append(detection)
        presences = {
            name: compute_probability(maps.label, self.describe_label(group, guess))
            for name, group in by_name.items()
        }
        return [
            Sighting(
                detection.name,
                detection.box,
                presence=presences[detection.name],
                box_fit=min(
                    presences[detection.name],
                    compute_probability(maps.box, describe_box(detection)),
                ),
            )
            for detection in detections
        ]

    def describe_label(self, group: Sequence[Detection], guess: Guess) -> LabelTerms:
        """Return what decides whether the thing is there. All detections have its name."""
        score = max(detection.score for detection in group)
        unlike = guess.probability * self._measure_denial(group, guess.word)
        return LabelTerms(1.0, _compute_logit(score), math.log(len(group)), unlike)

    def _measure_denial(self, group: Sequence[Detection], guess: str) -> float:
        """Return how strongly the guess, if it is right, denies the thing, in [0, 1]."""
        name = group[0].name
        guessed = (guess, *self._words[guess].parents)
        if name == PERSON or self._shared[name] in guessed:
            return 0.0
        if ANIMAL in self._words[name].parents and ANIMAL in guessed:
            return 1.0
        return max(_measure_area(detection.box) for detection in group)


def find_guess(sums: WordSums, classes: Sequence[str], class_id: int) -> Guess:
    """Return the classifier's first guess from the id of its most probable class."""
    return Guess(classes[class_id], sums[classes[class_id]])


def describe_box(detection: Detection) -> BoxTerms:
    """Return what decides whether a box is right."""
    person = float(detection.name == PERSON)
    size = math.log10(max(_LEAST_AREA, _measure_area(detection.box)))
    return BoxTerms(1.0, _compute_logit(detection.score), person, size, person * size)


def compute_probability(weights: tuple[float, ...], values: tuple[float, ...]) -> float:
    """Return the logistic function of the weighted values, in [0, 1]."""
    logit = sum(weight * value for weight, value in zip(weights, values, strict=True))
    return 1 / (1 + math.exp(-logit))


def _compute_logit(score: float) -> float:
    score = min(1 - _LEAST_SCORE, max(_LEAST_SCORE, score))
    return math.log(score / (1 - score))


def _measure_area(box: Box) -> float:
    left, top, right, bottom = box
    return (right - left) * (bottom - top)
