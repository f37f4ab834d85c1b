"""Reads the shape of a table from its PynamoDB model. Nothing else reads PynamoDB's schema."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pynamodb.attributes import TTLAttribute
from pynamodb.models import Model

Keys = dict[str, str]
"""`HASH` and, if there is one, `RANGE`, to the name of the key attribute."""


@dataclass(frozen=True)
class Index:
    """A global secondary index."""

    keys: Keys
    projection: str
    non_key_attributes: list[str]
    """Names in alphabetical order. Empty unless the projection is INCLUDE."""


@dataclass(frozen=True)
class Table:
    """The shape of a table, as DynamoDB needs it to create the table."""

    keys: Keys
    ttl: str | None
    """The attribute that holds the time to live."""
    stream: str | None
    """What the table's stream holds of each changed item. None: the table has no stream."""
    attributes: dict[str, str]
    """Key attributes of the table and its indexes, by name; the value is DynamoDB's type."""
    indexes: dict[str, Index]


def read_table(model: type[Model]) -> Table:
    """The table that `model` declares."""
    schema = model._get_schema()
    types = {it["AttributeName"]: it["AttributeType"] for it in schema["attribute_definitions"]}
    attributes = model.get_attributes().values()
    return Table(
        keys=_read_keys(schema["key_schema"]),
        ttl=next((it.attr_name for it in attributes if isinstance(it, TTLAttribute)), None),
        stream=getattr(model.Meta, "stream_view_type", None),
        attributes=dict(sorted(types.items())),
        indexes={it["index_name"]: _read_index(it) for it in schema["global_secondary_indexes"]},
    )


def _read_index(index: Mapping[str, Any]) -> Index:
    projection = index["projection"]
    others = sorted(projection.get("NonKeyAttributes", []))
    return Index(_read_keys(index["key_schema"]), projection["ProjectionType"], others)


def _read_keys(schema: Iterable[Mapping[str, Any]]) -> Keys:
    # DynamoDB wants the hash key first.
    return dict(sorted((key["KeyType"], key["AttributeName"]) for key in schema))
