"""Every family of added models, on a graph of that family that is made here."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from pipeline.core.vocabulary import WordFinder
from pipeline.worker.vision.added.model import AddedModel, list_confidences
from pipeline.worker.vision.vocabulary import load_vocabulary
from tests.worker.vision.added.folders import (
    NEEDS_HALF,
    SIDE,
    TELLS_COLOURS,
    GraphInput,
    GraphOutput,
    build_graph,
    paint,
    write_model,
)

FINDER = WordFinder(load_vocabulary().words)
BOX = (0.25, 0.25, 0.75, 0.5)
"""Where the graphs of detectors find something: left, top, right, bottom of the input."""
_CENTRE = (0.5, 0.375, 0.5, 0.25)
_TOP_FIRST = (0.25, 0.25, 0.5, 0.75)
_PIXELS = np.array(BOX) * SIDE
NOTHING = -1.0


@dataclass(frozen=True)
class Family:
    """One way to give outputs, and how the manifest describes it."""

    output: dict[str, Any]
    outputs: dict[str, GraphOutput]
    taken: GraphInput = field(default_factory=GraphInput)
    input: dict[str, Any] = field(default_factory=dict)

    def load(self, folder: Path) -> AddedModel:
        graph = build_graph(self.outputs, self.taken)
        return AddedModel(write_model(folder, graph, self.output, taken=self.input), FINDER)


def rows(count: int, first: Any, *others: Any) -> Any:
    """Columns of numbers: the first row, and zeros in the others."""
    table = np.zeros((count, len(np.concatenate([np.atleast_1d(first), *map(np.ravel, others)]))))
    table[0] = np.concatenate([np.atleast_1d(first), *map(np.ravel, others)])
    return table


def colour_rows(count: int, before: int, after: int = 0) -> Any:
    """The effect of colours on the classes of the first row, after `before` other numbers."""
    table = np.zeros((3, count, before + 3 + after))
    table[:, 0, before : before + 3] = np.eye(3)
    return table


_COLOUR_SCORES = np.eye(3)
_SOFTMAX = GraphOutput((3,), NEEDS_HALF, TELLS_COLOURS)
_YOLOX_STRIDES = (32, 64)  # 4 and 1 cells of 64 pixels
_YOLOX_BOX = (0.0, 0.75, 0.0, np.log(0.5))  # Of the second cell of the first row
CLASSIFIERS = {
    "softmax": Family({"family": "softmax"}, {"logits": _SOFTMAX}),
    "softmax that the graph computes": Family(
        {"family": "softmax", "activated": True},
        {"p": GraphOutput((3,), NEEDS_HALF, TELLS_COLOURS, then="Softmax")},
    ),
    "softmax with a background": Family(
        {"family": "softmax", "skip_classes": 1, "temperature": 0.5},
        {"l": GraphOutput((4,), np.zeros(4), np.eye(3, 4, 1) * 20)},
    ),
    "softmax of one of several outputs": Family(
        {"family": "softmax", "logits": "right"},
        {"wrong": GraphOutput((3,), 5.0), "right": _SOFTMAX},
    ),
    "sigmoid": Family({"family": "sigmoid"}, {"logits": _SOFTMAX}),
    "sigmoid that the graph computes": Family(
        {"family": "sigmoid", "activated": True},
        {"p": GraphOutput((3,), NEEDS_HALF, TELLS_COLOURS, then="Sigmoid")},
    ),
    "sigmoid, channels last, BGR": Family(
        {"family": "sigmoid"},
        {"logits": GraphOutput((3,), NEEDS_HALF, TELLS_COLOURS[::-1])},
        GraphInput(channels_last=True),
        {"data_format": "channels_last", "do_flip_channel_order": True},
    ),
    "softmax of bytes": Family(
        {"family": "softmax"},
        {"logits": GraphOutput((3,), NEEDS_HALF, TELLS_COLOURS / 255)},
        GraphInput(dtype=onnx.TensorProto.UINT8),
    ),
    "softmax of 16 bits": Family(
        {"family": "softmax"}, {"logits": _SOFTMAX}, GraphInput(dtype=onnx.TensorProto.FLOAT16)
    ),
    "softmax, normalised": Family(
        {"family": "softmax"},
        {"logits": GraphOutput((3,), np.zeros(3), TELLS_COLOURS)},
        input={"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]},
    ),
}
DETECTORS = {
    "yolox": Family(
        {"family": "yolox", "strides": _YOLOX_STRIDES},
        {"out": GraphOutput((5, 8), rows(5, _YOLOX_BOX, [1, 0, 0, 0])[[1, 0, 2, 3, 4]], None)},
    ),
    "yolox that adds cells": Family(
        {"family": "yolox", "decoded": True},
        {"out": GraphOutput((7, 8), rows(7, np.array(_CENTRE) * SIDE, [1, 0, 0, 0]), None)},
    ),
    "yolov8": Family(
        {"family": "yolov8"},
        {
            "output0": GraphOutput(
                (7, 9),
                rows(9, np.array(_CENTRE) * SIDE, [0, 0, 0]).T,
                colour_rows(9, 4).transpose(0, 2, 1),
            )
        },
    ),
    "yolov8 in rows": Family(
        {"family": "yolov8"},
        {
            "output0": GraphOutput(
                (9, 7), rows(9, np.array(_CENTRE) * SIDE, [0, 0, 0]), colour_rows(9, 4)
            )
        },
    ),
    "detr": Family(
        {"family": "detr", "activation": "softmax"},
        {
            "logits": GraphOutput(
                (2, 4), [[0, 0, 0, 5], [0, 0, 0, 9]], 20 * colour_rows(2, 0, after=1)
            ),
            "pred_boxes": GraphOutput((2, 4), [_CENTRE, (0.5, 0.5, 1, 1)]),
        },
    ),
    "detr with sigmoid": Family(
        {"family": "detr"},
        {
            "logits": GraphOutput((2, 3), [[-9, -9, -9], [-9, -9, -9]], 20 * colour_rows(2, 0)),
            "pred_boxes": GraphOutput((2, 4), [_CENTRE, (0.5, 0.5, 1, 1)]),
        },
    ),
    "ssd": Family(
        {"family": "ssd"},
        {
            "scores": GraphOutput((2, 4), 0, colour_rows(2, 1)),
            "boxes": GraphOutput((2, 4), [_TOP_FIRST, (0, 0, 1, 1)]),
        },
    ),
    "ssd in pixels": Family(
        {
            "family": "ssd",
            "box_format": "xyxy",
            "normalized": False,
            "activation": "sigmoid",
            "skip_classes": 0,
        },
        {
            "scores": GraphOutput((1, 3), -9, 20 * colour_rows(1, 0)),
            "boxes": GraphOutput((1, 4), [_PIXELS]),
        },
    ),
    "nms": Family(
        {"family": "nms", "normalized": True},
        {
            "boxes": GraphOutput((2, 4), [BOX, (0, 0, 1, 1)]),
            "scores": GraphOutput((2,), [1, 1]),
            "classes": GraphOutput((2,), [0, NOTHING], [[0, 0], [1, 0], [2, 0]]),
        },
    ),
    "nms with scores in the boxes": Family(
        {"family": "nms", "boxes": "dets", "classes": "labels"},
        {
            "dets": GraphOutput((1, 5), [[*_PIXELS, 1]]),
            "labels": GraphOutput((1,), 0, [[0], [1], [2]], dtype=onnx.TensorProto.INT64),
        },
    ),
    "nms in one output, classes from 1": Family(
        {"family": "nms", "boxes": "out", "skip_classes": 1},
        {
            "out": GraphOutput(
                (1, 6),
                [[*_PIXELS, 1, 1]],
                [[[0, 0, 0, 0, 0, 0]], [[0, 0, 0, 0, 0, 1]], [[0, 0, 0, 0, 0, 2]]],
            )
        },
    ),
    "nms with an input for sizes": Family(
        {"family": "nms", "boxes": "out", "sizes_input": "orig_target_sizes"},
        {
            "out": GraphOutput(
                (1, 6),
                [[*_PIXELS, 1, 0]],
                [[[0, 0, 0, 0, 0, 0]], [[0, 0, 0, 0, 0, 1]], [[0, 0, 0, 0, 0, 2]]],
            )
        },
        GraphInput(more={"orig_target_sizes": ((1, 2), onnx.TensorProto.INT64)}),
    ),
}
for _name, _place in (("yolox", 1), ("yolox that adds cells", 0)):
    _graph = DETECTORS[_name].outputs["out"]
    _effect = np.zeros((3, *_graph.shape))
    _effect[:, _place, 5:] = _COLOUR_SCORES
    DETECTORS[_name].outputs["out"] = GraphOutput(_graph.shape, _graph.bias, _effect)

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


def test_boxes_of_a_crop_are_brought_back_to_the_picture(tmp_path: Path) -> None:
    """Of 128 x 64 pixels the middle square is the network's input."""
    crop = {
        "size": {"shortest_edge": 64},
        "do_center_crop": True,
        "crop_size": {"height": 64, "width": 64},
    }
    family = Family(
        {"family": "nms", "boxes": "out"},
        {"out": GraphOutput((1, 6), [[0, 32, 64, 64, 1, 0]])},
        input=crop,
    )

    [sighting] = family.load(tmp_path).look(paint("red", 64, 128)).sightings

    assert sighting.box == pytest.approx((0.25, 0.5, 0.75, 1.0))


def test_of_boxes_that_overlap_the_better_one_stays(tmp_path: Path) -> None:
    two = np.array([[*np.array(_CENTRE) * SIDE, 0.9, 0, 0], [32, 24, 33, 16, 0.8, 0, 0]])
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
