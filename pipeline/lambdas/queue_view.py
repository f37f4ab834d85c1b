"""The place of a waiting task in the queue.

SQS tells only about how many messages wait, and the tasks that were finished last show how fast the
workers are. Both are asked for only when somebody looks at a task that really waits, and each
process keeps the answer for a few seconds. A fair queue lets the tasks of other users pass, so the
place is an upper bound for whoever sends little.
"""

import math
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from pydantic import Field

from pipeline.core.labels import ApiModel
from pipeline.core.queue import TaskQueue
from pipeline.core.tasks.record import Task, TaskStatus

SHOWN_AFTER_SECONDS = 2
"""A worker that is free takes a task within this time."""

KEPT_SECONDS = 5
"""How long a process uses an estimate again."""

SAMPLE = 20
"""So many tasks that succeeded show the speed of the workers."""

RECENT = timedelta(minutes=2)
"""If the last success is older, nobody knows how fast the workers will be."""


class QueueView(ApiModel):
    """The place of a task in the queue."""

    ahead: int = Field(
        description="About how many tasks wait before this one, those of other users too. The queue"
        " is fair between users, so it can be this one's turn earlier.",
        examples=[42],
    )
    eta_seconds: int | None = Field(
        description="About how many seconds until a worker takes the task, at the speed of the last"
        " two minutes. Null if no task was finished in this time.",
        examples=[9],
    )


@dataclass(frozen=True)
class _Estimate:
    at: float
    depth: int
    per_second: float | None


_last: _Estimate | None = None


def find_place(task: Task, queue_url: str, now: datetime) -> QueueView | None:
    """The place of a task that waits; None for others."""
    if task.status != TaskStatus.QUEUED or task.queued_at is None:
        return None
    if now - task.queued_at < timedelta(seconds=SHOWN_AFTER_SECONDS):
        return None
    estimate = _estimate(queue_url, now)
    ahead = max(0, estimate.depth - 1)  # The message of the task itself
    per_second = estimate.per_second
    return QueueView(
        ahead=ahead, eta_seconds=None if per_second is None else math.ceil(ahead / per_second)
    )


def _estimate(queue_url: str, now: datetime) -> _Estimate:
    global _last
    if _last is None or time.monotonic() - _last.at > KEPT_SECONDS:
        depth = _open_queue(queue_url).get_depth()
        _last = _Estimate(time.monotonic(), depth, _measure_speed(now))
    return _last


@cache
def _open_queue(url: str) -> TaskQueue:
    # Not at the import: most processes never need it.
    return TaskQueue(url)


def _measure_speed(now: datetime) -> float | None:
    """Tasks that succeed in a second; None if too few did in the last time."""
    newest = Task.by_status.query(
        TaskStatus.SUCCEEDED.value, scan_index_forward=False, limit=SAMPLE, page_size=SAMPLE
    )
    ends = sorted(task.finished_at for task in newest if task.finished_at)
    ends = [end for end in ends if now - end < RECENT]
    if len(ends) < 2 or ends[0] == ends[-1]:
        return None
    return (len(ends) - 1) / (ends[-1] - ends[0]).total_seconds()
