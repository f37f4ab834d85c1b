"""Converts a network from float32 to int8: weights by channel, activations as unsigned bytes.

The file states the rounding with pairs of QuantizeLinear and DequantizeLinear (QDQ). ONNX Runtime
replaces each convolution between two pairs with an integer convolution:
https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html
The dot products of processors take unsigned activations and signed weights.

A convolution whose input or output has no range keeps its floats. A Clip or Relu is removed if the
range of its output lies inside it, because bytes cannot exceed that range.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import onnx
from onnx import helper, numpy_helper

from pipeline.weights.network import Array

_ACTIVATION_LEVELS = 255
_WEIGHT_LIMIT = 127  # Symmetric, so that the zero point is 0
_BIAS_LIMIT = 2**30
_CLIPS = {"Clip": 6.0, "Relu": np.inf}
"""The upper limit of operators whose lower one is 0. Each Clip in our networks is a ReLU6."""
_CLIP_SLACK = 1e-3


class Range(NamedTuple):
    """The limits of an activation. Values beyond them are clipped."""

    low: float
    high: float


def quantize(file: bytes, ranges: Mapping[str, Range]) -> bytes:
    """Return the network in int8.

    Args:
        file: An ONNX file written by `NetworkBuilder` or `fold`.
        ranges: Range by the name of the activation. The network's input is an activation too.
    """
    return _Quantizer(onnx.load_from_string(file), ranges).convert()


class _Quantizer:
    def __init__(self, model: onnx.ModelProto, ranges: Mapping[str, Range]) -> None:
        self._model = model
        self._graph = model.graph
        self._ranges = ranges
        self._constants = {
            constant.name: numpy_helper.to_array(constant) for constant in self._graph.initializer
        }
        self._clipped = {
            node.input[0]: node.output[0] for node in self._graph.node if node.op_type in _CLIPS
        }
        self._nodes: list[onnx.NodeProto] = []
        self._kept: dict[str, Array] = {}
        # By tensor of the old network: its name in the new one, and its scale if quantised
        self._names: dict[str, str] = {}
        self._scales: dict[str, np.float32] = {}

    def convert(self) -> bytes:
        [images] = self._graph.input
        self._finish(images.name, images.name)
        for node in self._graph.node:
            self._convert(node)
        del self._graph.node[:], self._graph.initializer[:]
        self._graph.node.extend(self._nodes)
        self._graph.initializer.extend(
            numpy_helper.from_array(array, name) for name, array in self._kept.items()
        )
        onnx.checker.check_model(self._model, full_check=True)
        file: bytes = self._model.SerializeToString(deterministic=True)
        return file

    def _convert(self, node: onnx.NodeProto) -> None:
        output = node.output[0]
        if node.op_type in _CLIPS and self._clips_by_itself(node):
            self._finish(output, self._names[node.input[0]])
            return
        new = onnx.NodeProto()
        new.CopyFrom(node)
        if node.op_type == "Conv" and self._is_quantised(node.input[0], output):
            new.input[:] = [self._names[node.input[0]], *self._quantize_weights(node)]
        else:
            new.input[:] = [self._names.get(name) or self._keep(name) for name in node.input]
        self._nodes.append(new)
        self._finish(output, output)

    def _is_quantised(self, maps: str, output: str) -> bool:
        return maps in self._scales and self._clipped.get(output, output) in self._ranges

    def _keep(self, name: str) -> str:
        self._kept[name] = self._constants[name]
        return name

    def _clips_by_itself(self, node: onnx.NodeProto) -> bool:
        if node.output[0] not in self._ranges:
            return False
        low, high = self._ranges[node.output[0]]
        return low >= 0 and high <= _CLIPS[node.op_type] + _CLIP_SLACK

    def _quantize_weights(self, node: onnx.NodeProto) -> list[str]:
        """Add integer weights and biases, each with one scale for every output channel."""
        maps, kernel, bias = node.input
        weights, biases = (self._constants[name].astype(np.float64) for name in (kernel, bias))
        # A channel may have a bias and weights near 0. The bias must fit into 32 bits too.
        scales = np.maximum(
            np.abs(weights).max(axis=(1, 2, 3)) / _WEIGHT_LIMIT,
            np.abs(biases) / self._scales[maps] / _BIAS_LIMIT,
        ).astype(np.float32)
        # Nothing but zeros, or numbers so small that their product is zero
        scales[scales * self._scales[maps] == 0] = 1
        bias_scales = scales * self._scales[maps]
        integers = round_kernels(weights / scales.reshape(-1, 1, 1, 1)).astype(np.int8)
        biases = np.rint(biases / bias_scales).astype(np.int32)
        return [
            self._dequantize(kernel, integers, scales),
            self._dequantize(bias, biases, bias_scales),
        ]

    def _dequantize(self, name: str, integers: Array, scales: Array) -> str:
        self._kept[f"{name}_integers"] = integers
        self._kept[f"{name}_scales"] = scales
        self._kept[f"{name}_zeros"] = np.zeros(scales.shape, integers.dtype)
        inputs = [f"{name}_{part}" for part in ("integers", "scales", "zeros")]
        return self._add("DequantizeLinear", inputs, f"{name}_dequantized", axis=0)

    def _finish(self, output: str, name: str) -> None:
        """Round the tensor `name`, which is the old network's `output`, if it has a range."""
        if output not in self._ranges:
            self._names[output] = name
            return
        low, high = min(self._ranges[output].low, 0.0), max(self._ranges[output].high, 0.0)
        # An activation that is always 0 has no range.
        scale = np.float32((high - low) / _ACTIVATION_LEVELS or 1)
        self._kept[f"{output}_scale"] = np.asarray(scale)
        self._kept[f"{output}_zero"] = np.asarray(round(-low / float(scale)), np.uint8)
        pair = [f"{output}_scale", f"{output}_zero"]
        rounded = self._add("QuantizeLinear", [name, *pair], f"{output}_quantized")
        self._names[output] = self._add("DequantizeLinear", [rounded, *pair], f"{output}_rounded")
        self._scales[output] = scale

    def _add(self, operator: str, inputs: list[str], output: str, **attributes: Any) -> str:
        node = helper.make_node(operator, inputs, [output], name=output, **attributes)
        self._nodes.append(node)
        return output


def round_kernels(weights: Array) -> Array:
    """Round to whole numbers and keep the rounded sum of each kernel.

    Neighbouring pixels are similar, so rounding errors with sum 0 have little effect. On the
    detector this halves the loss of the first layers (measured).

    Args:
        weights: Shape (out, in, size, size).
    """
    flat = weights.reshape(*weights.shape[:2], -1)
    low = np.floor(flat)
    remainders = flat - low
    ups = np.rint(remainders.sum(axis=2, keepdims=True))
    ranks = np.argsort(np.argsort(-remainders, axis=2, kind="stable"), axis=2, kind="stable")
    rounded: Array = (low + (ranks < ups)).reshape(weights.shape)
    return rounded
