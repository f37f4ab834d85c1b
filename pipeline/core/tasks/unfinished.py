"""When a user who has as many unfinished tasks as allowed may start another one."""

from __future__ import annotations

import math
from datetime import datetime

from pipeline.core.settings import FORM_LIFETIME
from pipeline.core.tasks.record import Task, TaskStatus, build_list_number

SOON_SECONDS = 2
"""About the time from upload to result of one picture."""

_WORKED_ON = (
    build_list_number(TaskStatus.QUEUED),
    build_list_number(TaskStatus.SUCCEEDED) - 1,
)
"""The tasks of `by_owner_status` that are queued or in work."""


def count_wait_seconds(owner_id: str, now: datetime) -> int:
    """About how many seconds until one of the user's unfinished tasks is finished or expires.

    A picture that is queued or in work takes seconds. A form that nobody uses counts until it
    expires. Two small reads.
    """
    if Task.by_owner_status.count(owner_id, Task.listed_as.between(*_WORKED_ON), limit=1):
        return SOON_SECONDS
    begun = Task.unfinished_since > now - FORM_LIFETIME
    oldest = next(iter(Task.unfinished.query(owner_id, begun, limit=1)), None)
    if oldest is None:
        return SOON_SECONDS
    return max(1, math.ceil((oldest.unfinished_since + FORM_LIFETIME - now).total_seconds()))
