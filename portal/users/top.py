"""Who uses the service most at the moment: a bounded look at the newest tasks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from pipeline.core.tasks import refusals
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.tasks.version_ids import get_user_id
from portal.access.accounts import find_owner
from portal.remote.attempts import attempt

READ_LIMIT = 1000
"""Tasks that are read of each status."""

SHOWN = 10
TASKS_OF_ONE = 200
"""Newest tasks of each shown user that are read for megapixels and cost."""

FAILED_WITHIN = timedelta(hours=1)
COSTS_WITHIN = timedelta(days=1)

USD_PER_IMAGE = 0.00019
"""What one more image costs, without what the service costs while nobody uses it. A test compares
it with `infra.cost`."""


@dataclass(frozen=True)
class TopUser:
    """What one user does to the service."""

    owner_id: str
    address: str
    username: str
    queued: int
    failed: int
    refused: int
    images: int
    """Number of the last day, at most `TASKS_OF_ONE`."""
    megapixels: float

    @property
    def is_cut(self) -> bool:
        return self.images >= TASKS_OF_ONE

    @property
    def usd(self) -> float:
        return self.images * USD_PER_IMAGE


@dataclass(frozen=True)
class Top:
    """The users with most unfinished, failed and refused pictures, most first."""

    users: Sequence[TopUser]
    is_complete: bool


def read_top() -> Top:
    """Look at the newest tasks and the refusals of today."""
    now = datetime.now(UTC)
    queued, is_whole_queue = _count_owners((TaskStatus.QUEUED, TaskStatus.PROCESSING))
    failed, is_whole_failed = _count_owners((TaskStatus.FAILED,), now - FAILED_WITHIN)
    refused = Counter(dict(refusals.list_most_refused(SHOWN)))
    order = queued + failed + refused
    users = [
        _build_user(owner_id, queued, failed, refused, now - COSTS_WITHIN)
        for owner_id, _ in order.most_common(SHOWN)
    ]
    return Top(users, is_whole_queue and is_whole_failed)


def _count_owners(
    statuses: Iterable[TaskStatus], since: datetime | None = None
) -> tuple[Counter[str], bool]:
    """Count tasks by owner, and say whether all were read."""
    counts: Counter[str] = Counter()
    is_complete = True
    for status in statuses:
        tasks = Task.by_status.query(
            status.value,
            Task.created_at >= since if since else None,
            scan_index_forward=False,
            attributes_to_get=["owner_id"],
            page_size=READ_LIMIT,
        )
        found = Counter(get_user_id(task.owner_id) for task in islice(tasks, READ_LIMIT))
        is_complete = is_complete and found.total() < READ_LIMIT
        counts += found
    return counts, is_complete


def _build_user(
    owner_id: str,
    queued: Counter[str],
    failed: Counter[str],
    refused: Counter[str],
    since: datetime,
) -> TopUser:
    account = attempt(lambda: find_owner(owner_id)).value
    tasks = Task.by_owner.query(
        owner_id,
        Task.created_at >= since,
        scan_index_forward=False,
        attributes_to_get=["width", "height"],
        page_size=TASKS_OF_ONE,
    )
    pixels = [int(task.width or 0) * int(task.height or 0) for task in islice(tasks, TASKS_OF_ONE)]
    return TopUser(
        owner_id=owner_id,
        address=(account.email or account.username) if account else owner_id,
        username=account.username if account else "",
        queued=queued[owner_id],
        failed=failed[owner_id],
        refused=refused[owner_id],
        images=len(pixels),
        megapixels=sum(pixels) / 1e6,
    )
