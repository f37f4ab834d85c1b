"""A Terraform provider that knows its schema and nothing else.

That is enough for `terraform init`, `validate`, `test` with a mock provider, and `plan`. Apply and
import need the real service and are refused.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import msgpack

from infra.terraform_offline.messages import Block, Schemas
from infra.terraform_offline.placeholders import UNKNOWN, build_placeholder
from infra.terraform_offline.wire import Path, build_diagnostic, find_first, pack

Handler = Callable[[bytes], bytes]
Value = dict[str, Any]
Problem = tuple[str, str, Path]
"""Summary, detail and the argument."""

JSON_ARGUMENTS = {
    "assume_role_policy",
    "container_definitions",
    "dashboard_body",
    "event_pattern",
    "policy",
    "redrive_allow_policy",
    "redrive_policy",
}
"""Arguments that hold a JSON document. The real provider refuses others, also those of a mock."""


class Provider:
    """The calls of the service tfplugin5.Provider, each from request bytes to response bytes."""

    def __init__(self, response: bytes) -> None:
        self._response = response
        self._schemas: Schemas | None = None
        self._lock = threading.Lock()

    def get_handlers(self) -> dict[str, Handler]:
        """Every call by its name."""
        return {
            "GetSchema": lambda request: self._response,
            "PrepareProviderConfig": _echo(1),
            "ValidateResourceTypeConfig": self._build_validate("resource_schemas"),
            "ValidateDataSourceConfig": self._build_validate("data_source_schemas"),
            "ValidateEphemeralResourceConfig": self._build_validate("ephemeral_resource_schemas"),
            "Configure": _accept,
            "UpgradeResourceState": _upgrade,
            "ReadResource": _echo(2),
            "PlanResourceChange": self._plan,
            "ApplyResourceChange": lambda it: pack(1, find_first(it, 2)) + _refuse(3, "apply"),
            "ImportResourceState": lambda request: _refuse(2, "import"),
            "ReadDataSource": self._build_read(1, "data_source_schemas"),
            "OpenEphemeralResource": self._build_read(3, "ephemeral_resource_schemas"),
            "RenewEphemeralResource": _accept,
            "CloseEphemeralResource": _accept,
            "Stop": _accept,
        }

    def _build_validate(self, kind: str) -> Handler:
        """Checks what Terraform leaves to the provider; Terraform itself checks the schema."""

        def validate(request: bytes) -> bytes:
            value = _decode(find_first(request, 2)) or {}
            problems = find_problems(self._get_block(kind, request), value)
            return b"".join(pack(1, build_diagnostic(*problem)) for problem in problems)

        return validate

    def _plan(self, request: bytes) -> bytes:
        """The proposed state, with what the service would decide marked as unknown."""
        proposed = _decode(find_first(request, 3))
        if proposed is not None:
            mark_unknown(self._get_block("resource_schemas", request), proposed)
            if find_first(request, 1) == b"aws_acm_certificate":
                _plan_certificate(proposed)
        return pack(1, _encode(proposed))

    def _build_read(self, number: int, kind: str) -> Handler:
        """Answers with the configuration and placeholders for what the service would answer."""

        def read(request: bytes) -> bytes:
            config = _decode(find_first(request, 2)) or {}
            _fill(self._get_block(kind, request), config)
            return pack(number, _encode(config))

        return read

    def _get_block(self, kind: str, request: bytes) -> Block:
        with self._lock:
            if self._schemas is None:
                self._schemas = Schemas(self._response)
            return self._schemas.get_block(kind, find_first(request, 1).decode())


def find_problems(block: Block, value: Value, path: Path = ()) -> Iterator[Problem]:
    """Every error in a configuration."""
    for name, attribute in block.attributes.items():
        content, where = value[name], (*path, name)
        if content is None:
            if attribute.required:
                yield "Missing required argument", f'The argument "{name}" must not be null.', where
        elif not (attribute.required or attribute.optional):
            detail = f'"{name}" cannot be set: the provider decides its value.'
            yield "Value for unconfigurable attribute", detail, where
        elif name in JSON_ARGUMENTS and attribute.type == "string" and not _is_json(content):
            detail = f'"{name}" must be a JSON document. A mock must give one too: see mock_data.'
            yield "Invalid JSON", detail, where
    for nested, item, where in _find_items(block, value):
        yield from find_problems(nested, item, (*path, *where))


def mark_unknown(block: Block, value: Value) -> None:
    """Mark what the service decides as unknown, and forget what is only written, in place."""
    for name, attribute in block.attributes.items():
        if attribute.write_only:
            value[name] = None
        elif attribute.computed and value[name] is None:
            value[name] = UNKNOWN
    for nested, item, _ in _find_items(block, value):
        mark_unknown(nested, item)


def _is_json(content: Any) -> bool:
    if not content or isinstance(content, msgpack.ExtType):
        return True  # Not known yet
    try:
        json.loads(content)
    except ValueError:
        return False
    return True


def _plan_certificate(value: Value) -> None:
    """The real provider knows this much already, and DNS records are usually made from it."""
    names = [value["domain_name"]]
    if isinstance(value["subject_alternative_names"], list):
        names += value["subject_alternative_names"]
    if value["validation_method"] == "DNS" and all(isinstance(name, str) for name in names):
        record = {f"resource_record_{part}": UNKNOWN for part in ("name", "type", "value")}
        value["domain_validation_options"] = [
            {"domain_name": name, **record} for name in dict.fromkeys(names)
        ]


def _fill(block: Block, value: Value) -> None:
    for name, attribute in block.attributes.items():
        if attribute.computed and value[name] is None:
            value[name] = build_placeholder(name, attribute.type)
    for nested, item, _ in _find_items(block, value):
        _fill(nested, item)


def _find_items(block: Block, value: Value) -> Iterator[tuple[Block, Value, Path]]:
    """(block, value, path) of each nested block that is set."""
    for name, mode in block.modes.items():
        content = value[name]
        if isinstance(content, dict):
            items = content.items() if mode == "map" else [(None, content)]
            for key, item in items:
                yield block.get_nested(name), item, (name,) if key is None else (name, key)
        elif isinstance(content, list):
            for index, item in enumerate(content):
                if isinstance(item, dict):
                    yield block.get_nested(name), item, (name, index) if mode == "list" else (name,)


def _accept(request: bytes) -> bytes:
    return b""


def _echo(number: int) -> Handler:
    return lambda request: pack(1, find_first(request, number))


def _upgrade(request: bytes) -> bytes:
    """The stored state, unchanged: every version of a resource has the same schema here."""
    return pack(1, pack(2, find_first(find_first(request, 3), 1)))


def _refuse(number: int, action: str) -> bytes:
    detail = f"Only the provider's schema is here, not the real provider: it cannot {action}."
    return pack(number, build_diagnostic(f"No {action} with an offline provider", detail))


def _decode(dynamic: bytes) -> Value | None:
    value: Value | None = msgpack.unpackb(find_first(dynamic, 1), strict_map_key=False)
    return value


def _encode(value: Value | None) -> bytes:
    return pack(1, msgpack.packb(value))
