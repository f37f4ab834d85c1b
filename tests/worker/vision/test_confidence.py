"""The calibration of raw scores to probabilities."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.worker.vision.confidence import (
    BoxTerms,
    Guess,
    LabelTerms,
    Maps,
    Rater,
    Sighting,
    load_calibration,
)
from pipeline.worker.vision.detector import Box, Detection
from pipeline.worker.vision.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
SMALL, LARGE = (0.4, 0.4, 0.5, 0.5), (0.05, 0.05, 0.95, 0.95)
NO_GUESS = Guess("beagle", 0.0)

PLAIN = Maps(
    label=LabelTerms(constant=0, score=1, boxes=0, unlike=0),
    box=BoxTerms(constant=0, score=1, person=0, size=0, person_size=0),
)
"""Keeps the scores as they are."""
COMMITTED = load_calibration().fast


def rate(*detections: Detection, guess: Guess = NO_GUESS, maps: Maps = COMMITTED) -> list[Sighting]:
    return Rater(VOCABULARY).rate(detections, guess, maps)


def rate_presence(name: str, *, guess: Guess, box: Box = LARGE) -> float:
    [sighting] = rate(Detection(name, 0.6, box), guess=guess)
    return sighting.presence


def test_weights_of_one_keep_the_score() -> None:
    [sighting] = rate(Detection("cup", 0.3, SMALL), maps=PLAIN)

    assert (sighting.presence, sighting.box_fit) == pytest.approx((0.3, 0.3))
    assert (sighting.name, sighting.box) == ("cup", SMALL)


def test_a_label_has_a_higher_probability_than_its_box() -> None:
    [sighting] = rate(Detection("cup", 0.3, SMALL))

    assert sighting.box_fit < 0.3 < 0.4 < sighting.presence


def test_a_label_uses_the_best_score_and_each_box_its_own() -> None:
    good, bad = rate(Detection("cup", 0.7, SMALL), Detection("cup", 0.2, SMALL), maps=PLAIN)

    assert good.presence == bad.presence == pytest.approx(0.7)
    assert (good.box_fit, bad.box_fit) == pytest.approx((0.7, 0.2))


def test_several_boxes_raise_the_probability_of_a_label() -> None:
    [alone] = rate(Detection("cup", 0.4, SMALL))
    crowd = rate(*[Detection("cup", 0.4, SMALL)] * 5)

    assert crowd[0].presence > alone.presence
    assert crowd[0].box_fit == alone.box_fit


def test_a_large_person_has_a_higher_probability_than_a_small_one() -> None:
    small, large = rate(Detection("person", 0.4, SMALL), Detection("person", 0.4, LARGE))

    assert large.box_fit > small.box_fit + 0.1


def test_a_large_box_loses_probability_if_the_classifier_disagrees() -> None:
    denied = rate_presence("cell phone", guess=Guess("cassette player", 0.95))

    assert denied < 0.2 < 0.7 < rate_presence("cell phone", guess=NO_GUESS)


def test_an_animal_of_any_size_loses_probability_if_the_classifier_sees_another() -> None:
    guess = Guess("hen", 0.98)

    assert rate_presence("dog", guess=guess, box=SMALL) < 0.1
    assert rate_presence("bird", guess=guess, box=SMALL) > 0.7


def test_a_box_never_has_a_higher_probability_than_its_label() -> None:
    [sighting] = rate(Detection("cell phone", 0.9, LARGE), guess=Guess("cassette player", 0.95))

    assert sighting.box_fit == sighting.presence


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("dog", "beagle"),  # A wider word
        ("banana", "banana"),
        ("cow", "ox"),  # The classifier knows no cow but cattle
        ("person", "bikini"),
    ],
)
def test_a_first_guess_that_agrees_does_not_lower_the_probability(name: str, guess: str) -> None:
    sure, unsure = (
        rate_presence(name, guess=Guess(guess, probability)) for probability in (0.95, 0.0)
    )

    assert sure == unsure


def test_a_small_box_keeps_its_probability_if_the_classifier_disagrees() -> None:
    guess = Guess("cassette player", 0.95)

    beside = rate_presence("cell phone", guess=guess, box=SMALL)

    assert beside > rate_presence("cell phone", guess=NO_GUESS, box=SMALL) - 0.02


@given(st.sampled_from(["person", "cat", "cup"]), st.floats(0, 1), st.floats(0, 1))
def test_a_higher_score_is_never_less_probable(name: str, score: float, other: float) -> None:
    low, high = sorted((score, other))

    [less] = rate(Detection(name, low, SMALL))
    [more] = rate(Detection(name, high, SMALL))

    assert 0 < less.presence <= more.presence < 1
    assert 0 < less.box_fit <= more.box_fit < 1


def test_the_committed_coefficients_name_their_source() -> None:
    path = Path("pipeline/worker/vision/data/confidence.json")

    rows = json.loads(path.read_text("utf-8"))

    assert "pipeline.weights.calibrate_confidence" in rows["source"]
    assert rows["fittedOn"]


def test_a_box_without_area_is_no_error() -> None:
    [sighting] = rate(Detection("tie", 1.0, (1.0, 0.2, 1.0, 0.8)))

    assert 0 < sighting.box_fit <= sighting.presence < 1
