"""What a user keeps here: tasks and storage, counted up to a bound."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice

from pipeline.core.tasks.record import Task
from pipeline.core.usage import Amounts, read_days

COUNT_LIMIT = 2000
NEWEST = 10


@dataclass
class Usage:
    """The tasks of one user; `is_complete` is false if there are more than were counted."""

    newest: list[Task] = field(default_factory=list)
    by_status: Counter[str] = field(default_factory=Counter)
    size_bytes: int = 0
    is_complete: bool = True

    @property
    def count(self) -> int:
        return self.by_status.total()

    @property
    def statuses(self) -> list[tuple[str, int]]:
        """How many of each status, most first."""
        return self.by_status.most_common()


def sum_days(owner_id: str) -> Amounts:
    """What an owner sent in the last 30 days."""
    days = [day.amounts for day in read_days(owner_id)]
    return Amounts(
        photos=sum(day.photos for day in days),
        size_bytes=sum(day.size_bytes for day in days),
        pixels=sum(day.pixels for day in days),
    )


def read_usage(owner_id: str) -> Usage:
    """Count the newest tasks of an owner, at most `COUNT_LIMIT`."""
    usage = Usage()
    attributes = ["task_id", "owner_id", "status", "created_at", "size_bytes", "error_code"]
    tasks = Task.by_owner.query(
        owner_id, scan_index_forward=False, attributes_to_get=attributes, page_size=COUNT_LIMIT
    )
    for task in islice(tasks, COUNT_LIMIT):
        usage.by_status[task.status] += 1
        usage.size_bytes += int(task.size_bytes or 0)
        if len(usage.newest) < NEWEST:
            usage.newest.append(task)
    usage.is_complete = usage.count < COUNT_LIMIT
    return usage
