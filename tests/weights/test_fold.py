"""Networks of another converter, made readable for `quantize`."""

import math

import numpy as np
import onnx
import onnxruntime  # type: ignore[import-untyped]  # Ships no hints
import pytest
from onnx import helper, numpy_helper

from pipeline.weights.fold import fold
from pipeline.weights.network import Array

CONSTANTS = {
    "kernel": np.array([[[[0.5]], [[-1.0]]], [[[2.0]], [[0.1]]]], np.float32),
    "bias": np.array([0.5, -1.0], np.float32).reshape(1, 2, 1, 1),
    "root": np.float32(math.sqrt(2)),
    "one": np.float32(1),
    "half": np.float32(0.5),
}
NODES = (
    ("Identity", ["images"], "same"),
    ("Conv", ["same", "kernel"], "layer"),
    ("Add", ["layer", "bias"], "shifted"),
    ("Div", ["shifted", "root"], "divided"),
    ("Erf", ["divided"], "erf"),
    ("Add", ["erf", "one"], "raised"),
    ("Mul", ["shifted", "raised"], "product"),
    ("Mul", ["product", "half"], "gelu"),
    ("Conv", ["gelu", "kernel"], "plain"),
    ("Relu", ["plain"], "positive"),
)


def build(*more: onnx.NodeProto, output: str = "positive") -> bytes:
    nodes = [helper.make_node(kind, inputs, [name]) for kind, inputs, name in NODES]
    shape = [1, 2, 4, 4]
    graph = helper.make_graph(
        [*nodes, *more],
        "small",
        [helper.make_tensor_value_info("images", onnx.TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info(output, onnx.TensorProto.FLOAT, list("abcd"))],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in CONSTANTS.items()],
    )
    opset = helper.make_opsetid("", 11)
    model = helper.make_model(graph, opset_imports=[opset], ir_version=8)
    content: bytes = model.SerializeToString()
    return content


def run(file: bytes) -> Array:
    images = np.random.default_rng(7).normal(size=(1, 2, 4, 4)).astype(np.float32)
    [output] = onnxruntime.InferenceSession(file).run(None, {"images": images})
    return np.asarray(output)


def test_a_folded_network_gives_the_same_with_fewer_operators() -> None:
    mean = helper.make_node("ReduceMean", ["positive"], ["mean"], axes=[2, 3], keepdims=1)
    network = build(mean, output="mean")

    folded = fold(network)

    np.testing.assert_allclose(run(folded), run(network), atol=1e-6)
    nodes = onnx.load_from_string(folded).graph.node
    assert [node.op_type for node in nodes] == ["Conv", "Gelu", "Conv", "Relu", "GlobalAveragePool"]
    assert all(len(node.input) == 3 for node in nodes if node.op_type == "Conv")


def test_an_operator_that_nobody_has_compared_is_refused() -> None:
    with pytest.raises(NotImplementedError, match="Operator Tanh at last"):
        fold(build(helper.make_node("Tanh", ["positive"], ["last"]), output="last"))


def test_a_mean_over_other_axes_is_refused() -> None:
    mean = helper.make_node("ReduceMean", ["positive"], ["mean"], axes=[1], keepdims=1)

    with pytest.raises(NotImplementedError, match="Operator ReduceMean at mean"):
        fold(build(mean, output="mean"))


def test_a_division_that_is_no_gelu_is_refused() -> None:
    nodes = [
        helper.make_node("Div", ["positive", "root"], ["divided2"]),
        helper.make_node("Relu", ["divided2"], ["a"]),
        helper.make_node("Add", ["a", "one"], ["b"]),
        helper.make_node("Mul", ["b", "half"], ["c"]),
        helper.make_node("Mul", ["c", "half"], ["d"]),
    ]

    with pytest.raises(NotImplementedError, match="The operators behind divided2"):
        fold(build(*nodes, output="d"))
