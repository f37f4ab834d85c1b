"""Let the Django admin list things that are not in an SQL database.

Django parses, validates and chains the lookups of an unmanaged model's queryset. A subclass
replaces only the last step and fetches the rows: `read_rows()`, or `rows()` and `read_page()`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, Generic, NoReturn, TypeVar

from django.db import NotSupportedError, models
from django.db.models.expressions import Col
from django.db.models.lookups import Lookup
from django.db.models.query import BaseIterable
from django.db.models.sql.where import AND, NothingNode, WhereNode

RowT = TypeVar("RowT", bound=models.Model)

FIRST_YEAR, LAST_YEAR = 1970, 2100
"""No record is older or newer. Outside of these years moments have no fixed text form."""


def _contains(value: object, wanted: str) -> bool:
    if isinstance(value, dict):
        return wanted in value.values()
    return wanted in str(value or "")


MATCHERS: dict[str, Callable[[Any, Any], bool]] = {
    "exact": lambda value, wanted: bool(value == wanted),
    "in": lambda value, wanted: value in wanted,
    "startswith": lambda value, wanted: str(value or "").startswith(wanted),
    "istartswith": lambda value, wanted: str(value or "").lower().startswith(wanted.lower()),
    "contains": _contains,
    "gt": lambda value, wanted: value is not None and value > wanted,
    "gte": lambda value, wanted: value is not None and value >= wanted,
    "lt": lambda value, wanted: value is not None and value < wanted,
    "lte": lambda value, wanted: value is not None and value <= wanted,
}
"""What a lookup means, by Django's name for it."""

SIGNS = {
    "exact": "is",
    "in": "is one of",
    "startswith": "starts with",
    "istartswith": "starts with",
    "contains": "contains",
    "gt": "after",
    "gte": "from",
    "lt": "before",
    "lte": "until",
}


@dataclass(frozen=True)
class Condition:
    """One condition of a queryset: the field `name` compared by `lookup` with `value`."""

    name: str
    lookup: str
    value: Any

    def holds_for(self, value: object) -> bool:
        return MATCHERS[self.lookup](value, self.value)


@dataclass
class Page(Generic[RowT]):
    """Some rows and where the next page starts. Cursors are opaque to the browser."""

    rows: Sequence[RowT] = field(default_factory=list)
    next_cursor: str | None = None
    previous_cursor: str | None = None
    note: str = ""
    """How the page was made."""
    warning: str = ""
    """A warning that the operator must see beside the rows."""


@dataclass(frozen=True)
class Tally(Generic[RowT]):
    """How many rows match, and the first of them."""

    count: int
    is_exact: bool
    """False if the count stopped at a bound: then there are more."""
    first: Sequence[RowT]

    def __str__(self) -> str:
        return f"{self.count:,}" if self.is_exact else f"more than {self.count:,}"


def read_conditions(node: object) -> list[Condition]:
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
    if not isinstance(node, Lookup) or not isinstance(node.lhs, Col):
        raise NotSupportedError("Only conditions on fields themselves are possible here")
    if node.lookup_name not in MATCHERS:
        raise NotSupportedError(f"The lookup {node.lookup_name} is not possible here")
    value = list(node.rhs) if node.lookup_name == "in" else node.rhs
    _check_years(value if isinstance(value, list) else [value])
    return [Condition(node.lhs.target.attname, node.lookup_name, value)]


def _check_years(values: Iterable[object]) -> None:
    for value in values:
        if isinstance(value, datetime) and not FIRST_YEAR <= value.year <= LAST_YEAR:
            raise NotSupportedError(f"The year must be from {FIRST_YEAR} to {LAST_YEAR}")


class RemoteIterable(BaseIterable):
    def __iter__(self) -> Iterator[Any]:
        queryset: Any = self.queryset
        query = queryset.query
        if query.is_empty():
            return iter(())
        return islice(queryset.rows(), query.low_mark, query.high_mark)


class RemoteQuerySet(models.QuerySet[RowT]):
    """A QuerySet whose rows come from `rows()`. Nothing of it ever reaches SQL."""

    COUNT_LIMIT = 1000

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._iterable_class = RemoteIterable

    def rows(self) -> Iterator[RowT]:
        """Every row that the conditions let through, in order."""
        return filter(self.matches, self.read_rows())

    def read_rows(self) -> Iterator[RowT]:
        """The rows of a source that knows no conditions, in order. It may leave out what is not
        wanted."""
        raise NotImplementedError

    def page(self, size: int, after: str | None = None, before: str | None = None) -> Page[RowT]:
        """Read at most `size` rows. An empty queryset reads nothing.

        Raises:
            ValueError: The cursor is not one that a page of this source made.
        """
        return Page() if self.query.is_empty() else self.read_page(size, after, before)

    def read_page(self, size: int, after: str | None, before: str | None) -> Page[RowT]:
        """Read one page; a source without pages gives all its rows."""
        return Page(list(self))

    def tally(self, limit: int, shown: int) -> Tally[RowT]:
        """Count up to `limit` rows, and read the first `shown`."""
        page = self.page(limit)
        is_exact = not page.next_cursor and not page.warning
        return Tally(len(page.rows), is_exact, page.rows[:shown])

    def check_condition(self, condition: Condition) -> None:
        """Refuse what this source cannot answer exactly.

        Raises:
            NotSupportedError: With a text for the operator.
        """

    @property
    def conditions(self) -> list[Condition]:
        return read_conditions(self.query.where)

    def equal_to(self, name: str) -> list[Any] | None:
        """The values that `name` may have by all exact conditions, or None without any."""
        on_name = [condition for condition in self.conditions if condition.name == name]
        for condition in on_name:
            if condition.lookup in ("exact", "in"):
                values = condition.value if condition.lookup == "in" else [condition.value]
                return [value for value in values if all(c.holds_for(value) for c in on_name)]
        return None

    def matches(self, row: object) -> bool:
        return all(
            condition.holds_for(getattr(row, condition.name)) for condition in self.conditions
        )

    @property
    def is_descending(self) -> bool:
        order = self.query.order_by or self.model._meta.ordering or ()
        return bool(order) and str(order[0]).startswith("-")

    def build(self, source: object = None, **values: object) -> RowT:
        """A row that looks loaded; `source` is what the remote side returned."""
        row: Any = self.model(**values)
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
        for condition in self.conditions:
            self.check_condition(condition)

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise NotSupportedError("This is not an SQL table")

    update = delete = create = bulk_create = bulk_update = _refuse
    aggregate = annotate = values = values_list = distinct = _refuse
