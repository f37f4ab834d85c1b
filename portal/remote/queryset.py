"""Let the Django admin list things that are not in an SQL database.

Django still parses, validates and chains the lookups of an unmanaged model's queryset; only
the last step, fetching rows, is a subclass's `rows()` or `page()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, NoReturn

from django.db import NotSupportedError, models
from django.db.models.lookups import (
    Contains,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    LessThan,
    LessThanOrEqual,
    Lookup,
    StartsWith,
)
from django.db.models.query import BaseIterable
from django.db.models.sql.where import AND, NothingNode, WhereNode

MATCHERS: dict[type[Lookup], Callable[[Any, Any], bool]] = {
    Exact: lambda value, wanted: bool(value == wanted),
    In: lambda value, wanted: value in wanted,
    StartsWith: lambda value, wanted: str(value or "").startswith(wanted),
    Contains: lambda value, wanted: wanted in str(value or ""),
    GreaterThan: lambda value, wanted: value is not None and value > wanted,
    GreaterThanOrEqual: lambda value, wanted: value is not None and value >= wanted,
    LessThan: lambda value, wanted: value is not None and value < wanted,
    LessThanOrEqual: lambda value, wanted: value is not None and value <= wanted,
}


@dataclass(frozen=True)
class Condition:
    """One condition of a queryset: `name` compared by `lookup` with `value`."""

    name: str
    lookup: type[Lookup]
    value: Any


@dataclass
class Page:
    """Some rows and where to go on; cursors are opaque, as they stand in the URL."""

    rows: Sequence[Any] = field(default_factory=list)
    next_cursor: str | None = None
    previous_cursor: str | None = None
    note: str = ""


def read_conditions(node: Any) -> list[Condition]:
    """The WHERE tree as a list of conditions that all must hold.

    Raises:
        NotSupportedError: It holds something that a remote source cannot answer.
    """
    if isinstance(node, NothingNode):
        return []
    if isinstance(node, WhereNode):
        if node.negated or (node.connector != AND and len(node.children) > 1):
            raise NotSupportedError("Only conditions that all hold are possible here")
        return [found for child in node.children for found in read_conditions(child)]
    kind = next((kind for kind in MATCHERS if isinstance(node, kind)), None)
    if kind is None:
        raise NotSupportedError(f"No {getattr(node, 'lookup_name', node)} lookup")
    value = list(node.rhs) if kind is In else node.rhs
    return [Condition(node.lhs.target.attname, kind, value)]


class RemoteIterable(BaseIterable):
    def __iter__(self) -> Iterator[Any]:
        queryset: Any = self.queryset
        query = queryset.query
        if query.is_empty():
            return iter(())
        return islice(queryset.rows(), query.low_mark, query.high_mark)


class RemoteQuerySet(models.QuerySet[Any]):
    """A QuerySet whose rows come from `rows()`. Nothing of it ever reaches SQL."""

    COUNT_LIMIT = 1000

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._iterable_class = RemoteIterable

    def rows(self) -> Iterator[Any]:
        """Every row that the conditions let through, in order."""
        raise NotImplementedError

    def page(self, size: int, after: str | None = None, before: str | None = None) -> Page:
        """At most `size` rows; sources that have no pages give all."""
        return Page(list(self))

    @property
    def conditions(self) -> list[Condition]:
        return read_conditions(self.query.where)

    def equal_to(self, name: str) -> list[Any] | None:
        """The values that `name` must be one of, or None."""
        for condition in self.conditions:
            if condition.name == name and condition.lookup in (Exact, In):
                return condition.value if condition.lookup is In else [condition.value]
        return None

    def matches(self, row: Any) -> bool:
        return all(MATCHERS[c.lookup](getattr(row, c.name), c.value) for c in self.conditions)

    @property
    def is_descending(self) -> bool:
        order = self.query.order_by or self.model._meta.ordering or ()
        return bool(order) and str(order[0]).startswith("-")

    def build(self, source: Any = None, **values: Any) -> Any:
        """A row that looks loaded; `source` is what the remote side returned."""
        row = self.model(**values)
        row._state.adding, row._state.db = False, self.db
        row.source = source
        return row

    def count(self) -> int:
        if self._result_cache is not None:
            return len(self._result_cache)
        return sum(1 for _ in islice(self.iterator(), self.COUNT_LIMIT))

    def exists(self) -> bool:
        return next(iter(self.iterator()), None) is not None

    def _filter_or_exclude_inplace(self, negate: bool, args: Any, kwargs: Any) -> None:
        super()._filter_or_exclude_inplace(negate, args, kwargs)  # type: ignore[misc]
        read_conditions(self.query.where)  # Refused here, the admin answers "?e=1"

    def _refuse(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotSupportedError("This is not an SQL table")

    update = delete = create = bulk_create = bulk_update = _refuse
    aggregate = annotate = values = values_list = distinct = _refuse
