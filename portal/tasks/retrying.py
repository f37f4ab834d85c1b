"""Tasks whose last delivery failed and that will be delivered again, by error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby, islice

from pipeline.core.tasks.record import RETRYING, Task
from pipeline.core.tasks.version_ids import get_user_id

READ_LIMIT = 1000
NO_ERROR = "No error was stored"


@dataclass(frozen=True)
class ErrorGroup:
    """Tasks that failed with the same error."""

    error: str
    count: int
    owner_count: int
    workers: Sequence[str]
    since: datetime | None
    """When the oldest of these errors happened."""
    newest_at: datetime | None


@dataclass(frozen=True)
class Retrying:
    """All groups, the largest first."""

    groups: Sequence[ErrorGroup]
    is_complete: bool

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)


def read_retrying() -> Retrying:
    """Group the newest tasks that are tried again; at most `READ_LIMIT` are read."""
    query = Task.being_retried.query(RETRYING, scan_index_forward=False, page_size=READ_LIMIT)
    tasks = sorted(islice(query, READ_LIMIT), key=_get_error)
    groups = [_build_group(error, list(same)) for error, same in groupby(tasks, _get_error)]
    groups.sort(key=lambda group: (-group.count, group.error))
    return Retrying(groups, len(tasks) < READ_LIMIT)


def _get_error(task: Task) -> str:
    return task.last_error or NO_ERROR


def _build_group(error: str, tasks: Sequence[Task]) -> ErrorGroup:
    moments = [task.last_error_at for task in tasks if task.last_error_at]
    return ErrorGroup(
        error=error,
        count=len(tasks),
        owner_count=len({get_user_id(task.owner_id) for task in tasks}),
        workers=sorted({task.worker for task in tasks if task.worker}),
        since=min(moments, default=None),
        newest_at=max(moments, default=None),
    )
