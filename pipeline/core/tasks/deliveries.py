"""Deliveries that failed, as the task keeps them for operators."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pynamodb.expressions.update import Action

from pipeline.core.tasks.attempts import Attempt, trim
from pipeline.core.tasks.changes import IS_OPEN, apply, prepare
from pipeline.core.tasks.history import find_unreported
from pipeline.core.tasks.record import RETRYING, Task, TaskStatus


def record_failed_delivery(task_id: str, before: Sequence[Attempt], attempt: Attempt) -> None:
    """Store the error of a delivery that will be repeated.

    Args:
        before: The attempts that failed before, as `start` returned them.

    Raises:
        TaskFinishedError: Another delivery finished it, or it was deleted.
    """
    update = prepare(IS_OPEN, *_set_retrying(trim([*before, attempt]), attempt))
    apply(update, task_id, now=attempt.at)


def record_lost(stored: dict[str, Any], now: datetime) -> list[Attempt]:
    """Record the attempt before this one, if it never ended.

    Args:
        stored: The record as it was before a restart, or as it is after a first start.

    Returns:
        All failed attempts.
    """
    task = Task()
    task.deserialize(stored)
    lost = find_unreported(task)
    attempts = trim(task.attempts or [])
    # After a first start, or if this same write was sent twice, the record is about this attempt.
    if lost is None or task.status != TaskStatus.PROCESSING or lost.at >= now:
        return attempts
    attempts = trim([*attempts, lost])
    apply(prepare(IS_OPEN, *_set_retrying(attempts, lost)), task.task_id, now=now)
    return attempts


def set_last_error(attempts: Sequence[Attempt], newest: Attempt) -> list[Action]:
    """Set the attributes that show operators a failed attempt."""
    return [
        Task.attempts.set(list(attempts)),
        Task.last_error.set(newest.error or newest.outcome),
        Task.last_error_at.set(newest.at),
    ]


def _set_retrying(attempts: Sequence[Attempt], newest: Attempt) -> list[Action]:
    """The task is listed among those that are tried again."""
    return [*set_last_error(attempts, newest), Task.retrying.set(RETRYING)]
