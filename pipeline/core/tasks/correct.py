"""Stores what the owner of a result corrects. The result itself never changes."""

from __future__ import annotations

from datetime import UTC, datetime

from pynamodb.exceptions import UpdateError

from pipeline.core.corrections import Corrections
from pipeline.core.dynamo import is_condition_failure
from pipeline.core.errors import (
    CorrectionsChangedError,
    TaskNotCorrectableError,
    TaskNotFoundError,
)
from pipeline.core.tasks.record import CORRECTED, Task, TaskStatus, find_task


def correct(task: Task, corrections: Corrections, *, revision: int | None) -> None:
    """Replace the corrections of a result, and bring `task` up to date.

    What is stored already is not written again, so a repeat does no harm.

    Args:
        revision: What the caller has read; None to replace whatever is there.

    Raises:
        TaskNotFoundError: The task was deleted.
        TaskNotCorrectableError: The task has no result.
        CorrectionsChangedError: Somebody else has corrected it since the caller, or `task`, read
            it.
    """
    if task.status != TaskStatus.SUCCEEDED:
        raise TaskNotCorrectableError
    stored = int(task.corrections_revision or 0)
    is_same = task.get_corrections() == corrections
    # The answer to the same request may have been lost.
    if is_same and revision in (None, stored, stored - 1):
        return
    if revision not in (None, stored):
        raise CorrectionsChangedError
    try:
        _write(task, corrections, stored)
    except UpdateError as error:
        if not is_condition_failure(error):
            raise
        if find_task(task.task_id) is None:
            raise TaskNotFoundError from error
        raise CorrectionsChangedError from error


def _write(task: Task, corrections: Corrections, stored: int) -> None:
    now = datetime.now(UTC)
    is_unchanged = (
        Task.corrections_revision == stored
        if stored
        else Task.corrections_revision.does_not_exist()
    )
    # True if the answer to this same write was lost and botocore sends it again.
    is_repeat = (Task.corrections_revision == stored + 1) & (Task.corrected_at == now)
    task.update(
        actions=[
            Task.corrections.set(corrections.model_dump(by_alias=True)),
            Task.corrections_revision.set(stored + 1),
            Task.corrected_at.set(now),
            # Without a correction the result leaves the index of corrected ones.
            Task.corrected.remove() if corrections.is_empty else Task.corrected.set(CORRECTED),
        ],
        condition=(Task.status == TaskStatus.SUCCEEDED) & (is_unchanged | is_repeat),
    )
