import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.labels import Label
from pipeline.worker.vision.confidence import Sighting
from pipeline.worker.vision.detector import Box
from pipeline.worker.vision.merge import Findings, merge_labels
from pipeline.worker.vision.sums import Adder, WordSums
from pipeline.worker.vision.vocabulary import load_vocabulary

VOCABULARY = load_vocabulary()
ADDER = Adder(VOCABULARY)
BOX = (0.1, 0.2, 0.6, 0.8)


def merge(
    probabilities: dict[str, float],
    *sightings: Sighting,
    min_confidence: float = 50,
    max_labels: int = 10,
) -> list[Label]:
    return merge_labels(
        [Findings(add_up(probabilities), sightings)],
        VOCABULARY.words,
        min_confidence=min_confidence,
        max_labels=max_labels,
    )


def add_up(probabilities: dict[str, float]) -> WordSums:
    left = dict(probabilities)  # Classes that are merged share one name
    by_class = [left.pop(name, 0.0) for name in VOCABULARY.classes]
    return ADDER.add_up(np.array(by_class, np.float64))


def see(name: str, presence: float, box: Box, *, box_fit: float | None = None) -> Sighting:
    return Sighting(name, box, presence, presence if box_fit is None else box_fit)


def get_confidences(labels: list[Label]) -> dict[str, float]:
    return {label.name: label.confidence for label in labels}


def test_a_tabby_with_a_box_is_one_cat_and_an_animal() -> None:
    cat, animal, tabby = merge({"tabby": 0.6, "Persian cat": 0.3}, see("cat", 0.8, BOX))

    assert (tabby.name, tabby.confidence, tabby.instances) == ("tabby", 60, [])
    assert (cat.name, cat.confidence) == ("cat", 90)
    assert [parent.name for parent in tabby.parents] == ["cat", "animal"]
    assert (animal.name, animal.instances) == ("animal", [])
    (instance,) = cat.instances
    assert instance.confidence == 80
    assert instance.bounding_box.model_dump() == pytest.approx(
        {"left": 0.1, "top": 0.2, "width": 0.5, "height": 0.6}
    )


def test_the_confidences_of_breeds_add_up_for_dog() -> None:
    labels = get_confidences(merge({"beagle": 0.4, "basset hound": 0.5}, min_confidence=40))

    assert labels == pytest.approx({"dog": 90, "animal": 90, "basset hound": 50, "beagle": 40})


def test_a_sum_slightly_above_one_gives_100_percent() -> None:
    assert get_confidences(merge({"beagle": 0.5001, "basset hound": 0.5}))["dog"] == 100


def test_a_detection_counts_for_its_parents() -> None:
    labels = merge({}, see("car", 0.8, BOX))

    assert [(label.name, label.confidence, len(label.instances)) for label in labels] == [
        ("car", 80, 1),
        ("vehicle", 80, 0),
    ]


def test_both_networks_give_one_banana() -> None:
    banana = merge({"banana": 0.7}, see("banana", 0.9, BOX))[0]

    assert (banana.name, banana.confidence, len(banana.instances)) == ("banana", 90, 1)


def test_labels_below_the_minimum_confidence_are_left_out() -> None:
    probabilities = {"espresso": 0.5, "wine bottle": 0.4999}

    labels = merge(probabilities, see("cup", 0.8, BOX), see("cup", 0.3, BOX))

    assert "wine bottle" not in get_confidences(labels)
    assert get_confidences(labels)["espresso"] == 50
    (cup,) = (label for label in labels if label.name == "cup")
    assert [instance.confidence for instance in cup.instances] == [80]


def test_only_the_most_confident_labels_are_kept() -> None:
    labels = merge({"tabby": 0.6, "Persian cat": 0.3}, min_confidence=0, max_labels=2)

    assert [label.name for label in labels] == ["cat", "animal"]


def test_a_label_may_have_a_higher_confidence_than_its_boxes() -> None:
    (cup,) = (
        label
        for label in merge({}, see("cup", 0.8, BOX, box_fit=0.6), see("cup", 0.8, BOX, box_fit=0.7))
        if label.name == "cup"
    )

    assert cup.confidence == 80
    assert [instance.confidence for instance in cup.instances] == [70, 60]


def test_a_label_stays_although_all_its_boxes_are_below_the_minimum() -> None:
    (cup, *_) = merge({}, see("cup", 0.8, BOX, box_fit=0.4))

    assert (cup.name, cup.instances) == ("cup", [])


