"""The whole recogniser on the demo photos, measured as `make quality` measures labelled pictures.

The photos are free and small, so the numbers say little about other pictures. They show that an
answer changed.
"""

import pytest

from infra.local.layout import PHOTOS, WEIGHTS
from pipeline.weights.pictures import BoxedPicture, NamedPicture, Thing
from pipeline.worker.vision.recognizer import Recognizer
from pipeline.worker.vision.vocabulary import load_vocabulary
from tools.quality.__main__ import EVERYTHING
from tools.quality.measure import Judge, Quality, measure_quality

THINGS = {
    "astronaut.jpg": [Thing("person", (0.03, 0.02, 0.98, 0.99))],
    "cat.jpg": [Thing("cat", (0.02, 0.0, 0.9, 0.99))],
    "coffee.jpg": [
        Thing("cup", (0.28, 0.03, 0.69, 0.63)),
        Thing("dining table", (0.0, 0.0, 1.0, 1.0)),
        Thing("spoon", (0.6, 0.4, 0.95, 0.72)),
    ],
    "dog.jpg": [Thing("dog", (0.03, 0.03, 0.89, 0.96))],
    "hens.jpg": [
        Thing("bird", (0.04, 0.19, 0.21, 0.76)),
        Thing("bird", (0.36, 0.1, 0.55, 0.74)),
        Thing("bird", (0.68, 0.18, 0.97, 0.88)),
    ],
    "kitten.jpg": [Thing("cat", (0.2, 0.14, 1.0, 0.71))],
    "palace.jpg": [],
}
"""What people marked."""
NAMES = {
    "coffee.jpg": "espresso",
    "dog.jpg": "German Shepherd",
    "hens.jpg": "hen",
    "palace.jpg": "palace",
}


@pytest.fixture(scope="module")
def quality() -> Quality:
    recognizer, vocabulary = Recognizer(WEIGHTS), load_vocabulary()
    return measure_quality(
        lambda data: recognizer.recognize_file(data, EVERYTHING).labels,
        [BoxedPicture(PHOTOS / photo, tuple(things)) for photo, things in THINGS.items()],
        [NamedPicture(PHOTOS / photo, name) for photo, name in NAMES.items()],
        Judge(vocabulary.categories.values(), vocabulary.classes),
    )


def test_the_labels_at_50_percent_are_those_that_people_gave(quality: Quality) -> None:
    wrong = {name: tally.wrong for name, tally in quality.classes.items() if tally.wrong}
    missed = {
        name: tally.present - tally.found
        for name, tally in quality.classes.items()
        if tally.found < tally.present
    }

    assert wrong == {"bowl": 1}
    assert missed == {"dining table": 1, "spoon": 1}


def test_the_first_guess_is_right(quality: Quality) -> None:
    assert (quality.top1, quality.named) == (4, 4)


def test_the_numbers_are_the_golden_ones(quality: Quality) -> None:
    measured = (
        quality.mean_average_precision,
        quality.labels.compute_error(),
        quality.boxes.compute_error(),
        quality.guesses.compute_error(),
    )

    assert measured == pytest.approx((0.857, 0.183, 0.128, 0.051), abs=0.03)
