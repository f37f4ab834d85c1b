"""Reads the outputs of added models: one function for each family.

A classifier gives the probability of each class, a detector gives boxes with scores.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from pipeline.worker.vision.added.faults import AddedModelError, Fault
from pipeline.worker.vision.added.manifest import (
    Detr,
    Nms,
    Output,
    Sigmoid,
    Size,
    Softmax,
    Ssd,
    YoloV8,
    YoloX,
)
from pipeline.worker.vision.engine import Array

Outputs: TypeAlias = Mapping[str, npt.NDArray[Any]]
"""By the name of the graph's output."""

_LARGEST_EXPONENT = 10.0
_MOST_ROWS = 100_000
"""A YOLOX of the largest input, 2,048 pixels, has 86,016."""
_SLACK = 1e-3  # Networks of 16 bits round


@dataclass(frozen=True)
class Boxes:
    """What a detector says."""

    boxes: Array  # Left, top, right, bottom as ratios of the network's input, shape (n, 4)
    scores: Array  # In [0, 1], shape (n, classes)
    most_overlap: float | None  # Above it the worse of two boxes is dropped; None keeps all


def read_outputs(outputs: Outputs, output: Output, classes: int, size: Size) -> Array | Boxes:
    """Return probabilities by class id, shape (classes,), or boxes.

    Args:
        outputs: What the network computed.
        output: The family and its members.
        classes: How many the manifest names.
        size: Of the network's input.

    Raises:
        AddedModelError: The outputs do not have the shape of this family, or another number of
            classes.
    """
    with np.errstate(all="ignore"):  # What becomes too large is not finite, and refused below
        found = _read(outputs, output, classes, size)
    if isinstance(found, Boxes):
        _check_scores(found.scores, classes)
        _check_finite(found.boxes)
    else:
        _check_scores(found, classes)
    return found


def _check_scores(scores: Array, classes: int) -> None:
    if scores.shape[-1] != classes:
        raise AddedModelError(
            Fault.WRONG_CLASSES,
            f"The network has {scores.shape[-1]} classes, the manifest names {classes}. "
            "Correct classes, or skip_classes.",
        )
    _check_finite(scores)
    if scores.size and (scores.min() < 0 or scores.max() > 1 + _SLACK):
        raise AddedModelError(
            Fault.WRONG_OUTPUT,
            f"Scores reach from {scores.min():.3g} to {scores.max():.3g}, not from 0 to 1. "
            "Check activated or activation in [output].",
        )


def _check_finite(numbers: Array) -> None:
    if not np.isfinite(numbers).all():
        raise AddedModelError(
            Fault.WRONG_OUTPUT,
            "The network computes numbers that are not finite. Check image_mean and image_std.",
        )


def _read(outputs: Outputs, output: Output, classes: int, size: Size) -> Array | Boxes:
    match output:
        case Softmax():
            return _read_softmax(outputs, output)
        case Sigmoid():
            logits = _pick(outputs, output.logits).ravel()[output.skip_classes :]
            return logits if output.activated else _sigmoid(logits)
        case YoloX():
            return _read_yolox(outputs, output, classes, size)
        case YoloV8():
            return _read_yolov8(outputs, output, classes, size)
        case Detr():
            return _read_detr(outputs, output)
        case Ssd():
            return _read_ssd(outputs, output, size)
        case Nms():
            return _read_nms(outputs, output, classes, size)


def _pick(outputs: Outputs, name: str | None) -> Array:
    """Return one output as floats: by its name, or the only one."""
    if name is None and len(outputs) == 1:
        [found] = outputs.values()
    elif name is not None and name in outputs:
        found = outputs[name]
    else:
        wanted = f"no output {name}" if name else f"{len(outputs)} outputs"
        raise AddedModelError(
            Fault.WRONG_OUTPUT,
            f"The network has {wanted}. It has: {', '.join(outputs)}. Name the right one in "
            "[output].",
        )
    try:
        numbers = np.asarray(found, np.float32)
    except (TypeError, ValueError) as error:  # Texts, or what ONNX calls a sequence or a map
        raise _refuse(f"an output of {type(found).__name__} without numbers", "numbers") from error
    if not numbers.shape or not numbers.shape[-1]:
        raise _refuse(f"an output of shape ({_show(numbers)})", "at least one number a row")
    return numbers


def _pick_rows(outputs: Outputs, name: str | None) -> Array:
    """Return one output without its batch: shape (rows, columns)."""
    found = _pick(outputs, name)
    if found.ndim != 3 or found.shape[0] != 1:
        raise _refuse(f"an output of shape {_show(found)}", "shape (1, rows, columns)")
    rows: Array = found[0]
    _check_count(rows)
    return rows


def _check_count(rows: Array) -> None:
    most = max(rows.shape)  # Some networks give columns instead
    if most > _MOST_ROWS:
        raise _refuse(f"{most} rows", f"at most {_MOST_ROWS}")


def _read_softmax(outputs: Outputs, output: Softmax) -> Array:
    logits = _pick(outputs, output.logits).ravel()
    probabilities = logits if output.activated else _softmax(logits / output.temperature)
    return probabilities[output.skip_classes :]


def _read_yolox(outputs: Outputs, output: YoloX, classes: int, size: Size) -> Boxes:
    rows = _pick_rows(outputs, output.predictions)
    if rows.shape[1] != 5 + classes:
        raise AddedModelError(
            Fault.WRONG_CLASSES,
            f"Rows have {rows.shape[1]} numbers. {classes} classes need {5 + classes}: centre, "
            "size, objectness and classes. Correct classes or family.",
        )
    centres, sizes = rows[:, :2], rows[:, 2:4]
    if not output.decoded:
        cells, steps = _build_cells(output.strides, size)
        if len(cells) != len(rows):
            raise _refuse(f"{len(rows)} rows", f"{len(cells)} for these strides")
        centres = (centres + cells) * steps
        sizes = np.exp(sizes.clip(-_LARGEST_EXPONENT, _LARGEST_EXPONENT)) * steps
    boxes = _to_corners(np.hstack([centres, sizes]), "cxcywh") / _get_scale(size)
    return Boxes(boxes, rows[:, 5:] * rows[:, 4:5], output.nms_threshold)


