"""The schema equals the generated code, also after it was sent over the wire."""

import zipfile
from pathlib import Path
from typing import Any

import pytest

from infra.terraform_offline.javascript import SchemaError
from infra.terraform_offline.messages import Schemas, build_response
from infra.terraform_offline.schema import read_sources, read_wheel
from tests.infra.terraform_offline.conftest import PROVIDER, RESOURCE

FLAGS = ("required", "optional", "computed", "write_only", "sensitive")


def get_thing(schema: dict[str, Any]) -> dict[str, Any]:
    block: dict[str, Any] = schema["resource_schemas"]["x_thing"]["block"]
    return block


def test_types_are_read(schema: dict[str, Any]) -> None:
    attributes = get_thing(schema)["attributes"]

    assert {name: attribute["type"] for name, attribute in attributes.items()} == {
        "arn": "string",
        "labels": ["map", "string"],
        "name": "string",
        "policy": "string",
        "password_wo": "string",
        "state": ["set", ["object", {"ready": "bool"}]],
        "zones": ["set", "string"],
        "legacy": ["list", ["object", {"port": "number"}]],
    }


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("name", ["required"]),
        ("zones", ["optional", "computed"]),
        ("password_wo", ["optional", "write_only", "sensitive"]),
    ],
)
def test_flags_are_read(schema: dict[str, Any], name: str, flags: list[str]) -> None:
    attribute = get_thing(schema)["attributes"][name]

    assert [flag for flag in FLAGS if attribute[flag]] == flags


def test_blocks_and_their_counts_are_read(schema: dict[str, Any]) -> None:
    blocks = get_thing(schema)["block_types"].items()

    assert {
        name: (entry["nesting_mode"], entry["min_items"], entry["max_items"])
        for name, entry in blocks
    } == {"one": ("list", 0, 1), "rule": ("set", 1, 0)}


def test_the_generators_own_argument_is_left_out(schema: dict[str, Any]) -> None:
    assert list(schema["provider"]["block"]["attributes"]) == ["region"]


def test_a_package_of_another_layout_is_refused() -> None:
    with pytest.raises(SchemaError, match="No flags for name"):
        read_sources({"provider": PROVIDER, "thing": RESOURCE.replace("// name -", "// nam -")})


def test_a_storage_class_that_is_unknown_is_refused() -> None:
    other = RESOURCE.replace('storageClassType: "stringList"', 'storageClassType: "stringTree"')

    with pytest.raises(SchemaError, match="stringTree"):
        read_sources({"provider": PROVIDER, "thing": other})


def test_a_wheel_without_generated_code_is_refused(tmp_path: Path) -> None:
    wheel = tmp_path / "other-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("other/__init__.py", "")

    with pytest.raises(SchemaError, match="holds no generated code"):
        read_wheel(wheel)


def test_the_schema_survives_the_wire(schema: dict[str, Any]) -> None:
    block = Schemas(build_response(schema)).get_block("resource_schemas", "x_thing")

    assert block.attributes["zones"].type == ["set", "string"]
    assert [flag for flag in FLAGS if getattr(block.attributes["zones"], flag)] == [
        "optional",
        "computed",
    ]
    assert block.attributes["password_wo"].write_only
    assert block.modes == {"one": "list", "rule": "set"}
    assert block.get_nested("rule").attributes["port"].required
