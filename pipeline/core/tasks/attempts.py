"""The outcome of each attempt to recognise a task's picture.

An attempt is what one worker did with one delivery. A task stores the attempts that failed. The
attempt that finished it, or that runs now, is read from the task itself. So a picture that is
recognised at once costs no additional write.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from pynamodb.attributes import (
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)

KEPT = 20
"""Attempts that a task stores. Older ones are dropped: the item stays below 5 KB."""


class Outcome(StrEnum):
    """How an attempt ended."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # The task failed with it
    DELIVERED_AGAIN = "delivered_again"  # An error that a later delivery may not meet
    LOST = "lost"  # Nothing was heard of it before the next delivery


class Attempt(MapAttribute[str, object]):
    """One attempt, as it is stored."""

    at = UTCDateTimeAttribute()
    """When it ended; when it began if it was lost or still runs."""
    outcome = UnicodeAttribute()
    worker = UnicodeAttribute(null=True)
    version = UnicodeAttribute(null=True)
    """The release of the worker."""
    receive_count = NumberAttribute(null=True)
    error = UnicodeAttribute(null=True)
    """Type and message of the error, without data of a user."""


def trim(attempts: Sequence[Attempt]) -> list[Attempt]:
    """The newest attempts, oldest first."""
    return list(attempts[-KEPT:])
