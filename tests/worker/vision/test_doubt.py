"""What the detector did not see lowers what the classifier says."""

import numpy as np
import pytest

from pipeline.worker.vision.confidence import Sighting
from pipeline.worker.vision.doubt import Doubter
from pipeline.worker.vision.engine import Array
from pipeline.worker.vision.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
WHOLE = (0.0, 0.0, 1.0, 1.0)


def doubt(said: dict[str, float], seen: dict[str, float]) -> dict[str, float]:
    """Return what is left of what the classifier said, given the presences the detector saw."""
    probabilities: Array = np.zeros(len(VOCABULARY.classes), np.float32)
    places = {name: list(VOCABULARY.classes).index(name) for name in said}
    for name, probability in said.items():
        probabilities[places[name]] = probability
    sightings = [Sighting(name, WHOLE, presence, presence) for name, presence in seen.items()]
    doubted = Doubter(VOCABULARY).doubt(probabilities, sightings)
    return {name: round(float(doubted[place]), 3) for name, place in places.items()}


def test_a_person_makes_an_unseen_ball_improbable() -> None:
    # The odds of 0.9 are 9; times 0.1 they are 0.9, which is a probability of 0.474.
    assert doubt({"croquet ball": 0.9}, {"person": 0.9}) == {"croquet ball": 0.474}


def test_classes_of_one_thing_share_the_doubt() -> None:
    said = {"beagle": 0.6, "borzoi": 0.3}

    assert doubt(said, {"person": 0.9}) == {"beagle": 0.316, "borzoi": 0.158}


@pytest.mark.parametrize("presence", [0.2, 1.0])
def test_a_thing_that_the_detector_saw_keeps_its_probability(presence: float) -> None:
    assert doubt({"beagle": 0.9}, {"dog": presence, "person": 1.0}) == {"beagle": 0.9}


def test_a_thing_that_the_detector_does_not_know_keeps_its_probability() -> None:
    assert doubt({"tench": 0.9}, {"person": 1.0}) == {"tench": 0.9}


def test_without_another_thing_nothing_is_denied() -> None:
    assert doubt({"golf ball": 0.9}, {}) == {"golf ball": 0.9}


def test_a_sure_person_denies_a_sure_dog() -> None:
    assert doubt({"beagle": 1.0}, {"person": 1.0})["beagle"] < 0.001
