"""A PynamoDB table as a RemoteQuerySet: index choice, merged partitions, pages both ways.

Nothing is ever scanned. A list is a query of one index partition, or of a few that are
merged by their sort key. What one page may read is bounded.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby, islice
from operator import and_
from typing import Any, Literal

from django.db import NotSupportedError
from pynamodb.attributes import Attribute
from pynamodb.expressions.condition import Condition as FilterCondition
from pynamodb.models import Model

from portal.remote.cursors import Key, decode_key, encode_key
from portal.remote.queryset import Condition, Page, RemoteQuerySet, RowT, Tally

CHUNK_ITEMS = 1000
"""Items of one read when a filter throws most of them away; about 400 KB of our tasks."""

HIGHEST_KEY = "\uffff"

Span = FilterCondition | Literal[False] | None
"""A condition on the sort key: None for all, False if nothing can match."""

RANGES = ("exact", "gt", "gte", "lt", "lte")
"""Lookups that the sort key of an index can answer."""

BUILDERS: dict[str, Callable[[Attribute[Any], Any], FilterCondition]] = {
    "exact": lambda attribute, value: attribute == value,
    "in": lambda attribute, value: attribute.is_in(*value),
    "startswith": lambda attribute, value: attribute.startswith(value),
    "contains": lambda attribute, value: attribute.contains(value),
    "gt": lambda attribute, value: attribute > value,
    "gte": lambda attribute, value: attribute >= value,
    "lt": lambda attribute, value: attribute < value,
    "lte": lambda attribute, value: attribute <= value,
}
"""Lookups that DynamoDB can answer for any other attribute."""


@dataclass(frozen=True)
class Source:
    """How a Django model is read from its table."""

    item: type[Model]
    sort: str
    """Range key of every index."""
    indexes: dict[str, str]
    """Field with an equality condition to index, the most selective first."""
    fan_out: str
    """Partition field of the index that is read when no condition chooses one."""

    def get_partitions(self, queryset: DynamoQuerySet[Any]) -> Sequence[str]:
        """The partitions that together hold everything."""
        choices = queryset.model._meta.get_field(self.fan_out).choices
        return [choice for choice, _ in choices]


class ReadBudget:
    """Counts the items that DynamoDB read for one page, whether they matched or not."""

    def __init__(self, limit: int | None) -> None:
        self.read_count = 0
        self.cut: Key | None = None
        self._limit = limit

    @property
    def is_spent(self) -> bool:
        return self._limit is not None and self.read_count >= self._limit


class DynamoQuerySet(RemoteQuerySet[RowT]):
    READ_LIMIT = 20_000
    """Items that one page may read before it stops and offers to go on."""

    page_size = 100
    budget = ReadBudget(None)

    @property
    def source(self) -> Source:
        model: Any = self.model
        source: Source = model.source_of_rows
        return source

    @property
    def _pk(self) -> str:
        key = self.model._meta.pk
        assert key is not None
        return key.name

    def check_condition(self, condition: Condition) -> None:
        possible = RANGES if condition.name == self.source.sort else BUILDERS
        if condition.lookup not in possible:
            raise NotSupportedError(
                f"{condition.name} cannot be compared by {condition.lookup}; "
                f"possible are {', '.join(possible)}"
            )

    def rows(self, cursor: Key | None = None, is_descending: bool | None = None) -> Iterator[RowT]:
        descending = self.is_descending if is_descending is None else is_descending
        keys = self.equal_to(self._pk)
        if keys is not None:
            items: Iterator[Model] = iter(self._get_items(keys, descending))
        else:
            items = self._merge(cursor, descending)
        for item in items:
            key = self._key(item)
            if self.budget.cut and not _is_before(key, self.budget.cut, descending):
                return
            if cursor and not _is_before(cursor, key, descending):
                continue
            if self._is_within(item):
                yield self._to_row(item)

    def read_page(self, size: int, after: str | None, before: str | None) -> Page[RowT]:
        queryset: DynamoQuerySet[RowT] = self._chain()  # type: ignore[attr-defined]
        # One more tells of a next page, a few more for ties.
        queryset.page_size, queryset.budget = size + 10, ReadBudget(self.READ_LIMIT)
        is_forward = not before
        cursor = decode_key(after or before)
        descending = self.is_descending == is_forward
        found = list(islice(queryset.rows(cursor, descending), size + 1))
        cut = queryset.budget.cut if len(found) <= size else None
        has_more, rows = len(found) > size or bool(cut), found[:size]
        ends = [encode_key(self._key(row)) for row in rows]
        if cut:
            ends = [*ends[:1], encode_key(cut)] if ends else [encode_key(cut)]
        if not is_forward:
            rows, ends = rows[::-1], ends[::-1]
        return Page(
            rows,
            next_cursor=ends[-1] if ends and (has_more or not is_forward) else None,
            previous_cursor=ends[0] if ends and (after or (before and has_more)) else None,
            note=f"Looked at {queryset.budget.read_count:,} records so far." if cut else "",
        )

    def tally(self, limit: int, shown: int) -> Tally[RowT]:
        """Count without fetching the rows: DynamoDB reads them, but sends their keys only."""
        if self.query.is_empty() or self.equal_to(self._pk) is not None:
            return super().tally(limit, shown)
        count, is_exact = self._count(limit)
        return Tally(count, is_exact, self.page(shown).rows)

    def _count(self, limit: int) -> tuple[int, bool]:
        """How many match, at most `limit`, and whether these are all."""
        field, partitions = self._find_partitions()
        span = self._build_span(None, self.is_descending)
        budget, count = ReadBudget(self.READ_LIMIT), 0
        for partition in partitions if span is not False else ():
            pages = getattr(self.source.item, self.source.indexes[field]).query(
                partition,
                span,
                filter_condition=self._build_filter(field),
                page_size=CHUNK_ITEMS,
                attributes_to_get=[self._pk],
            )
            for page in pages.page_iter:
                budget.read_count += page["ScannedCount"]
                count += page["Count"]
                if count > limit or (budget.is_spent and page.get("LastEvaluatedKey")):
                    return min(count, limit), False
        return count, True

    def _get_items(self, keys: Sequence[str], descending: bool) -> list[Model]:
        found = [item for item in self.source.item.batch_get(keys) if self.matches(item)]
        return sorted(found, key=self._key, reverse=descending)

    def _merge(self, cursor: Key | None, descending: bool) -> Iterator[Model]:
        field, partitions = self._find_partitions()
        span = self._build_span(cursor, descending)
        if span is False:
            return iter(())
        wanted = self._build_filter(field)
        streams = (
            self._settle_ties(
                self._read(self.source.indexes[field], partition, span, wanted, descending),
                descending,
            )
            for partition in partitions
        )
        return heapq.merge(*streams, key=self._key, reverse=descending)

    def _find_partitions(self) -> tuple[str, Sequence[str]]:
        """The chosen partitions without those that another condition on their field excludes."""
        field, partitions = self._choose_partitions()
        on_field = [condition for condition in self.conditions if condition.name == field]
        return field, [p for p in partitions if all(c.holds_for(p) for c in on_field)]

    def _choose_partitions(self) -> tuple[str, Sequence[str]]:
        for field in self.source.indexes:
            if (values := self.equal_to(field)) is not None:
                return field, values
        return self.source.fan_out, self.source.get_partitions(self)

    def _build_span(self, cursor: Key | None, descending: bool) -> Span:
        """The condition on the sort key: None for all, False if nothing can match.

        DynamoDB takes one condition, so both ends are inclusive. `_is_within` drops the rows at
        an end that is not.
        """
        sort = getattr(self.source.item, self.source.sort)
        on_sort = [condition for condition in self.conditions if condition.name == self.source.sort]
        at_least = [c.value for c in on_sort if c.lookup in ("exact", "gt", "gte")]
        at_most = [c.value for c in on_sort if c.lookup in ("exact", "lt", "lte")]
        if cursor:
            (at_most if descending else at_least).append(cursor[0])
        if at_least and at_most:
            low, high = max(at_least), min(at_most)
            return sort.between(low, high) if low <= high else False
        if at_least:
            return sort >= max(at_least)
        return sort <= min(at_most) if at_most else None

    def _is_within(self, item: Model) -> bool:
        value = getattr(item, self.source.sort)
        return all(c.holds_for(value) for c in self.conditions if c.name == self.source.sort)

    def _build_filter(self, partition_field: str) -> FilterCondition | None:
        """The conditions that the keys do not answer.

        DynamoDB reads items that do not fulfil them, but does not send them.
        """
        conditions = [
            _to_condition(self.source.item, condition)
            for condition in self.conditions
            if condition.name not in (partition_field, self.source.sort)
        ]
        return reduce(and_, conditions) if conditions else None

    def _read(
        self,
        index: str,
        partition: str,
        span: FilterCondition | None,
        wanted: FilterCondition | None,
        descending: bool,
    ) -> Iterator[Model]:
        pages = getattr(self.source.item, index).query(
            partition,
            span,
            filter_condition=wanted,
            page_size=self.page_size if wanted is None else CHUNK_ITEMS,
            scan_index_forward=not descending,
        )
        for page in pages.page_iter:
            self.budget.read_count += page["ScannedCount"]
            yield from map(self.source.item.from_raw_data, page["Items"])
            start = page.get("LastEvaluatedKey")
            if start and self.budget.is_spent:
                self._cut_at(start, descending)
                return

    def _cut_at(self, start: dict[str, Any], descending: bool) -> None:
        """Stop the whole page where this partition stopped. Later rows would be incomplete."""
        last = self.source.item.from_raw_data(start)
        # Items of the same moment may not be read yet: all of them belong to the next page.
        cut = (getattr(last, self.source.sort), HIGHEST_KEY if descending else "")
        if self.budget.cut is None or _is_before(cut, self.budget.cut, descending):
            self.budget.cut = cut

    def _settle_ties(self, items: Iterator[Model], descending: bool) -> Iterator[Model]:
        """DynamoDB states no order among equal sort keys: settle it by the primary key."""
        for _, group in groupby(items, key=lambda item: self._key(item)[0]):
            yield from sorted(group, key=self._key, reverse=descending)

    def _key(self, row: object) -> Key:
        return getattr(row, self.source.sort), getattr(row, self._pk)

    def _to_row(self, item: Model) -> RowT:
        names = [field.attname for field in self.model._meta.concrete_fields]
        return self.build(source=item, **{name: getattr(item, name) for name in names})


def _is_before(first: Key, second: Key, descending: bool) -> bool:
    return first > second if descending else first < second


def _to_condition(item: type[Model], condition: Condition) -> FilterCondition:
    return BUILDERS[condition.lookup](getattr(item, condition.name), condition.value)
