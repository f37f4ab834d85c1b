"""The provider makes the checks that Terraform does not make, and refuses calls to the service."""

from typing import Any

import msgpack
import pytest

from infra.terraform_offline.placeholders import UNKNOWN, build_placeholder
from infra.terraform_offline.provider import Handler
from infra.terraform_offline.wire import build_diagnostic, find_first, pack, unpack_bytes

Handlers = dict[str, Handler]


def call(handlers: Handlers, name: str, number: int, value: dict[str, Any]) -> bytes:
    """Send a request about x_thing with this value in the field `number`."""
    return handlers[name](pack(1, "x_thing") + pack(number, pack(1, msgpack.packb(value))))


def build_thing(**arguments: Any) -> dict[str, Any]:
    names = ("arn", "labels", "policy", "password_wo", "state", "zones", "legacy")
    defaults = {"name": "a", "one": [], "rule": [{"port": 1}]}
    return {**dict.fromkeys(names), **defaults, **arguments}


def read_summaries(response: bytes) -> list[str]:
    return [find_first(value, 2).decode() for _, value in unpack_bytes(response)]


@pytest.mark.parametrize(
    ("arguments", "summary"),
    [
        ({"name": None}, "Missing required argument"),
        ({"arn": "x"}, "Value for unconfigurable attribute"),
        ({"rule": [{"port": None}]}, "Missing required argument"),
        ({"policy": "{"}, "Invalid JSON"),
    ],
)
def test_a_mistake_is_found(handlers: Handlers, arguments: dict[str, Any], summary: str) -> None:
    response = call(handlers, "ValidateResourceTypeConfig", 2, build_thing(**arguments))

    assert read_summaries(response) == [summary]


@pytest.mark.parametrize(
    "arguments", [{}, {"zones": UNKNOWN}, {"rule": UNKNOWN}, {"policy": "{}"}, {"policy": UNKNOWN}]
)
def test_valid_and_unknown_values_pass(handlers: Handlers, arguments: dict[str, Any]) -> None:
    assert call(handlers, "ValidateResourceTypeConfig", 2, build_thing(**arguments)) == b""


def test_a_plan_has_unknown_values_where_the_service_decides(handlers: Handlers) -> None:
    response = call(handlers, "PlanResourceChange", 3, build_thing(password_wo="secret"))

    computed = dict.fromkeys(("arn", "labels", "state", "zones", "legacy"), UNKNOWN)
    planned = msgpack.unpackb(find_first(find_first(response, 1), 1))
    assert planned == build_thing(password_wo=None, **computed)


@pytest.mark.parametrize(
    ("name", "number", "message"),
    [
        ("ApplyResourceChange", 3, b"cannot apply"),
        ("ImportResourceState", 2, b"cannot import"),
    ],
)
def test_an_operation_that_needs_the_service_is_refused(
    handlers: Handlers, name: str, number: int, message: bytes
) -> None:
    response = call(handlers, name, 2, build_thing())

    assert message in find_first(response, number)


def test_an_error_in_the_first_item_of_a_list_names_that_item() -> None:
    diagnostic = build_diagnostic("summary", "detail", ("rule", 0, "port"))

    path = find_first(diagnostic, 4)
    assert [value for _, value in unpack_bytes(path)] == [
        pack(1, "rule"),
        b"\x18\x00",
        pack(1, "port"),
    ]


@pytest.mark.parametrize(
    ("name", "type_", "placeholder"),
    [
        ("role_arn", "string", "arn:aws:iam::123456789012:role/placeholder"),
        ("other", "string", "placeholder-other"),
        ("names", ["list", "string"], ["us-east-1a", "us-east-1b", "us-east-1c"]),
        ("names", ["list", "number"], []),
        ("it", ["object", {"size": "number", "on": "bool"}], {"size": 0, "on": False}),
        ("tags", ["map", "string"], {}),
    ],
)
def test_data_sources_answer_with_their_type(name: str, type_: Any, placeholder: Any) -> None:
    assert build_placeholder(name, type_) == placeholder
