"""Lists all attempts of a task: the stored ones, and the newest one, which the record describes."""

from __future__ import annotations

from datetime import datetime

from pipeline.core.tasks.attempts import Attempt, Outcome
from pipeline.core.tasks.record import Task

NOT_REPORTED = "The worker did not report back: it was stopped, or the picture ended its process"
"""The error of a lost attempt."""


def find_unreported(task: Task) -> Attempt | None:
    """The attempt that a worker began and of which the task stores no end."""
    if task.started_at is None:
        return None
    if task.attempts and task.attempts[-1].at >= task.started_at:
        return None
    return _describe_current(task, task.started_at, Outcome.LOST, NOT_REPORTED)


def list_attempts(task: Task) -> list[Attempt]:
    """All known attempts of a task as it is now, oldest first."""
    known = list(task.attempts or [])
    if find_unreported(task) is None:
        return known
    if task.finished_at is None:
        return [*known, _describe_current(task, task.started_at, Outcome.RUNNING)]
    if task.error_code:
        error = f"{task.error_code}: {task.error_message or ''}"
        return [*known, _describe_current(task, task.finished_at, Outcome.FAILED, error)]
    return [*known, _describe_current(task, task.finished_at, Outcome.SUCCEEDED)]


def _describe_current(
    task: Task, at: datetime, outcome: Outcome, error: str | None = None
) -> Attempt:
    return Attempt(
        at=at,
        outcome=outcome.value,
        worker=task.worker,
        version=task.worker_version,
        receive_count=task.receive_count,
        error=error,
    )
