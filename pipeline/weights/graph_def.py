"""Reads a frozen TensorFlow graph without TensorFlow, with the needed part of its schema.

Schema: https://github.com/tensorflow/tensorflow/tree/master/tensorflow/core/framework
(graph.proto, node_def.proto, attr_value.proto, tensor.proto, tensor_shape.proto).
"""

from typing import Any

import numpy as np
from google.protobuf import (  # type: ignore[import-untyped]  # protobuf ships no hints
    descriptor_pb2,
    descriptor_pool,
    message_factory,
)

from pipeline.weights.network import Array

_Field = descriptor_pb2.FieldDescriptorProto
_STRING, _BYTES, _INT, _FLOAT = (
    _Field.TYPE_STRING,
    _Field.TYPE_BYTES,
    _Field.TYPE_INT64,
    _Field.TYPE_FLOAT,
)

# message: field: (number, type or message, repeated)
_SCHEMA: dict[str, dict[str, tuple[int, int | str, bool]]] = {
    "Graph": {"node": (1, "Node", True)},
    "Node": {
        "name": (1, _STRING, False),
        "op": (2, _STRING, False),
        "input": (3, _STRING, True),
        "attr": (5, "Attribute", True),
    },
    "Attribute": {"key": (1, _STRING, False), "value": (2, "Value", False)},
    "Value": {"list": (1, "List", False), "s": (2, _BYTES, False), "tensor": (8, "Tensor", False)},
    "List": {"i": (3, _INT, True)},
    "Tensor": {
        "dtype": (1, _INT, False),
        "tensor_shape": (2, "Shape", False),
        "tensor_content": (4, _BYTES, False),
        "float_val": (5, _FLOAT, True),
    },
    "Shape": {"dim": (2, "Dimension", True)},
    "Dimension": {"size": (1, _INT, False)},
}
_DT_FLOAT = 1


def _build_graph_class() -> Any:
    schema = descriptor_pb2.FileDescriptorProto(
        name="graph_def.proto", package="spotter", syntax="proto3"
    )
    for message_name, fields in _SCHEMA.items():
        message = schema.message_type.add(name=message_name)
        for name, (number, kind, repeated) in fields.items():
            field = message.field.add(name=name, number=number)
            field.label = field.LABEL_REPEATED if repeated else field.LABEL_OPTIONAL
            if isinstance(kind, str):
                field.type, field.type_name = field.TYPE_MESSAGE, f".spotter.{kind}"
            else:
                field.type = kind
    pool = descriptor_pool.DescriptorPool()
    pool.Add(schema)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("spotter.Graph"))


class GraphNode:
    """One operator of the graph."""

    def __init__(self, message: Any) -> None:
        self.name: str = message.name
        self.operator: str = message.op
        self.inputs: list[str] = list(message.input)
        self._attributes = {attribute.key: attribute.value for attribute in message.attr}

    def integers(self, attribute: str) -> list[int]:
        return list(self._attributes[attribute].list.i)

    def text(self, attribute: str) -> str:
        value: bytes = self._attributes[attribute].s
        return value.decode()

    def floats(self) -> Array:
        """The value of a constant of floats."""
        tensor = self._attributes["value"].tensor
        if tensor.dtype != _DT_FLOAT:
            raise NotImplementedError(f"{self.name} is no constant of floats")
        shape = [dimension.size for dimension in tensor.tensor_shape.dim]
        if tensor.tensor_content:
            return np.frombuffer(tensor.tensor_content, "<f4").reshape(shape)
        return np.broadcast_to(np.array(tensor.float_val, np.float32), shape or (1,))


def read_graph(file: bytes) -> dict[str, GraphNode]:
    """Return the nodes by name."""
    graph = _build_graph_class()()
    graph.ParseFromString(file)
    return {node.name: GraphNode(node) for node in graph.node}
