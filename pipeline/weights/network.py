"""Writes ONNX files with the layers of our two networks.

Operators: https://onnx.ai/onnx/operators/. The same calls write the same bytes.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

Array = npt.NDArray[Any]
Shape = list[int | str]

OPSET = 13  # Both engines support it.
IR_VERSION = 8


@dataclass(frozen=True)
class Maps:
    """Activations of shape (N, channels, side, side)."""

    name: str
    side: int


class NetworkBuilder:
    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._zero = self.constant(np.float32(0))
        self._six = self.constant(np.float32(6))

    def constant(self, value: npt.ArrayLike) -> str:
        name = f"constant_{len(self._constants)}"
        array = np.ascontiguousarray(value).reshape(np.shape(value))  # A scalar stays a scalar.
        self._constants.append(numpy_helper.from_array(array, name))
        return name

    def node(self, operator: str, inputs: list[str], output: str = "", **attributes: Any) -> str:
        """Add one operator and return the name of its output."""
        output = output or f"{operator.lower()}_{len(self._nodes)}"
        node = helper.make_node(operator, inputs, [output], name=output, **attributes)
        self._nodes.append(node)
        return output

    def conv(self, maps: Maps, kernel: Array, bias: Array, *, stride: int, depthwise: bool) -> Maps:
        """Add a convolution with TensorFlow's padding "SAME".

        Args:
            kernel: Shape (out, in, size, size); for a depthwise one (channels, 1, size, size).
            bias: Shape (out,).
        """
        size = kernel.shape[2]
        side = -(-maps.side // stride)
        padding = max((side - 1) * stride + size - maps.side, 0)
        before = padding // 2  # TensorFlow puts an odd pixel at the end.
        after = padding - before
        name = self.node(
            "Conv",
            [maps.name, self.constant(kernel), self.constant(bias)],
            kernel_shape=[size, size],
            strides=[stride, stride],
            pads=[before, before, after, after],
            group=kernel.shape[0] if depthwise else 1,
        )
        return Maps(name, side)

    def relu6(self, maps: Maps) -> Maps:
        return Maps(self.node("Clip", [maps.name, self._zero, self._six]), maps.side)

    def add(self, maps: Maps, others: Maps) -> Maps:
        return Maps(self.node("Add", [maps.name, others.name]), maps.side)

    def build(self, name: str, inputs: dict[str, Shape], outputs: dict[str, Shape]) -> bytes:
        """Return the ONNX file. A dimension of a shape may be a name."""
        graph = helper.make_graph(
            self._nodes, name, _values(inputs), _values(outputs), self._constants
        )
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=IR_VERSION)
        onnx.checker.check_model(model, full_check=True)
        file: bytes = model.SerializeToString(deterministic=True)
        return file


def _values(shapes: dict[str, Shape]) -> list[onnx.ValueInfoProto]:
    float32 = onnx.TensorProto.FLOAT
    return [helper.make_tensor_value_info(name, float32, shape) for name, shape in shapes.items()]
