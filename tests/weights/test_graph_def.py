from typing import Any

import numpy as np
import pytest

from pipeline.weights.detector import convert_detector
from pipeline.weights.graph_def import read_graph

# One node "eps" with op "Const", written by hand in protobuf's wire format:
# attr "value" is a tensor of float32, shape (3,), whose one value 0.5 stands for all three
TENSOR = bytes([0x08, 1, 0x12, 4, 0x12, 2, 0x08, 3, 0x2A, 4, 0, 0, 0, 0x3F])
VALUE = bytes([0x42, len(TENSOR)]) + TENSOR
ATTRIBUTE = b"\x0a\x05value\x12" + bytes([len(VALUE)]) + VALUE
NODE = b"\x0a\x03eps\x12\x05Const\x2a" + bytes([len(ATTRIBUTE)]) + ATTRIBUTE
GRAPH = b"\x0a" + bytes([len(NODE)]) + NODE


def test_one_value_stands_for_a_whole_constant() -> None:
    node = read_graph(GRAPH)["eps"]

    values: Any = node.floats()

    assert node.operator == "Const"
    np.testing.assert_array_equal(values, np.array([0.5, 0.5, 0.5], np.float32))


def test_a_constant_of_another_type_is_refused() -> None:
    graph = read_graph(GRAPH.replace(b"\x08\x01\x12\x04", b"\x08\x03\x12\x04"))

    with pytest.raises(NotImplementedError, match="eps is no constant of floats"):
        graph["eps"].floats()


def test_an_operator_that_we_do_not_know_is_refused_by_name() -> None:
    name = b"BoxPredictor_0/BoxEncodingPredictor/BiasAdd"
    node = b"\x0a" + bytes([len(name)]) + name + b"\x12\x04Tanh"

    with pytest.raises(NotImplementedError, match="Tanh of TensorFlow at BoxPredictor_0"):
        convert_detector(b"\x0a" + bytes([len(node)]) + node)
