"""A PynamoDB table as a RemoteQuerySet: index choice, merged partitions, pages both ways.

Nothing is ever scanned: a list is a query of one index partition, or of a few that are
merged by their sort key. What one page may read is bounded.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from itertools import groupby, islice
from operator import and_
from typing import Any

from django.db.models.lookups import (
    Contains,
    Exact,
    GreaterThan,
    GreaterThanOrEqual,
    In,
    LessThan,
    LessThanOrEqual,
    StartsWith,
)
from pynamodb.expressions.condition import Condition as FilterCondition
from pynamodb.models import Model

from portal.remote.queryset import Condition, Page, RemoteQuerySet

CHUNK_ITEMS = 1000
"""Items of one read when a filter throws most of them away; about 400 KB of our tasks."""

HIGHEST_KEY = "\uffff"

Key = tuple[datetime, str]
"""Where an item stands in its list: sort key, then primary key to settle ties."""


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

    def get_partitions(self, queryset: DynamoQuerySet) -> Sequence[str]:
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


class DynamoQuerySet(RemoteQuerySet):
    READ_LIMIT = 20_000
    """Items that one page may read before it stops and offers to go on."""

    page_size = 100
    budget = ReadBudget(None)

    @property
    def source(self) -> Source:
        return self.model.source_of_rows

    def rows(self, cursor: Key | None = None, is_descending: bool | None = None) -> Iterator[Any]:
        descending = self.is_descending if is_descending is None else is_descending
        keys = self.equal_to(self.model._meta.pk.name)
        if keys is not None:
            items: Iterator[Any] = iter(self._get_items(keys, descending))
        else:
            items = self._merge(cursor, descending)
        for item in items:
            key = self._key(item)
            if self.budget.cut and not _is_before(key, self.budget.cut, descending):
                return
            if cursor and not _is_before(cursor, key, descending):
                continue
            yield self._to_row(item)

    def page(self, size: int, after: str | None = None, before: str | None = None) -> Page:
        queryset: DynamoQuerySet = self._chain()  # type: ignore[attr-defined]
        # One more tells of a next page, a few more for ties.
        queryset.page_size, queryset.budget = size + 10, ReadBudget(self.READ_LIMIT)
        is_forward = not before
        cursor = _decode(after or before)
        descending = self.is_descending == is_forward
        found = list(islice(queryset.rows(cursor, descending), size + 1))
        cut = queryset.budget.cut if len(found) <= size else None
        has_more, rows = len(found) > size or bool(cut), found[:size]
        ends = [_encode(self._key(row)) for row in rows]
        if cut:
            ends = [*ends[:1], _encode(cut)] if ends else [_encode(cut)]
        if not is_forward:
            rows, ends = rows[::-1], ends[::-1]
        return Page(
            rows,
            next_cursor=ends[-1] if ends and (has_more or not is_forward) else None,
            previous_cursor=ends[0] if ends and (after or (before and has_more)) else None,
            note=f"Looked at {queryset.budget.read_count:,} records so far." if cut else "",
        )

    def _get_items(self, keys: Sequence[str], descending: bool) -> list[Any]:
        found = [item for item in self.source.item.batch_get(keys) if self.matches(item)]
        return sorted(found, key=self._key, reverse=descending)

    def _merge(self, cursor: Key | None, descending: bool) -> Iterator[Any]:
        field, partitions = self._choose_partitions()
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

    def _choose_partitions(self) -> tuple[str, Sequence[str]]:
        for field in self.source.indexes:
            if (values := self.equal_to(field)) is not None:
                return field, values
        return self.source.fan_out, self.source.get_partitions(self)

    def _build_span(self, cursor: Key | None, descending: bool) -> Any:
        """The condition on the sort key: None for all, False if nothing can match."""
        sort = getattr(self.source.item, self.source.sort)
        at_least, at_most = [], []
        for condition in self.conditions:
            if condition.name == self.source.sort:
                if condition.lookup in (GreaterThan, GreaterThanOrEqual):
                    at_least.append(condition.value)
                elif condition.lookup in (LessThan, LessThanOrEqual):
                    at_most.append(condition.value)
        if cursor:
            (at_most if descending else at_least).append(cursor[0])
        if at_least and at_most:
            low, high = max(at_least), min(at_most)
            return sort.between(low, high) if low <= high else False
        if at_least:
            return sort >= max(at_least)
        return sort <= min(at_most) if at_most else None

    def _build_filter(self, partition_field: str) -> FilterCondition | None:
        """What the keys do not answer is left to DynamoDB: it reads, but does not send."""
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
        span: Any,
        wanted: FilterCondition | None,
        descending: bool,
    ) -> Iterator[Any]:
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

    def _cut_at(self, start: Any, descending: bool) -> None:
        """Stop the whole page where this partition stopped: behind it others are incomplete."""
        last = self.source.item.from_raw_data(start)
        # Items of the same moment may not be read yet: all of them belong to the next page.
        cut = (getattr(last, self.source.sort), HIGHEST_KEY if descending else "")
        if self.budget.cut is None or _is_before(cut, self.budget.cut, descending):
            self.budget.cut = cut

    def _settle_ties(self, items: Iterator[Any], descending: bool) -> Iterator[Any]:
        """DynamoDB states no order among equal sort keys: settle it by the primary key."""
        for _, group in groupby(items, key=lambda item: self._key(item)[0]):
            yield from sorted(group, key=self._key, reverse=descending)

    def _key(self, row: Any) -> Key:
        return getattr(row, self.source.sort), getattr(row, self.model._meta.pk.name)

    def _to_row(self, item: Any) -> Any:
        names = [field.attname for field in self.model._meta.concrete_fields]
        return self.build(source=item, **{name: getattr(item, name) for name in names})


def _is_before(first: Key, second: Key, descending: bool) -> bool:
    return first > second if descending else first < second


def _to_condition(item: type[Model], condition: Condition) -> FilterCondition:
    attribute, value = getattr(item, condition.name), condition.value
    if condition.lookup is In:
        return attribute.is_in(*value)
    builders = {
        Exact: attribute.__eq__,
        StartsWith: attribute.startswith,
        Contains: attribute.contains,
        GreaterThan: attribute.__gt__,
        GreaterThanOrEqual: attribute.__ge__,
        LessThan: attribute.__lt__,
        LessThanOrEqual: attribute.__le__,
    }
    return builders[condition.lookup](value)


def _encode(key: Key) -> str:
    return f"{key[0].isoformat()}~{key[1]}"


def _decode(cursor: str | None) -> Key | None:
    """Raises ValueError for a cursor that no page made."""
    if not cursor:
        return None
    moment, separator, primary_key = cursor.partition("~")
    at = datetime.fromisoformat(moment)
    if not separator or at.tzinfo is None:
        raise ValueError("Not a cursor")
    return at, primary_key
