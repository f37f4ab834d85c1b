"""GetProviderSchema.Response: written from a schema, and read again block by block."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from infra.terraform_offline.wire import find_first, pack, unpack, unpack_bytes

NESTING_MODES = {"single": 1, "list": 2, "set": 3, "map": 4, "group": 5}
FLAGS = {"required": 4, "optional": 5, "computed": 6, "sensitive": 7, "write_only": 10}
SCHEMA_FIELDS = {
    "resource_schemas": 2,
    "data_source_schemas": 3,
    "ephemeral_resource_schemas": 8,
}
"""The fields that map a type name to its schema."""

_MODE_NAMES = {number: name for name, number in NESTING_MODES.items()}
_KIND_NAMES = {number: name for name, number in SCHEMA_FIELDS.items()}


def build_response(schema: dict[str, Any]) -> bytes:
    """The message for a schema as `terraform providers schema -json` prints it."""
    parts = [pack(1, _build_schema(schema["provider"]))]
    for kind, number in SCHEMA_FIELDS.items():
        for name, entry in schema[kind].items():
            parts.append(pack(number, pack(1, name) + pack(2, _build_schema(entry))))
    parts.append(pack(6, pack(2, True)))  # get_provider_schema_optional: one call is enough
    return b"".join(parts)


def _build_schema(entry: dict[str, Any]) -> bytes:
    return pack(1, entry["version"]) + pack(2, _build_block(entry["block"]))


def _build_block(block: dict[str, Any]) -> bytes:
    parts = [pack(2, _build_attribute(name, it)) for name, it in block["attributes"].items()]
    for name, nested in block["block_types"].items():
        message = pack(1, name) + pack(2, _build_block(nested["block"]))
        message += pack(3, NESTING_MODES[nested["nesting_mode"]])
        message += pack(4, nested["min_items"]) + pack(5, nested["max_items"])
        parts.append(pack(3, message))
    return b"".join(parts)


def _build_attribute(name: str, entry: dict[str, Any]) -> bytes:
    message = pack(1, name) + pack(2, json.dumps(entry["type"]))
    return message + b"".join(pack(number, entry[flag]) for flag, number in FLAGS.items())


@dataclass(frozen=True)
class Attribute:
    """One argument of a block that is no block itself."""

    type: Any
    """In Terraform's JSON notation: "string", ["list", "string"], ..."""
    required: bool
    optional: bool
    computed: bool
    sensitive: bool
    write_only: bool


class Block:
    """A block of the schema. Its nested blocks are read when they are asked for."""

    def __init__(self, message: bytes) -> None:
        self.attributes: dict[str, Attribute] = {}
        self.modes: dict[str, str] = {}
        """Nesting modes by the names of the nested blocks."""
        self._nested: dict[str, bytes | Block] = {}
        for number, value in unpack_bytes(message):
            if number == 2:
                self._read_attribute(value)
            elif number == 3:
                self._read_nested(value)

    def _read_attribute(self, message: bytes) -> None:
        set_fields = {number for number, _ in unpack(message)}
        flags = {flag: number in set_fields for flag, number in FLAGS.items()}
        name = find_first(message, 1).decode()
        self.attributes[name] = Attribute(json.loads(find_first(message, 2)), **flags)

    def _read_nested(self, message: bytes) -> None:
        name = find_first(message, 1).decode()
        mode = next(value for number, value in unpack(message) if number == 3)
        self.modes[name] = _MODE_NAMES[int(mode)]
        self._nested[name] = find_first(message, 2)

    def get_nested(self, name: str) -> Block:
        """The nested block of this name."""
        block = self._nested[name]
        if isinstance(block, bytes):
            block = self._nested[name] = Block(block)
        return block


class Schemas:
    """Finds single schemas in the bytes that `build_response` made."""

    def __init__(self, response: bytes) -> None:
        self._entries: dict[tuple[str, str], bytes | Block] = {
            (_KIND_NAMES[number], find_first(value, 1).decode()): find_first(value, 2)
            for number, value in unpack_bytes(response)
            if number in _KIND_NAMES
        }

    def get_block(self, kind: str, type_name: str) -> Block:
        """The schema of one type, such as resource_schemas and aws_sqs_queue."""
        entry = self._entries[kind, type_name]
        if isinstance(entry, bytes):
            entry = self._entries[kind, type_name] = Block(find_first(entry, 2))
        return entry
