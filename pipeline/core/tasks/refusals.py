"""How often uploads of each user were refused, by error code.

A refused upload leaves no task. These counters tell operators why somebody's photo failed. There is
one item for each user and day in the table of tasks. It lacks the keys of the tasks' indexes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pynamodb.attributes import (
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta

RETENTION = timedelta(days=31)
DAYS = 7
"""Days that `read` looks at, with today. `count_by_day` can look at more."""

_CODE = "code:"
"""Prefix of the attribute that counts one error code."""


class RefusalIndex(GlobalSecondaryIndex["RefusalCount"]):
    """The users of one day, those with most refusals last."""

    class Meta:
        index_name = "refusals"
        projection = KeysOnlyProjection()

    refused_on = UnicodeAttribute(hash_key=True)
    refused_count = NumberAttribute(range_key=True)


class RefusalCount(Model):
    """The refusals of one user on one day, in UTC."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="task_id")
    refused_on = UnicodeAttribute(null=True)
    refused_count = NumberAttribute(null=True)
    last_refused_at = UTCDateTimeAttribute(null=True)
    last_code = UnicodeAttribute(null=True)
    expires_at = TTLAttribute(null=True)

    by_count = RefusalIndex()

    @property
    def owner_id(self) -> str:
        return self.key.rpartition(":")[2]


@dataclass(frozen=True)
class Refusals:
    """What one user was refused in the last days."""

    by_code: Mapping[str, int]
    """Most first."""
    last_at: datetime | None = None
    last_code: str = ""

    @property
    def count(self) -> int:
        return sum(self.by_code.values())


def add(owner_id: str, counts: Mapping[str, int], last_code: str) -> None:
    """Add refusals to the counter of today. One write, whatever the number of codes."""
    now = datetime.now(UTC)
    actions = [NumberAttribute(attr_name=_CODE + code).add(n) for code, n in counts.items()]
    _get_item(owner_id, now.date()).update(
        actions=[
            *actions,
            RefusalCount.refused_count.add(sum(counts.values())),
            RefusalCount.refused_on.set(now.date().isoformat()),
            RefusalCount.last_refused_at.set(now),
            RefusalCount.last_code.set(last_code),
            RefusalCount.expires_at.set(now + RETENTION),
        ]
    )


def read(owner_id: str) -> Refusals:
    """The refusals of the last days: `DAYS` items."""
    today = datetime.now(UTC).date()
    table = RefusalCount._get_connection()
    totals: dict[str, int] = {}
    newest: RefusalCount | None = None
    for back in range(DAYS):
        key = _get_item(owner_id, today - timedelta(days=back)).key
        # PynamoDB's models drop attributes that they do not name.
        stored: dict[str, Any] = table.get_item(key).get("Item", {})
        for name, value in stored.items():
            if name.startswith(_CODE):
                code = name.removeprefix(_CODE)
                totals[code] = totals.get(code, 0) + int(value["N"])
        if stored and newest is None:
            newest = RefusalCount.from_raw_data(stored)
    by_code = dict(sorted(totals.items(), key=lambda pair: (-pair[1], pair[0])))
    if newest is None:
        return Refusals(by_code)
    return Refusals(by_code, newest.last_refused_at, newest.last_code or "")


def count_by_day(owner_id: str, days: int) -> dict[date, int]:
    """How many requests were refused on each of the last days; days without one are left out."""
    today = datetime.now(UTC).date()
    keys = [_get_item(owner_id, today - timedelta(days=back)).key for back in range(days)]
    return {
        date.fromisoformat(item.refused_on): int(item.refused_count or 0)
        for item in RefusalCount.batch_get(keys)
    }


def forget(owner_id: str) -> None:
    """Delete all counters of this user."""
    today = datetime.now(UTC).date()
    for back in range(RETENTION.days + 1):
        _get_item(owner_id, today - timedelta(days=back)).delete()


def list_most_refused(limit: int) -> Sequence[tuple[str, int]]:
    """The users with most refusals today, with their number."""
    today = datetime.now(UTC).date().isoformat()
    found = RefusalCount.by_count.query(today, scan_index_forward=False, limit=limit)
    return [(item.owner_id, int(item.refused_count)) for item in found]


def _get_item(owner_id: str, day: date) -> RefusalCount:
    return RefusalCount(f"refused:{day.isoformat()}:{owner_id}")
