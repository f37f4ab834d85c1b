"""Whether a task is finished, and how."""

from __future__ import annotations

from spotter_client.errors import TaskFailedError
from spotter_client.models import Task

OPEN = ("awaiting_upload", "queued", "processing")


def is_open(task: Task) -> bool:
    """Whether its result may still come."""
    return task.status.value in OPEN


def check_succeeded(task: Task) -> Task:
    """The same task.

    Raises:
        TaskFailedError: It has failed or expired.
    """
    if task.status.value != "succeeded":
        raise TaskFailedError(task)
    return task
