import pytest

from pipeline.worker.vision.detector import Detection
from pipeline.worker.vision.doubt import doubt_animals
from pipeline.worker.vision.vocabulary import Word

WORDS = {
    word.name: word
    for word in [
        Word("animal"),
        Word("cat", parents=("animal",)),
        Word("dog", parents=("animal",)),
        Word("giraffe", parents=("animal",)),
        Word("cattle", parents=("animal",)),
        Word("cow", parents=("cattle", "animal")),
        Word("vehicle"),
        Word("car", parents=("vehicle",)),
    ]
}
BOX = (0.1, 0.1, 0.9, 0.9)


def doubt(said: dict[str, float], *found: tuple[str, float]) -> list[float]:
    """The probabilities that are left when the classifier has `said` its opinion."""
    said = {"cat": 0, "dog": 0, "cattle": 0, "car": 0, "vehicle": 0, **said}
    detections = [Detection(name, probability, BOX) for name, probability in found]
    return [detection.probability for detection in doubt_animals(detections, said, WORDS)]


def test_a_cat_that_the_classifier_takes_for_a_lemur_is_doubted() -> None:
    assert doubt({"animal": 0.95}, ("cat", 0.7)) == [pytest.approx(0.7 * 0.05 / (0.7 * 0.05 + 0.3))]


def test_a_cat_that_the_classifier_sees_too_is_not() -> None:
    assert doubt({"animal": 0.95, "cat": 0.95}, ("cat", 0.7)) == [pytest.approx(0.7)]


def test_a_weakly_detected_cat_that_the_classifier_sees_too_is_not_doubted_either() -> None:
    assert doubt({"animal": 0.95, "cat": 0.95}, ("cat", 0.3)) == [pytest.approx(0.3)]


def test_a_dog_in_the_same_picture_explains_what_the_classifier_saw() -> None:
    both = doubt({"animal": 0.95, "dog": 0.95}, ("dog", 0.9), ("cat", 0.7))

    assert both == pytest.approx([0.9, 0.7])


def test_an_unlikely_dog_explains_nothing() -> None:
    _, cat = doubt({"animal": 0.95, "dog": 0.95}, ("dog", 0.4), ("cat", 0.7))

    assert cat < 0.2


def test_a_sure_detector_is_only_dampened() -> None:
    (left,) = doubt({"animal": 0.9}, ("cat", 0.99))

    assert 0.5 < left < 0.99


def test_two_networks_that_are_entirely_sure_are_no_division_by_zero() -> None:
    assert doubt({"animal": 1}, ("cat", 1), ("dog", 0)) == [1, 0]


def test_the_nearest_word_that_both_know_counts() -> None:
    assert doubt({"animal": 0.9, "cattle": 0.9}, ("cow", 0.7)) == [pytest.approx(0.7)]


def test_animals_that_the_classifier_cannot_name_are_left_alone() -> None:
    assert doubt({"animal": 0.95}, ("giraffe", 0.7)) == [0.7]


def test_cars_are_left_alone() -> None:
    assert doubt({"animal": 0.9, "vehicle": 0.1}, ("car", 0.7)) == [0.7]
