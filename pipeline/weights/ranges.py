"""Measures the ranges of the detector's activations on photos.

`python -m pipeline.weights.ranges PHOTO...` writes `ranges.json`. The file is committed, because
the last digits, and so the bytes of the network, depend on the processor that measures them.
docs/models.md lists the photos.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]  # Ships no hints

from pipeline.weights.detector import SIDE
from pipeline.weights.network import Array
from pipeline.weights.quantize import Range

RANGES = Path(__file__).parent / "ranges.json"
TEXT_RANGES = Path(__file__).parent / "text_ranges.json"
DETECTOR = Path(__file__).parents[2] / ".cache" / "weights" / "ssd_mobilenet_v2.onnx"

_OUTLIERS_PERCENT = 0.01
_DIGITS = 3


def read_ranges() -> dict[str, Range]:
    """Return the detector's committed ranges, by the name of the activation."""
    return read_rows(RANGES)


def read_text_ranges() -> dict[str, Range]:
    """Return those of the network that finds text; `text_ranges` measured them."""
    return read_rows(TEXT_RANGES)


def read_rows(path: Path) -> dict[str, Range]:
    """Read ranges by the name of the activation."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {name: Range(*row) for name, row in rows.items()}


def write_rows(path: Path, ranges: Mapping[str, Range]) -> None:
    """Write what `read_rows` reads, one activation a line."""
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(row)}" for name, row in ranges.items())
    path.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")


def measure_blobs(file: bytes, names: Sequence[str], blobs: Iterable[Array]) -> dict[str, Range]:
    """Return the ranges of these activations on the given inputs.

    Each limit is the mean of the extreme value and the 0.01 % percentile at that end. A wider range
    has coarser steps, a narrower one cuts off values.
    """
    model = onnx.load_from_string(file)
    [pictures] = model.graph.input
    present = {value.name for value in model.graph.output}
    model.graph.output.extend(
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
        for name in names
        if name not in present
    )
    session = onnxruntime.InferenceSession(model.SerializeToString())
    percents = [0, _OUTLIERS_PERCENT, 100 - _OUTLIERS_PERCENT, 100]
    extremes = np.array(
        [
            [
                np.percentile(values, percents)
                for values in session.run(names, {pictures.name: blob})
            ]
            for blob in blobs
        ]
    )
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


def _build_blob(photo: bytes) -> Array:
    image = cv2.imdecode(np.frombuffer(photo, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None, "Not a picture"
    square = cv2.resize(image, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    blob = cv2.dnn.blobFromImage(square, 1 / 127.5, mean=(127.5, 127.5, 127.5), swapRB=True)
    return np.asarray(blob, np.float32)


def main(paths: Sequence[str]) -> None:
    file = DETECTOR.read_bytes()
    blobs = (_build_blob(Path(path).read_bytes()) for path in paths)
    names = list_activations(onnx.load_from_string(file))
    write_rows(RANGES, measure_blobs(file, names, blobs))


if __name__ == "__main__":
    main(sys.argv[1:])
