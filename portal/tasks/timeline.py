"""The life of one task as a list of moments with the time between them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.core.tasks.record import Task, TaskStatus

ENDS = {
    TaskStatus.SUCCEEDED: "Result stored",
    TaskStatus.FAILED: "Failed",
    TaskStatus.EXPIRED: "Expired: no picture came",
}


@dataclass(frozen=True)
class Moment:
    """Something that happened, and the time since the moment before it."""

    name: str
    at: datetime
    detail: str = ""
    waited: timedelta | None = None
    is_bad: bool = False


def build_timeline(task: Task) -> list[Moment]:
    """The moments that are stored in a task's record, oldest first."""
    worker = f"by {task.worker}" if task.worker else ""
    if task.receive_count and task.receive_count > 1:
        worker += f", receive {task.receive_count}"
    known = [
        ("Created", task.created_at, task.content_type),
        ("Queued", task.queued_at, _say_requeues(task)),
        ("Started", task.started_at, worker),
        (ENDS.get(TaskStatus(task.status), "Finished"), task.finished_at, task.error_code or ""),
    ]
    moments: list[Moment] = []
    for name, at, detail in known:
        if at is None:
            continue
        waited = at - moments[-1].at if moments else None
        moments.append(Moment(name, at, detail, waited, name == ENDS[TaskStatus.FAILED]))
    return moments


def _say_requeues(task: Task) -> str:
    count = int(task.requeue_count or 0)
    return f"sent again {count} time{'s' if count > 1 else ''} by the sweep" if count else ""