def _build_cells(strides: tuple[int, ...], size: Size) -> tuple[Array, Array]:
    """Return the place of each cell in its grid, and the pixels between cells."""
    cells, steps = [], []
    for stride in strides:
        y, x = np.mgrid[: size.height // stride, : size.width // stride]
        cells.append(np.stack([x.ravel(), y.ravel()], axis=1))
        steps.append(np.full((len(cells[-1]), 1), stride))
    return np.vstack(cells).astype(np.float32), np.vstack(steps).astype(np.float32)


def _read_yolov8(outputs: Outputs, output: YoloV8, classes: int, size: Size) -> Boxes:
    rows = _pick_rows(outputs, output.predictions)
    if rows.shape[0] == 4 + classes:
        rows = rows.T
    if rows.shape[1] != 4 + classes:
        raise AddedModelError(
            Fault.WRONG_CLASSES,
            f"The output has shape {_show(rows)}. {classes} classes need a side of {4 + classes}: "
            "centre, size and classes. Correct classes or family.",
        )
    boxes = _to_corners(rows[:, :4], "cxcywh") / _get_scale(size)
    return Boxes(boxes, rows[:, 4:], output.nms_threshold)


def _read_detr(outputs: Outputs, output: Detr) -> Boxes:
    logits, boxes = _pick_rows(outputs, output.logits), _pick_rows(outputs, output.boxes)
    _check_boxes(boxes, logits)
    is_softmax = output.activation == "softmax"
    scores = _softmax(logits)[:, :-1] if is_softmax else _sigmoid(logits)
    return Boxes(_to_corners(boxes, "cxcywh"), scores, None)


def _read_ssd(outputs: Outputs, output: Ssd, size: Size) -> Boxes:
    scores, boxes = _pick_rows(outputs, output.scores), _pick_rows(outputs, output.boxes)
    _check_boxes(boxes, scores)
    activate = _ACTIVATIONS[output.activation]
    corners = _to_corners(boxes, output.box_format)
    if not output.normalized:
        corners = corners / _get_scale(size)
    return Boxes(corners, activate(scores)[:, output.skip_classes :], output.nms_threshold)


def _read_nms(outputs: Outputs, output: Nms, classes: int, size: Size) -> Boxes:
    rows = _pick(outputs, output.boxes)
    rows = rows.reshape(-1, rows.shape[-1])
    _check_count(rows)
    columns = rows.shape[1]
    if columns not in (4, 5, 6):
        raise _refuse(f"boxes of {columns} numbers", "4, 5 (with score) or 6 (and class)")
    scores = rows[:, 4] if columns > 4 else _pick(outputs, output.scores or "scores").ravel()
    numbers = rows[:, 5] if columns > 5 else _pick(outputs, output.classes or "classes").ravel()
    if not len(rows) == len(scores) == len(numbers):
        raise _refuse(f"{len(rows)} boxes, {len(scores)} scores, {len(numbers)} classes", "as many")
    corners = _to_corners(rows[:, :4], output.box_format)
    if not output.normalized:
        corners = corners / _get_scale(size)
    _check_finite(numbers)
    ids = np.rint(numbers).astype(np.int64) - output.skip_classes
    if len(ids) and ids.max() >= classes:
        raise AddedModelError(
            Fault.WRONG_CLASSES,
            f"The network names class {ids.max()}, the manifest only {classes} from 0. "
            "Correct classes, or skip_classes.",
        )
    [known] = np.nonzero(ids >= 0)  # -1 fills rows without a thing
    table = np.zeros((len(known), classes), np.float32)
    table[np.arange(len(known)), ids[known]] = scores[known]
    return Boxes(corners[known], table, None)


def _check_boxes(boxes: Array, scores: Array) -> None:
    if boxes.shape != (len(scores), 4):
        raise _refuse(f"boxes of shape {_show(boxes)}", f"shape ({len(scores)}, 4)")


def _refuse(found: str, needed: str) -> AddedModelError:
    return AddedModelError(
        Fault.WRONG_OUTPUT,
        f"The network gives {found}; this family needs {needed}. Correct family or its members in "
        "[output].",
    )


def _show(array: Array) -> str:
    return " x ".join(map(str, array.shape))


def _to_corners(boxes: Array, box_format: str) -> Array:
    """Return left, top, right, bottom."""
    if box_format == "cxcywh":
        halves = boxes[:, 2:] / 2
        return np.hstack([boxes[:, :2] - halves, boxes[:, :2] + halves])
    return boxes[:, [1, 0, 3, 2]] if box_format == "yxyx" else boxes


def _get_scale(size: Size) -> Array:
    return np.array([size.width, size.height, size.width, size.height], np.float32)


def _softmax(logits: Array) -> Array:
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    probabilities: Array = odds / odds.sum(axis=-1, keepdims=True)
    return probabilities


def _sigmoid(logits: Array) -> Array:
    probabilities: Array = 1 / (1 + np.exp(-logits.clip(-50, 50)))
    return probabilities


def _keep(scores: Array) -> Array:
    return scores


_ACTIVATIONS: Mapping[str, Callable[[Array], Array]] = {
    "none": _keep,
    "softmax": _softmax,
    "sigmoid": _sigmoid,
}
