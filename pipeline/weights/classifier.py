"""Converts EfficientNet-Lite3 from its quantised TFLite file to an ONNX file in float32.

The file has int8 weights with a scale for each channel, and int32 biases. Both become floats here.
Activations stay floats, so the only rounding is that of the weights. The int8 variant uses the
ranges of the file's activations. Schema of the file:
https://github.com/tensorflow/tensorflow/blob/master/tensorflow/lite/schema/schema.fbs
"""

from typing import Any

import numpy as np
import tflite  # type: ignore[import-untyped]  # Generated code without hints

from pipeline.weights.network import Array, Maps, NetworkBuilder
from pipeline.weights.quantize import Range, quantize

CLASS_COUNT = 1000

_TYPES = {
    tflite.TensorType.INT8: np.int8,
    tflite.TensorType.UINT8: np.uint8,
    tflite.TensorType.INT32: np.int32,
}
_OPTIONS = {
    tflite.BuiltinOperator.CONV_2D: tflite.Conv2DOptions,
    tflite.BuiltinOperator.DEPTHWISE_CONV_2D: tflite.DepthwiseConv2DOptions,
    tflite.BuiltinOperator.ADD: tflite.AddOptions,
}


def convert_classifier(file: bytes) -> bytes:
    """Return ONNX: `images` (N, 3, 280, 280), RGB, (x - 127) / 128, to `logits` (N, 1000)."""
    return _Classifier(file).convert()


def convert_classifier_int8(file: bytes) -> bytes:
    """Return the same network with the file's own integers."""
    classifier = _Classifier(file)
    return quantize(classifier.convert(), classifier.read_ranges())


class _Classifier:
    """Converts the operators in order. `_maps` holds the new tensor for each old one."""

    def __init__(self, file: bytes) -> None:
        self._model = tflite.Model.GetRootAsModel(file, 0)
        self._graph = self._model.Subgraphs(0)
        self._network = NetworkBuilder()
        self._maps: dict[int, Maps] = {}

    def convert(self) -> bytes:
        side = int(self._tensor(self._graph.Inputs(0)).Shape(1))
        self._maps[self._graph.Inputs(0)] = Maps("images", side)
        for index in range(self._graph.OperatorsLength()):
            self._convert(self._graph.Operators(index))
        return self._network.build(
            "efficientnet_lite3",
            {"images": ["N", 3, side, side]},
            {"logits": ["N", CLASS_COUNT]},
        )

    def read_ranges(self) -> dict[str, Range]:
        """Return the range that the file's bytes represent, by the name of the activation."""
        return {
            maps.name: self._range(index)
            for index, maps in self._maps.items()
            if maps.name != "logits"
        }

    def _range(self, index: int) -> Range:
        quantization = self._tensor(index).Quantization()
        scale, zero = (
            float(quantization.ScaleAsNumpy()[0]),
            int(quantization.ZeroPointAsNumpy()[0]),
        )
        limits = np.iinfo(np.dtype(_TYPES[self._tensor(index).Type()]).name)
        return Range((limits.min - zero) * scale, (limits.max - zero) * scale)

    def _convert(self, operator: Any) -> None:
        kind = self._model.OperatorCodes(operator.OpcodeIndex()).BuiltinCode()
        inputs, output = operator.InputsAsNumpy().tolist(), operator.Outputs(0)
        match kind:
            case tflite.BuiltinOperator.CONV_2D | tflite.BuiltinOperator.DEPTHWISE_CONV_2D:
                self._maps[output] = self._conv(_read_options(operator, kind), kind, inputs)
            case tflite.BuiltinOperator.ADD:
                if _read_options(operator, kind).FusedActivationFunction():
                    raise NotImplementedError("An activation after a sum")
                self._maps[output] = self._network.add(*(self._maps[i] for i in inputs))
            case tflite.BuiltinOperator.AVERAGE_POOL_2D:
                pooled = self._network.node("GlobalAveragePool", [self._maps[inputs[0]].name])
                self._maps[output] = Maps(pooled, 1)
            case tflite.BuiltinOperator.FULLY_CONNECTED:
                self._fully_connected(inputs)
            case tflite.BuiltinOperator.QUANTIZE | tflite.BuiltinOperator.RESHAPE:
                # Floats and Flatten do not need these operators.
                self._maps[output] = self._maps.get(inputs[0], Maps("logits", 1))
            case tflite.BuiltinOperator.SOFTMAX:
                self._maps[output] = Maps("logits", 1)  # Left out: calibration needs logits.
            case _:
                raise NotImplementedError(f"Operator {kind} of TFLite")

    def _conv(self, options: Any, kind: int, inputs: list[int]) -> Maps:
        depthwise = kind == tflite.BuiltinOperator.DEPTHWISE_CONV_2D
        maps, kernel, bias = inputs
        # (out, height, width, in) and (1, height, width, channels) to ONNX's order
        order = (3, 0, 1, 2) if depthwise else (0, 3, 1, 2)
        if options.Padding() != tflite.Padding.SAME or options.StrideH() != options.StrideW():
            raise NotImplementedError("A convolution with this padding or stride")
        convolved = self._network.conv(
            self._maps[maps],
            self._floats(kernel).transpose(order),
            self._floats(bias),
            stride=options.StrideH(),
            depthwise=depthwise,
        )
        relu6 = options.FusedActivationFunction() == tflite.ActivationFunctionType.RELU6
        return self._network.relu6(convolved) if relu6 else convolved

    def _fully_connected(self, inputs: list[int]) -> None:
        maps, weights, bias = inputs
        flat = self._network.node("Flatten", [self._maps[maps].name])
        constants = [self._network.constant(self._floats(i)) for i in (weights, bias)]
        self._network.node("Gemm", [flat, *constants], "logits", transB=1)

    def _tensor(self, index: int) -> Any:
        return self._graph.Tensors(index)

    def _floats(self, index: int) -> Array:
        """Read a tensor and convert its integers to the floats that they represent."""
        tensor = self._tensor(index)
        content = self._model.Buffers(tensor.Buffer()).DataAsNumpy().tobytes()
        integers = np.frombuffer(content, _TYPES[tensor.Type()]).reshape(tensor.ShapeAsNumpy())
        quantization = tensor.Quantization()
        shape = [1] * integers.ndim
        shape[quantization.QuantizedDimension()] = -1
        scale = quantization.ScaleAsNumpy().astype(np.float64).reshape(shape)
        zero = quantization.ZeroPointAsNumpy().reshape(shape)
        floats: Array = (integers - zero) * scale
        return floats.astype(np.float32)


def _read_options(operator: Any, kind: int) -> Any:
    options = _OPTIONS[kind]()
    table = operator.BuiltinOptions()
    options.Init(table.Bytes, table.Pos)
    return options
