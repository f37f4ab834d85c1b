"""What can be closed for everybody, by an operator or by a spent budget: uploads and sign-up.

A closed door is an item in the table of tasks without the keys of the indexes, so no list shows it.
An open door has no item.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from time import monotonic

from pynamodb.attributes import UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta
from pipeline.core.tasks.record import Task

KNOWN_SECONDS = 10
"""How long a process relies on its last look at a door."""


class Door(StrEnum):
    """What strangers come in by."""

    UPLOADS = "uploads"
    SIGN_UP = "sign_up"


class Closure(Model):
    """Who closed a door, when and why."""

    class Meta(BaseMeta): ...

    closure_id = UnicodeAttribute(hash_key=True, attr_name="task_id")
    closed_at = UTCDateTimeAttribute()
    closed_by = UnicodeAttribute()
    reason = UnicodeAttribute()


def close(door: Door, *, closed_by: str, reason: str) -> None:
    """Close the door from now on. If it is closed already, the new reason replaces the old one."""
    Closure(_build_id(door), closed_at=datetime.now(UTC), closed_by=closed_by, reason=reason).save()
    _known.clear()


def reopen(door: Door) -> None:
    """Open the door. An open one stays open."""
    Closure(_build_id(door)).delete()
    _known.clear()


def find_closure(door: Door) -> Closure | None:
    """Why the door is closed; None if it is open."""
    try:
        return Closure.get(_build_id(door), consistent_read=True)
    except Closure.DoesNotExist:
        return None


def is_closed(door: Door) -> bool:
    """Whether the door was closed when this process looked last, at most ten seconds ago."""
    looked_at, answer = _known.get(door, (0.0, False))
    if not looked_at or monotonic() - looked_at > KNOWN_SECONDS:
        answer = _has_item(door)
        _known[door] = (monotonic(), answer)
    return answer


_known: dict[Door, tuple[float, bool]] = {}


def _has_item(door: Door) -> bool:
    try:
        Task.get(_build_id(door), attributes_to_get=[Task.task_id.attr_name])
    except Task.DoesNotExist:
        return False
    return True


def _build_id(door: Door) -> str:
    return f"closed:{door}"
