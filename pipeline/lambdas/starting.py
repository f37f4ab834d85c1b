"""Estimates when a worker that was asleep has started.

Where the fleet sleeps while nothing waits, the first picture waits for the start of a worker. The
age of the waiting task shows this without another call of AWS: a worker that runs takes a picture
within seconds.
"""

from datetime import datetime, timedelta

from pipeline.core.tasks.record import Task, TaskStatus

TAKEN_WITHIN = timedelta(seconds=10)
"""A worker that runs takes a waiting picture within this time, unless many wait."""

LEAST_SECONDS = 5
"""The estimate stays here when the start takes longer than usual."""


def estimate_start(task: Task, start_seconds: int, now: datetime) -> int | None:
    """About how many seconds until a worker has started.

    Args:
        start_seconds: From the first waiting picture to a running worker; 0 if the fleet never
            sleeps.

    Returns:
        None unless the task waits so long that no worker seems to run.
    """
    if not start_seconds or task.status != TaskStatus.QUEUED or task.queued_at is None:
        return None
    waited = now - task.queued_at
    if waited < TAKEN_WITHIN:
        return None
    return max(start_seconds - int(waited.total_seconds()), LEAST_SECONDS)
