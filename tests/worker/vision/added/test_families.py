"""Every family of added models, on a graph of that family that is made here."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.worker.vision.added.families import Outputs, read_outputs
from pipeline.worker.vision.added.faults import AddedModelError, Fault
from pipeline.worker.vision.added.manifest import Detr, Nms, Output, Size, Softmax
from pipeline.worker.vision.added.model import AddedModel, list_confidences
from pipeline.worker.vision.detector import MAX_DETECTIONS
from tests.worker.vision.added.families import BOX, CENTRE, CLASSIFIERS, DETECTORS, FINDER, Family
from tests.worker.vision.added.folders import (
    SIDE,
    GraphOutput,
    build_graph,
    paint,
    write_model,
)

NAMES = {"red": "cat", "green": "car", "blue": "zorp"}


@pytest.mark.parametrize("family", CLASSIFIERS.values(), ids=CLASSIFIERS.keys())
def test_a_classifier_names_each_colour(family: Family, tmp_path: Path) -> None:
    model = family.load(tmp_path)

    for colour, name in NAMES.items():
        found = model.look(paint(colour))
        best = max(found.probabilities, key=lambda word: (found.probabilities[word], word == name))
        assert best == name
        assert found.probabilities[name] > 0.9
        assert found.sightings == ()


@pytest.mark.parametrize("family", DETECTORS.values(), ids=DETECTORS.keys())
def test_a_detector_finds_each_colour_in_its_box(family: Family, tmp_path: Path) -> None:
    model = family.load(tmp_path)

    for colour, name in NAMES.items():
        [sighting] = model.look(paint(colour)).sightings
        assert sighting.name == name
        assert sighting.box == pytest.approx(BOX, abs=1e-3)
        assert sighting.presence == sighting.box_fit > 0.9


def test_boxes_of_a_padded_picture_are_brought_back_to_the_picture(tmp_path: Path) -> None:
    """80 x 40 pixels fill the middle half of a square input, or its upper half."""
    boxes = {}
    for position in ("center", "top-left"):
        family = Family(
            {"family": "nms", "boxes": "out"},
            {"out": GraphOutput((1, 6), [[16, 16, 48, 48, 1, 0]])},
            input={"do_pad": True, "pad_position": position, "pad_value": 0},
        )
        [sighting] = family.load(tmp_path / position).look(paint("red", 40, 80)).sightings
        boxes[position] = sighting.box

    assert boxes["center"] == pytest.approx((0.25, 0.0, 0.75, 1.0), abs=1e-3)
    assert boxes["top-left"] == pytest.approx((0.25, 0.5, 0.75, 1.0), abs=1e-3)


def cut_middle(shortest_edge: int) -> dict[str, Any]:
    """Settings of an input of 64 x 64 pixels, cut out of the resized picture."""
    return {
        "size": {"shortest_edge": shortest_edge},
        "do_center_crop": True,
        "crop_size": {"height": 64, "width": 64},
    }


def test_boxes_of_a_crop_are_brought_back_to_the_picture(tmp_path: Path) -> None:
    """Of 128 x 64 pixels the middle square is the network's input."""
    family = Family(
        {"family": "nms", "boxes": "out"},
        {"out": GraphOutput((1, 6), [[0, 32, 64, 64, 1, 0]])},
        input=cut_middle(64),
    )

    [sighting] = family.load(tmp_path).look(paint("red", 64, 128)).sightings

    assert sighting.box == pytest.approx((0.25, 0.5, 0.75, 1.0))


def test_of_boxes_that_overlap_the_better_one_stays(tmp_path: Path) -> None:
    two = np.array([[*np.array(CENTRE) * SIDE, 0.9, 0, 0], [32, 24, 33, 16, 0.8, 0, 0]])
    graph = {"output0": GraphOutput((9, 7), np.vstack([two, np.zeros((7, 7))]))}

    one = Family({"family": "yolov8"}, graph).load(tmp_path / "a").look(paint("red"))
    both = Family({"family": "yolov8", "nms_threshold": 1}, graph).load(tmp_path / "b")

    assert [round(sighting.box_fit, 2) for sighting in one.sightings] == [0.9]
    assert len(both.look(paint("red")).sightings) == 2


