"""Whether operators may use a user's corrected photos to measure the models.

One item of each user in the table of tasks. It lacks the keys of the tasks' indexes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta

_PREFIX = "sharing:"


@dataclass(frozen=True)
class Sharing:
    """What a user has answered. None before the first answer."""

    corrections: bool | None = None
    chosen_at: datetime | None = None


class SharingItem(Model):
    """The answer of one user, as DynamoDB keeps it."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="task_id")
    corrections = BooleanAttribute()
    chosen_at = UTCDateTimeAttribute()


def find_sharing(owner_id: str) -> Sharing:
    """What this user has answered."""
    try:
        item = SharingItem.get(_PREFIX + owner_id, consistent_read=True)
    except SharingItem.DoesNotExist:
        return Sharing()
    return Sharing(item.corrections, item.chosen_at)


def choose_sharing(owner_id: str, *, corrections: bool) -> Sharing:
    """Store an answer. It replaces the one before."""
    chosen = Sharing(corrections, datetime.now(UTC))
    SharingItem(_PREFIX + owner_id, corrections=corrections, chosen_at=chosen.chosen_at).save()
    return chosen


def find_sharers(owner_ids: Iterable[str]) -> frozenset[str]:
    """Those of these users who share their corrected photos now."""
    keys = [_PREFIX + owner_id for owner_id in set(owner_ids)]
    return frozenset(
        item.key.removeprefix(_PREFIX)
        for item in SharingItem.batch_get(keys, consistent_read=True)
        if item.corrections
    )


def forget_sharing(owner_id: str) -> None:
    """Delete the answer of this user."""
    SharingItem(_PREFIX + owner_id).delete()
