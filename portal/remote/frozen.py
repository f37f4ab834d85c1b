"""The filter of a list as data: a background run keeps it and applies it later, unchanged."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

from django.db.models import Model

from portal.remote.queryset import SIGNS, Condition, RemoteQuerySet


class FrozenCondition(TypedDict):
    """One condition as JSON; moments are ISO 8601 text."""

    field: str
    lookup: str
    value: Any


class NothingMatchesError(ValueError):
    """The filter matches nothing, so there is nothing that a run could do."""


def freeze(queryset: RemoteQuerySet[Any]) -> list[FrozenCondition]:
    """The conditions of a queryset as JSON data.

    Raises:
        NothingMatchesError: The queryset is empty by construction. As a list of conditions it
            would be empty as well, and an empty list means everything.
    """
    if queryset.query.is_empty():
        raise NothingMatchesError("Nothing matches the search and filters.")
    return [
        {"field": c.name, "lookup": c.lookup, "value": _encode(c.value)}
        for c in queryset.conditions
    ]


def thaw(model: type[Model], frozen: list[FrozenCondition]) -> RemoteQuerySet[Any]:
    """The queryset that `freeze` was given; Django parses the values again."""
    queryset = model._default_manager.all()
    for condition in frozen:
        queryset = queryset.filter(
            **{f"{condition['field']}__{condition['lookup']}": condition["value"]}
        )
    assert isinstance(queryset, RemoteQuerySet)
    return queryset


def describe(model: type[Model], conditions: list[Condition]) -> list[str]:
    """Each condition as an operator reads it: "status is failed"."""
    return [f"{_get_name(model, c.name)} {SIGNS[c.lookup]} {_say(c.value)}" for c in conditions]


def _get_name(model: type[Model], field: str) -> str:
    return str(getattr(model._meta.get_field(field), "verbose_name", field))


def _encode(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value


def _say(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(_say, value))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
