"""Rewrites a network from another converter so that `quantize` can read it.

- A convolution takes its bias as an input. Some converters write it as an addition behind it.
- Five operators that compute x * (1 + erf(x / sqrt(2))) / 2 become one, GELU. ONNX Runtime does so
  by itself, but not beside integers.
- A mean over all pixels becomes a global average pooling, because the operator for the mean
  changed in between.
- Identities are removed.
- The version of the operators is raised to one that has GELU. None of the others changed.
"""

import numpy as np
import onnx
from onnx import helper, numpy_helper

from pipeline.weights.network import Array

OPSET = 20

_SAME_IN_BOTH_VERSIONS = frozenset(
    (
        *("Add", "Concat", "Conv", "ConvTranspose", "Div", "Erf", "GlobalAveragePool"),
        *("HardSigmoid", "MaxPool", "Mul", "Relu", "Resize", "Sigmoid"),
    )
)
_GELU = ("Div", "Erf", "Add", "Mul", "Mul")
_ALL_PIXELS = {"axes": [2, 3], "keepdims": 1}


def fold(file: bytes) -> bytes:
    """Return the network with fewer operators, and with its biases inside the convolutions.

    Raises:
        NotImplementedError: The network has an operator that nobody has compared.
    """
    return _Folder(onnx.load_from_string(file)).fold()


class _Folder:
    def __init__(self, model: onnx.ModelProto) -> None:
        self._model = model
        self._constants = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
        self._nodes: list[onnx.NodeProto] = []
        self._consumers: dict[str, list[onnx.NodeProto]] = {}

    def fold(self) -> bytes:
        graph = self._model.graph
        self._remove_identities()
        for node in self._nodes:
            for name in node.input:
                self._consumers.setdefault(name, []).append(node)
        replaced = dict[str, onnx.NodeProto | None]()  # By the output of the old node
        for node in self._nodes:
            if node.op_type == "Conv":
                self._take_bias(node, replaced)
            elif node.op_type == "Div":
                self._join_gelu(node, replaced)
        kept = [replaced.get(node.output[0], node) for node in self._nodes]
        nodes = [node for node in kept if node]
        used = {name for node in nodes for name in node.input}
        del graph.node[:], graph.initializer[:], graph.value_info[:]
        graph.node.extend(nodes)
        graph.initializer.extend(
            numpy_helper.from_array(array, name)
            for name, array in self._constants.items()
            if name in used
        )
        [opset] = self._model.opset_import
        opset.version = OPSET
        onnx.checker.check_model(self._model, full_check=True)
        content: bytes = self._model.SerializeToString(deterministic=True)
        return content

    def _remove_identities(self) -> None:
        names: dict[str, str] = {}  # Name of a tensor to its name without identities
        for node in self._model.graph.node:
            node.input[:] = [names.get(name, name) for name in node.input]
            if node.op_type == "Identity":
                names[node.output[0]] = node.input[0]
            else:
                self._nodes.append(_check(node))

    def _take_bias(self, node: onnx.NodeProto, replaced: dict[str, onnx.NodeProto | None]) -> None:
        """Give a convolution its bias, and the output of the addition that had it."""
        kernel = self._constants[node.input[1]]
        consumers = self._consumers[node.output[0]]
        bias: Array = np.zeros(len(kernel), np.float32)
        output = node.output[0]
        if len(consumers) == 1 and consumers[0].op_type == "Add":
            [addend] = [name for name in consumers[0].input if name != output]
            if addend in self._constants and self._constants[addend].size == len(kernel):
                bias = self._constants[addend].reshape(-1)
                output = consumers[0].output[0]
                replaced[node.output[0]] = None
        self._constants[f"{output}_bias"] = bias
        new = onnx.NodeProto()
        new.CopyFrom(node)
        new.input.append(f"{output}_bias")
        new.output[:] = [output]
        replaced[output] = new

    def _join_gelu(
        self, divide: onnx.NodeProto, replaced: dict[str, onnx.NodeProto | None]
    ) -> None:
        """Put one operator into the place of the last of the five."""
        chain = [divide]
        while len(chain) < len(_GELU):
            [following] = self._consumers[chain[-1].output[0]]
            chain.append(following)
        if tuple(node.op_type for node in chain) != _GELU:
            raise NotImplementedError(f"The operators behind {divide.output[0]}")
        for node in chain:
            replaced[node.output[0]] = None
        output = chain[-1].output[0]
        replaced[output] = helper.make_node("Gelu", divide.input[:1], [output], name=output)


def _check(node: onnx.NodeProto) -> onnx.NodeProto:
    if node.op_type == "ReduceMean":
        attributes = {one.name: helper.get_attribute_value(one) for one in node.attribute}
        if attributes == _ALL_PIXELS:
            output = node.output[0]
            return helper.make_node("GlobalAveragePool", node.input[:], [output], name=output)
    if node.op_type in _SAME_IN_BOTH_VERSIONS:
        return node
    raise NotImplementedError(f"Operator {node.op_type} at {node.output[0]}")
