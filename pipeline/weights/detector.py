"""Converts SSD MobileNet v2 from its frozen TensorFlow graph to an ONNX file.

Only the network is converted, without the graph's preprocessing and non-maximum suppression. The
graph writes a batch normalisation as `x * multiplier + offset` with constants. Here it becomes part
of the convolution before it.
"""

from collections.abc import Sequence

import numpy as np

from pipeline.weights.graph_def import GraphNode, read_graph
from pipeline.weights.network import Array, Maps, NetworkBuilder

SIDE = 300
INPUT = "Preprocessor/sub"
FEATURE_MAPS = 6
ANCHOR_COUNT = 1917
CLASS_COUNT = 91  # Background, then COCO's ids 1 to 90


def convert_detector(file: bytes) -> bytes:
    """Return ONNX: `images` (N, 3, 300, 300), RGB, x / 127.5 - 1, to `boxes` and `scores`.

    `boxes` (N, 1917, 4) are encoded relative to the anchors, `scores` (N, 1917, 91) are sigmoids.
    """
    return _Detector(read_graph(file)).convert()


class _Detector:
    def __init__(self, nodes: dict[str, GraphNode]) -> None:
        self._nodes = nodes
        self._network = NetworkBuilder()
        self._maps = {INPUT: Maps("images", SIDE)}

    def convert(self) -> bytes:
        boxes = self._predict("BoxEncodingPredictor", 4)
        self._network.node("Concat", boxes, "boxes", axis=1)
        scores = self._predict("ClassPredictor", CLASS_COUNT)
        self._network.node("Sigmoid", [self._network.node("Concat", scores, axis=1)], "scores")
        return self._network.build(
            "ssd_mobilenet_v2",
            {"images": ["N", 3, SIDE, SIDE]},
            {"boxes": ["N", ANCHOR_COUNT, 4], "scores": ["N", ANCHOR_COUNT, CLASS_COUNT]},
        )

    def _predict(self, predictor: str, values: int) -> list[str]:
        """Return one tensor (N, anchors, values) for each feature map."""
        shape = self._network.constant(np.array([0, -1, values], np.int64))
        outputs = []
        for index in range(FEATURE_MAPS):
            maps = self._convert(f"BoxPredictor_{index}/{predictor}/BiasAdd")
            # With channels last, the anchors of one place are adjacent.
            last = self._network.node("Transpose", [maps.name], perm=[0, 2, 3, 1])
            outputs.append(self._network.node("Reshape", [last, shape]))
        return outputs

    def _convert(self, name: str) -> Maps:
        if name not in self._maps:
            self._maps[name] = self._convert_node(self._nodes[name])
        return self._maps[name]

    def _convert_node(self, node: GraphNode) -> Maps:
        match node.operator:
            case "Identity":
                return self._convert(node.inputs[0])
            case "Relu6":
                return self._network.relu6(self._convert(node.inputs[0]))
            case "BiasAdd":
                return self._conv(self._nodes[node.inputs[0]], offset=self._value(node.inputs[1]))
            case "Add" if self._is_normalisation(node):
                multiply = self._nodes[node.inputs[0]]
                return self._conv(
                    self._nodes[multiply.inputs[0]],
                    multiplier=self._value(multiply.inputs[1]),
                    offset=self._value(node.inputs[1]),
                )
            case "Add":
                return self._network.add(*(self._convert(name) for name in node.inputs))
        raise NotImplementedError(f"Operator {node.operator} of TensorFlow at {node.name}")

    def _is_normalisation(self, node: GraphNode) -> bool:
        return self._nodes[node.inputs[0]].operator == "Mul"

    def _conv(self, node: GraphNode, *, offset: Array, multiplier: Array | float = 1.0) -> Maps:
        depthwise = node.operator == "DepthwiseConv2dNative"
        # (height, width, in, out) and (height, width, channels, 1) to ONNX's order
        order: Sequence[int] = (2, 3, 0, 1) if depthwise else (3, 2, 0, 1)
        kernel = self._value(node.inputs[1]).transpose(order)
        if node.text("padding") != "SAME":
            raise NotImplementedError(f"The padding of {node.name}")
        return self._network.conv(
            self._convert(node.inputs[0]),
            (kernel * np.reshape(multiplier, (-1, 1, 1, 1))).astype(np.float32),
            offset.astype(np.float32),
            stride=node.integers("strides")[1],
            depthwise=depthwise,
        )

    def _value(self, name: str) -> Array:
        """Compute a constant, in float64 so that the result is the same on every machine."""
        node = self._nodes[name]
        match node.operator:
            case "Const":
                return node.floats().astype(np.float64)
            case "Identity":
                return self._value(node.inputs[0])
            case "Rsqrt":
                return 1 / np.sqrt(self._value(node.inputs[0]))
        left, right = (self._value(name) for name in node.inputs)
        match node.operator:
            case "Add":
                return left + right
            case "Sub":
                return left - right
            case "Mul":
                return left * right
        raise NotImplementedError(f"Constant operator {node.operator} of TensorFlow at {name}")
