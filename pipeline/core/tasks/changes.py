"""One conditional write of a task's record. Only the modules beside it use this one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from pipeline.core.dynamo import is_condition_failure
from pipeline.core.errors import TaskFinishedError
from pipeline.core.tasks.prepared import PreparedUpdate, parameter
from pipeline.core.tasks.record import OPEN_STATUSES, Task, TaskStatus, build_list_number

NOW = parameter("now", Task.updated_at)
IS_OPEN = Task.status.is_in(*OPEN_STATUSES)


def prepare(condition: Condition, *actions: Action, returns: str = "NONE") -> PreparedUpdate:
    """An update of a task that exists and fulfils `condition`."""
    return PreparedUpdate(
        Task,
        Task.task_id.exists() & condition,
        [*actions, Task.updated_at.set(NOW)],
        returns=returns,
    )


def set_status(status: TaskStatus) -> tuple[Action, Action]:
    """The only way to change a status: the task moves in the index too."""
    number = build_list_number(status)
    # Records of earlier releases have no `created_us`. They are listed last.
    return Task.status.set(status.value), Task.listed_as.set((Task.created_us | 0) + number)


def apply(
    update: PreparedUpdate, task_id: str, *, now: datetime | None = None, **values: Any
) -> dict[str, Any]:
    """Write it.

    Raises:
        TaskFinishedError: The condition does not hold, or the task was deleted.
    """
    try:
        return update.apply(task_id, {"now": now or datetime.now(UTC), **values})
    except UpdateError as error:
        if is_condition_failure(error):
            raise TaskFinishedError from error
        raise
