"""Moves tasks from region to region. Like every change of a task, each is one conditional write."""

from __future__ import annotations

from pynamodb.expressions.condition import Condition

from pipeline.core.tasks import changes
from pipeline.core.tasks.record import Task, TaskStatus


def adopt(task: Task, home: str, lost: str) -> None:
    """Make an open task of a lost region one of another region, and set it back to queued.

    The caller then sends its message to the queue of the new home.

    Args:
        task: As read by the caller: the write is refused if the record has changed since.
        home: The new home.
        lost: The region that is gone.

    Raises:
        TaskFinishedError: It moved on or was deleted: send no message.
    """
    moved = (Task.home_region.set(home), Task.adopted_from.set(lost))
    changes.apply(changes.prepare_requeue(_is_as_read(task), *moved), task.task_id)


def adopt_form(task: Task, home: str, lost: str) -> None:
    """Make a task that still awaits its picture one of another region.

    Raises:
        TaskFinishedError: It moved on or was deleted.
    """
    awaits = _is_as_read(task) & (Task.status == TaskStatus.AWAITING_UPLOAD)
    moved = (Task.home_region.set(home), Task.adopted_from.set(lost))
    changes.apply(changes.prepare(awaits, *moved), task.task_id)


def give_back(task: Task, home: str) -> None:
    """Return an open task that nobody works on to the region that it was adopted from.

    That region's queue still has a message of it.

    Raises:
        TaskFinishedError: A worker has begun, or the task moved on or was deleted.
    """
    waits = _is_as_read(task) & Task.status.is_in(TaskStatus.AWAITING_UPLOAD, TaskStatus.QUEUED)
    changes.apply(
        changes.prepare(waits, Task.home_region.set(home), Task.adopted_from.remove()),
        task.task_id,
    )


def _is_as_read(task: Task) -> Condition:
    condition: Condition = changes.IS_OPEN & (Task.updated_at == task.updated_at)
    return condition
