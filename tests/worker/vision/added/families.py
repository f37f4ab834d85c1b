"""A graph of every family of added models, which is made here."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx

from pipeline.core.vocabulary import WordFinder
from pipeline.worker.vision.added.model import AddedModel
from pipeline.worker.vision.vocabulary import load_vocabulary
from tests.worker.vision.added.folders import (
    NEEDS_HALF,
    SIDE,
    TELLS_COLOURS,
    GraphInput,
    GraphOutput,
    build_graph,
    write_model,
)

FINDER = WordFinder(load_vocabulary().words)
BOX = (0.25, 0.25, 0.75, 0.5)
"""Where the graphs of detectors find something: left, top, right, bottom of the input."""
CENTRE = (0.5, 0.375, 0.5, 0.25)
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
        {"out": GraphOutput((7, 8), rows(7, np.array(CENTRE) * SIDE, [1, 0, 0, 0]), None)},
    ),
    "yolov8": Family(
        {"family": "yolov8"},
        {
            "output0": GraphOutput(
                (7, 9),
                rows(9, np.array(CENTRE) * SIDE, [0, 0, 0]).T,
                colour_rows(9, 4).transpose(0, 2, 1),
            )
        },
    ),
    "yolov8 in rows": Family(
        {"family": "yolov8"},
        {
            "output0": GraphOutput(
                (9, 7), rows(9, np.array(CENTRE) * SIDE, [0, 0, 0]), colour_rows(9, 4)
            )
        },
    ),
    "detr": Family(
        {"family": "detr", "activation": "softmax"},
        {
            "logits": GraphOutput(
                (2, 4), [[0, 0, 0, 5], [0, 0, 0, 9]], 20 * colour_rows(2, 0, after=1)
            ),
            "pred_boxes": GraphOutput((2, 4), [CENTRE, (0.5, 0.5, 1, 1)]),
        },
    ),
    "detr with sigmoid": Family(
        {"family": "detr"},
        {
            "logits": GraphOutput((2, 3), [[-9, -9, -9], [-9, -9, -9]], 20 * colour_rows(2, 0)),
            "pred_boxes": GraphOutput((2, 4), [CENTRE, (0.5, 0.5, 1, 1)]),
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
