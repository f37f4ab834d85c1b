"""Writes folders of added models: small graphs that tell colours apart, and their manifests.

Each graph takes the mean of every channel of its input, and computes each output from those three
numbers by a matrix and a bias. So a red picture can be a cat, and a blue one a car.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnx
from onnx import helper, numpy_helper

from pipeline.worker.vision.image import Image

CLASSES = ("cat", "automobile", "zorp")
"""A name of our vocabulary, an alias of one ("car"), and a name that we do not have."""
SIDE = 64
RED, GREEN, BLUE = 0, 1, 2
BGR = {"red": (0, 0, 255), "green": (0, 255, 0), "blue": (255, 0, 0), "grey": (127, 127, 127)}

TELLS_COLOURS = np.eye(3) * 20
"""Logits: red is the first class, green the second, blue the third."""
NEEDS_HALF = np.full(3, -10.0)


@dataclass(frozen=True)
class GraphOutput:
    """One output of a graph."""

    shape: tuple[int, ...]  # Without the batch
    bias: Any = 0.0  # Of this shape, or one number
    by_colour: Any = None  # Shape (3, *shape): added for the mean of each channel
    then: str = ""  # An operator without parameters
    dtype: int = onnx.TensorProto.FLOAT


@dataclass(frozen=True)
class GraphInput:
    """The input for pictures."""

    size: tuple[int, int] = (SIDE, SIDE)
    channels_last: bool = False
    dtype: int = onnx.TensorProto.FLOAT
    batch: int | str = "batch"
    more: Mapping[str, tuple[Sequence[int], int]] = field(default_factory=dict)


def build_graph(outputs: Mapping[str, GraphOutput], taken: GraphInput = GraphInput()) -> bytes:
    """Return an ONNX file."""
    height, width = taken.size
    shape = [taken.batch, 3, height, width]
    axes = [2, 3]
    if taken.channels_last:
        shape, axes = [taken.batch, height, width, 3], [1, 2]
    nodes = [
        helper.make_node("Cast", ["pixels"], ["floats"], to=onnx.TensorProto.FLOAT),
        helper.make_node("ReduceMean", ["floats"], ["means"], axes=axes, keepdims=0),
    ]
    constants: list[onnx.TensorProto] = []
    for name, output in outputs.items():
        nodes += _build_output(name, output, constants)
    inputs = [helper.make_tensor_value_info("pixels", taken.dtype, shape)]
    inputs += [
        helper.make_tensor_value_info(name, dtype, list(of))
        for name, (of, dtype) in taken.more.items()
    ]
    values = [
        helper.make_tensor_value_info(name, output.dtype, [1, *output.shape])
        for name, output in outputs.items()
    ]
    graph = helper.make_graph(nodes, "colours", inputs, values, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    file: bytes = model.SerializeToString()
    return file


def _build_output(
    name: str, output: GraphOutput, constants: list[onnx.TensorProto]
) -> list[onnx.NodeProto]:
    bias = np.broadcast_to(np.asarray(output.bias, np.float32), output.shape)
    matrix = np.zeros((3, *output.shape)) if output.by_colour is None else output.by_colour
    matrix = np.broadcast_to(np.asarray(matrix, np.float32), (3, *output.shape))
    for part, array in (
        ("matrix", matrix.reshape(3, -1)),
        ("bias", bias.reshape(-1)),
        ("shape", np.array([1, *output.shape], np.int64)),
    ):
        constants.append(numpy_helper.from_array(np.ascontiguousarray(array), f"{name}_{part}"))
    last = f"{name}_shaped"
    nodes = [
        helper.make_node("MatMul", ["means", f"{name}_matrix"], [f"{name}_product"]),
        helper.make_node("Add", [f"{name}_product", f"{name}_bias"], [f"{name}_sum"]),
        helper.make_node("Reshape", [f"{name}_sum", f"{name}_shape"], [last]),
    ]
    if output.then:
        more: dict[str, Any] = {"axis": -1} if output.then == "Softmax" else {}
        nodes.append(helper.make_node(output.then, [last], [f"{name}_then"], **more))
        last = f"{name}_then"
    nodes.append(helper.make_node("Cast", [last], [name], to=output.dtype))
    return nodes


def write_model(
    parent: Path,
    graph: bytes,
    output: Mapping[str, Any],
    *,
    name: str = "colours",
    taken: Mapping[str, Any] | None = None,
    classes: Sequence[str] = CLASSES,
    sample: Mapping[str, Any] | None = None,
    **more: Any,
) -> Path:
    """Write the folder of a model, with a red sample that is the first class."""
    folder = parent / name
    folder.mkdir(parents=True)
    (folder / "network.onnx").write_bytes(graph)
    write_picture(folder / "sample.png", paint("red"))
    size = {"height": SIDE, "width": SIDE}
    rows = {
        "name": name,
        "file": "network.onnx",
        "sha256": hashlib.sha256(graph).hexdigest(),
        "licence": "Apache-2.0",
        "classes": list(classes),
        **more,
        "input": {"size": size, **(taken or {})},
        "output": dict(output),
        "sample": {"picture": "sample.png", "label": classes[0], **(sample or {})},
    }
    write_manifest(folder, rows)
    return folder


def write_manifest(folder: Path, rows: Mapping[str, Any]) -> None:
    """Write `model.toml`. Values of JSON are values of TOML, except for tables and nothing."""
    lines = [f"{key} = {_to_toml(value)}" for key, value in rows.items() if value is not None]
    (folder / "model.toml").write_text("\n".join(lines) + "\n", "utf-8")


def _to_toml(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{json.dumps(k)} = {_to_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_to_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def paint(colour: str, height: int = 48, width: int = 80) -> Image:
    """Return a picture of one colour."""
    return np.full((height, width, 3), BGR[colour], np.uint8)


def write_picture(path: Path, image: Image) -> None:
    cv2.imwrite(str(path), image)


SOFTMAX = {"scores": GraphOutput((3,), NEEDS_HALF, TELLS_COLOURS)}


def write_classifier(parent: Path, name: str = "colours", **more: Any) -> Path:
    """A classifier of colours: red is a cat, green is a car, blue is a zorp."""
    return write_model(parent, build_graph(SOFTMAX), {"family": "softmax"}, name=name, **more)