def test_a_box_without_area_is_no_instance() -> None:
    (tie, *_) = merge({}, see("tie", 0.8, (1.0, 0.2, 1.0, 0.8)))

    assert tie.instances == []


def test_labels_have_their_aliases() -> None:
    (phone, *_) = merge({}, see("cell phone", 0.8, BOX))

    assert "mobile phone" in [alias.name for alias in phone.aliases]


def test_of_two_boxes_of_one_thing_the_better_detector_keeps_its_box() -> None:
    ours = Findings({}, [see("cup", 0.9, BOX, box_fit=0.6), see("tie", 0.7, BOX)])
    theirs = Findings({}, [see("cup", 0.8, (0.1, 0.2, 0.6, 0.75), box_fit=0.7)])

    labels = merge_labels([ours, theirs], VOCABULARY.words, min_confidence=50, max_labels=10)

    found = {label.name: label for label in labels}
    assert (found["cup"].confidence, found["tie"].confidence) == (90, 70)
    assert [instance.confidence for instance in found["cup"].instances] == [70]
    assert [instance.confidence for instance in found["tie"].instances] == [70]


def test_boxes_of_two_things_with_one_name_stay_both() -> None:
    ours = Findings({}, [see("cup", 0.9, BOX)])
    theirs = Findings({}, [see("cup", 0.8, (0.7, 0.2, 0.9, 0.8))])

    labels = merge_labels([ours, theirs], VOCABULARY.words, min_confidence=50, max_labels=10)

    [cup] = (label for label in labels if label.name == "cup")
    assert [instance.confidence for instance in cup.instances] == [90, 80]


_THINGS = ["person", "cat", "dog", "cow", "giraffe", "car", "banana"]
_UNIT = st.floats(0, 1)
_BOXES = st.tuples(_UNIT, _UNIT, _UNIT, _UNIT).map(
    lambda box: (min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3]))
)
_SIGHTINGS = st.lists(
    st.builds(
        lambda name, box, chances: Sighting(name, box, max(chances), min(chances)),
        st.sampled_from(_THINGS),
        _BOXES,
        st.tuples(_UNIT, _UNIT),
    ),
    max_size=12,
)
_PROBABILITIES = st.dictionaries(
    st.sampled_from(VOCABULARY.classes), st.floats(0.001, 1), max_size=12
).map(
    lambda weights: {
        name: weight / max(1.0, sum(weights.values())) for name, weight in weights.items()
    }
)


@given(_PROBABILITIES, _SIGHTINGS, st.floats(0, 100), st.integers(1, 50))
def test_labels_are_unique_sorted_and_within_the_limits(
    probabilities: dict[str, float],
    sightings: list[Sighting],
    min_confidence: float,
    max_labels: int,
) -> None:
    labels = merge(probabilities, *sightings, min_confidence=min_confidence, max_labels=max_labels)

    names = [label.name for label in labels]
    confidences = [label.confidence for label in labels]
    assert len(set(names)) == len(names) <= max_labels
    assert confidences == sorted(confidences, reverse=True)
    assert all(max(min_confidence, 0.01) <= confidence <= 100 for confidence in confidences)
    for label in labels:
        instances = [instance.confidence for instance in label.instances]
        assert instances == sorted(instances, reverse=True)
        assert all(min_confidence <= confidence <= label.confidence for confidence in instances)


@given(_PROBABILITIES, _SIGHTINGS, st.floats(0, 100))
def test_every_label_has_parents_of_at_least_its_confidence(
    probabilities: dict[str, float], sightings: list[Sighting], min_confidence: float
) -> None:
    labels = merge(probabilities, *sightings, min_confidence=min_confidence, max_labels=1000)

    confidences = get_confidences(labels)
    for label in labels:
        for parent in label.parents:
            assert confidences[parent.name] >= label.confidence


@given(_SIGHTINGS)
def test_boxes_lie_inside_the_picture_and_have_area(sightings: list[Sighting]) -> None:
    labels = merge({}, *sightings, min_confidence=0, max_labels=1000)

    for label in labels:
        for box in (instance.bounding_box for instance in label.instances):
            assert box.width > 0 < box.height
            assert box.left + box.width <= 1 + 1e-9 >= box.top + box.height
