"""Rekognition's labels in our words, with its own names kept."""

import pytest

from pipeline.core.labels import BoundingBox
from pipeline.worker.rekognition.answers import FoundBox, FoundLabel
from pipeline.worker.rekognition.names import Names, build_box
from pipeline.worker.vision.vocabulary import load_vocabulary


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(load_vocabulary().words)


def find(name: str, confidence: float = 90, **others: object) -> FoundLabel:
    return FoundLabel.model_validate({"Name": name, "Confidence": confidence, **others})


def test_a_name_of_rekognition_becomes_ours(names: Names) -> None:
    [label] = names.translate([find("Automobile", 98.7654)])

    assert (label.name, label.confidence) == ("car", 98.77)
    assert "Automobile" not in [alias.name for alias in label.aliases]  # "automobile" is ours
    assert [parent.name for parent in label.parents] == ["vehicle"]


def test_a_name_that_we_do_not_know_stays(names: Names) -> None:
    parents = [{"Name": "Animal"}, {"Name": "Mammal"}]
    [label] = names.translate([find("Canine", Parents=parents, Aliases=[{"Name": "Pup"}])])

    assert label.name == "Canine"
    assert [alias.name for alias in label.aliases] == ["Pup"]
    assert [parent.name for parent in label.parents] == ["animal", "Mammal"]


def test_both_names_are_kept_where_they_differ(names: Names) -> None:
    aliases = [{"Name": "Pooch"}]
    [label] = names.translate([find("Dog", Parents=[{"Name": "Canine"}], Aliases=aliases)])

    assert label.name == "dog"
    assert "Pooch" in [alias.name for alias in label.aliases]
    assert [parent.name for parent in label.parents] == ["animal", "Canine"]


def test_two_of_their_names_that_are_one_of_ours_become_one_label(names: Names) -> None:
    box = {"Left": 0.1, "Top": 0.2, "Width": 0.3, "Height": 0.4}
    place = {"BoundingBox": box, "Confidence": 80}
    found = [find("Automobile", 70, Instances=[place]), find("Car", 91, Instances=[place])]

    [label] = names.translate([*found, find("Car", 50)])

    assert (label.name, label.confidence) == ("car", 91)
    assert len(label.instances) == 1


def test_labels_are_sorted_by_confidence(names: Names) -> None:
    labels = names.translate([find("Cat", 60), find("Sofa", 90)])

    assert [label.confidence for label in labels] == [90, 60]


def test_an_ambiguous_name_is_not_taken_for_one_of_ours(names: Names) -> None:
    [label] = names.translate([find("Crane")])

    assert label.name == "Crane"


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [
        ((-0.1, 0.2, 0.5, 0.5), (0, 0.2, 0.4, 0.5)),
        ((0.8, 0.9, 0.5, 0.5), (0.8, 0.9, 0.2, 0.1)),
        ((0.12345, 0.2, 0.3, 0.4), (0.1235, 0.2, 0.2999, 0.4)),
    ],
)
def test_a_box_ends_at_the_edges_of_the_picture(
    theirs: tuple[float, ...], ours: tuple[float, ...]
) -> None:
    sides = ("left", "top", "width", "height")
    box = FoundBox.model_validate(
        {side.capitalize(): value for side, value in zip(sides, theirs, strict=True)}
    )

    assert build_box(box) == BoundingBox(**dict(zip(sides, ours, strict=True)))
