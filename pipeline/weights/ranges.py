"""Measures the ranges of the detector's activations on photos.

`python -m pipeline.weights.ranges PHOTO...` writes `ranges.json`. The file is committed, because
the last digits, and so the bytes of the network, depend on the processor that measures them.
docs/models.md lists the photos.
"""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime  # type: ignore[import-untyped]  # Ships no hints

from pipeline.weights.detector import SIDE
from pipeline.weights.quantize import Range

RANGES = Path(__file__).parent / "ranges.json"
DETECTOR = Path(__file__).parents[2] / ".cache" / "weights" / "ssd_mobilenet_v2.onnx"

_OUTLIERS_PERCENT = 0.01
_DIGITS = 3


def read_ranges() -> dict[str, Range]:
    """Return the detector's committed ranges, by the name of the activation."""
    rows = json.loads(RANGES.read_text(encoding="utf-8"))
    return {name: Range(*row) for name, row in rows.items()}


def measure_ranges(file: bytes, photos: Sequence[bytes]) -> dict[str, Range]:
    """Return a range for every activation that is quantised.

    Each limit is the mean of the extreme value and the 0.01 % percentile at that end. A wider range
    has coarser steps, a narrower one cuts off values.
    """
    model = onnx.load_from_string(file)
    names = list_activations(model)
    present = {value.name for value in model.graph.output}
    model.graph.output.extend(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
        for name in names
        if name not in present
    )
    session = onnxruntime.InferenceSession(model.SerializeToString())
    extremes = np.array([_measure(session, names, photo) for photo in photos])
    lows = (extremes[:, :, 0].min(axis=0) + extremes[:, :, 1].min(axis=0)) / 2
    highs = (extremes[:, :, 2].max(axis=0) + extremes[:, :, 3].max(axis=0)) / 2
    return {
        name: Range(round(float(low), _DIGITS), round(float(high), _DIGITS))
        for name, low, high in zip(names, lows, highs, strict=True)
    }


def list_activations(model: onnx.ModelProto) -> list[str]:
    """Return the names of the activations that are quantised.

    An activation before a Clip is quantised by the Clip. Three are left out:

    - the boxes, because steps of 1/255 shift them visibly;
    - the picture and the output of the first convolution. The weights of the second convolution
      differ so much that quantising them causes most of the network's loss (measured).
    """
    producers = {node.output[0]: node for node in model.graph.node}
    clipped = {node.input[0] for node in model.graph.node if node.op_type == "Clip"}
    reshaped = producers["boxes"].input
    transposed = [producers[name].input[0] for name in reshaped]
    first = next(node.output[0] for node in model.graph.node if node.op_type == "Clip")
    box_layers = {producers[name].input[0] for name in transposed}
    return [
        node.output[0]
        for node in model.graph.node
        if node.op_type in ("Conv", "Clip", "Add")
        and node.output[0] not in clipped | box_layers | {first}
    ]


def _measure(
    session: onnxruntime.InferenceSession, names: list[str], photo: bytes
) -> list[npt.NDArray[np.float64]]:
    image = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None, "Not a picture"
    square = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    blob = cv2.dnn.blobFromImage(square, 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
    percents = [0, _OUTLIERS_PERCENT, 100 - _OUTLIERS_PERCENT, 100]
    return [np.percentile(values, percents) for values in session.run(names, {"images": blob})]


def main(paths: Sequence[str]) -> None:
    ranges = measure_ranges(DETECTOR.read_bytes(), [Path(path).read_bytes() for path in paths])
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in ranges.items())
    RANGES.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
