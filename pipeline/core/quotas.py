"""Larger quotas of single users, each with an end and a reason: one item in the table of tasks.

The item lacks the keys of the tasks' indexes, so no list shows it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pynamodb.attributes import (
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta

LARGEST_FACTOR = 20
LONGEST = timedelta(days=90)


class Quota(Model):
    """How many times as much one user may do as all others."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="task_id")
    factor = NumberAttribute()
    until = UTCDateTimeAttribute()
    operator = UnicodeAttribute()
    reason = UnicodeAttribute()
    expires_at = TTLAttribute()

    @property
    def is_valid(self) -> bool:
        """DynamoDB deletes an item some days after its end."""
        return datetime.now(UTC) < self.until


def find_quota(owner_id: str) -> Quota | None:
    """The quota of this user that is valid now, or None."""
    try:
        quota = Quota.get(_build_key(owner_id))
    except Quota.DoesNotExist:
        return None
    return quota if quota.is_valid else None


def grant(owner_id: str, factor: int, until: datetime, *, operator: str, reason: str) -> None:
    """Let this user do `factor` times as much until `until`."""
    Quota(
        _build_key(owner_id),
        factor=factor,
        until=until,
        operator=operator,
        reason=reason,
        expires_at=until,
    ).save()


def end(owner_id: str) -> None:
    """Give this user the limits of all others again."""
    Quota(_build_key(owner_id)).delete()


def _build_key(owner_id: str) -> str:
    return f"quota:{owner_id}"
