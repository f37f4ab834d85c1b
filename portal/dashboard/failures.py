"""Why tasks failed in the last hour."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from pipeline.core.tasks.record import Task, TaskStatus

WINDOW = timedelta(hours=1)
READ_LIMIT = 1000


@dataclass(frozen=True)
class Failures:
    """Failed tasks that were created within the window, by error code, most first."""

    by_code: list[tuple[str, int]]
    since: datetime
    is_complete: bool

    @property
    def count(self) -> int:
        return sum(count for _, count in self.by_code)


def read_failures() -> Failures:
    """Group the newest failures; at most `READ_LIMIT` are read."""
    since = datetime.now(UTC) - WINDOW
    tasks = Task.by_status.query(
        TaskStatus.FAILED.value,
        Task.created_at >= since,
        scan_index_forward=False,
        attributes_to_get=["error_code"],
        page_size=READ_LIMIT,
    )
    counts = Counter(task.error_code or "unknown" for task in islice(tasks, READ_LIMIT))
    return Failures(counts.most_common(), since, counts.total() < READ_LIMIT)