def test_classes_that_exclude_each_other_add_up_to_their_wider_word(tmp_path: Path) -> None:
    half = {"logits": GraphOutput((3,), [1.0, 1.0, -20.0])}
    graph, classes = build_graph(half), ("beagle", "basset hound", "zorp")
    softmax = write_model(
        tmp_path / "a", graph, {"family": "softmax"}, classes=classes, sample={"min_confidence": 40}
    )
    sigmoid = write_model(tmp_path / "b", graph, {"family": "sigmoid"}, classes=classes)

    together = AddedModel(softmax, FINDER).look(paint("red")).probabilities
    apart = AddedModel(sigmoid, FINDER).look(paint("red")).probabilities

    assert (together["beagle"], together["dog"]) == pytest.approx((0.5, 1.0))
    assert apart["dog"] == pytest.approx(apart["beagle"])


def test_classes_that_are_left_out_are_no_labels(tmp_path: Path) -> None:
    graph = build_graph({"logits": GraphOutput((3,), [3.0, 3.0, 3.0])})
    folder = write_model(tmp_path, graph, {"family": "sigmoid"}, left_out=["zorp"], threshold=0.5)

    found = list_confidences(AddedModel(folder, FINDER).look(paint("red")))

    assert {"cat", "car"} < set(found)
    assert "zorp" not in found


def test_a_class_that_we_do_not_know_has_the_parents_of_the_manifest(tmp_path: Path) -> None:
    graph = build_graph({"logits": GraphOutput((3,), [0.0, 0.0, 9.0])})
    folder = write_model(
        tmp_path,
        graph,
        {"family": "softmax"},
        parents={"zorp": ["hoverthing", "car"]},
        sample={"label": "zorp"},
    )

    model = AddedModel(folder, FINDER)

    assert model.words["zorp"].parents == ("hoverthing", "car", "vehicle")
    assert model.words["hoverthing"].parents == ("car", "vehicle")
    assert model.look(paint("red")).probabilities["hoverthing"] > 0.9


def test_boxes_beside_the_picture_or_turned_inside_out_are_no_things(tmp_path: Path) -> None:
    """A result cannot have them, so they would fail the picture."""
    right, beside, inside_out, flat = (
        (16, 16, 48, 48),
        (70, 0, 90, 9),
        (48, 48, 16, 16),
        (9, 9, 9, 40),
    )
    rows = [[*box, 1, 0] for box in (right, beside, inside_out, flat)]
    family = Family({"family": "nms", "boxes": "out"}, {"out": GraphOutput((4, 6), rows)})

    [sighting] = family.load(tmp_path).look(paint("red")).sightings

    assert sighting.box == pytest.approx((0.25, 0.25, 0.75, 0.75))


@pytest.mark.timeout(20)  # Comparing all boxes with each other would take minutes
def test_a_hundred_thousand_sure_boxes_take_a_bounded_time(tmp_path: Path) -> None:
    places = np.random.default_rng(6).uniform(0, SIDE, (33_000, 2))
    rows = np.hstack([places, np.full((33_000, 2), 0.1), np.ones((33_000, 3))])
    family = Family({"family": "yolov8"}, {"output0": GraphOutput(rows.shape, rows)})

    sightings = family.load(tmp_path).look(paint("red")).sightings

    assert len(sightings) == MAX_DETECTIONS


def test_a_very_long_picture_is_cut_before_it_is_resized(tmp_path: Path) -> None:
    """400,000 x 32 pixels would be 3.2 million pixels wide."""
    family = Family(
        {"family": "nms", "boxes": "out"},
        {"out": GraphOutput((1, 6), [[0, 0, 64, 64, 1, 0]])},
        input=cut_middle(256),
    )

    [sighting] = family.load(tmp_path).look(paint("red", 32, 400_000)).sightings

    left, top, right, bottom = sighting.box
    assert ((left + right) / 2, right - left) == pytest.approx((0.5, 8 / 400_000), abs=1e-6)
    assert (top, bottom) == pytest.approx((0.375, 0.625))


@pytest.mark.parametrize(
    ("outputs", "family"),
    [
        ({"o": [{"cat": 0.9}]}, Softmax(family="softmax")),
        ({"o": np.array(["cat", "dog"])}, Softmax(family="softmax")),
        ({"o": np.array(0.9)}, Softmax(family="softmax")),
        ({"o": np.array([1e300, 0, 0])}, Softmax(family="softmax")),
        ({"boxes": np.zeros((1, 2, 0))}, Nms(family="nms")),
        ({"logits": np.zeros((1, 5, 0)), "pred_boxes": np.zeros((1, 5, 4))}, Detr(family="detr")),
    ],
)
def test_outputs_that_are_no_numbers_are_refused(outputs: Outputs, family: Output) -> None:
    with pytest.raises(AddedModelError) as caught:
        read_outputs(outputs, family, 3, Size(height=SIDE, width=SIDE))

    assert caught.value.code == Fault.WRONG_OUTPUT
