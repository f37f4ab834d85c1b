"""Owners for whom nothing is done any more.

Their account was disabled or erased, or they posted upload forms again and again.

An ID token stays valid for an hour and an upload form for 15 minutes, even after a change of the
account. Every function that acts for a user asks here first.

A lockout is an item in the table of tasks without the keys of the indexes, so no list shows it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pipeline.core.settings import FORM_LIFETIME
from pipeline.core.tasks.record import Task

TOKEN_LIFETIME = timedelta(hours=1)
"""How long Cognito's ID and access tokens are valid. `modules/auth` sets it."""

LIFETIME = 2 * (TOKEN_LIFETIME + FORM_LIFETIME)
"""Twice the time in which a token and then a form can still be used."""


def lock_out(owner_id: str, lifetime: timedelta = LIFETIME) -> None:
    """Refuse everything for this owner from now on, for this time."""
    _get_item(owner_id).update(actions=[Task.expires_at.set(datetime.now(UTC) + lifetime)])


def readmit(owner_id: str) -> None:
    """Let this owner in again."""
    _get_item(owner_id).delete()


def is_locked_out(owner_id: str) -> bool:
    """Whether nothing may be done for this owner."""
    names = [Task.task_id.attr_name, Task.expires_at.attr_name]
    try:
        item = Task.get(_get_item(owner_id).task_id, consistent_read=True, attributes_to_get=names)
    except Task.DoesNotExist:
        return False
    # DynamoDB deletes an expired item up to two days late.
    return item.expires_at > datetime.now(UTC)


def _get_item(owner_id: str) -> Task:
    return Task(f"lockout:{owner_id}")
