"""Lists the days on which a user has tasks, with one read for each day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from pipeline.core.settings import RETENTION
from pipeline.core.tasks.record import Task

MOST_DAYS = RETENTION.days + 5
"""DynamoDB may delete a task some days after it has expired."""


def list_days(owner_id: str, offset: timedelta) -> list[datetime]:
    """List when the newest task of each day was created, newest day first.

    Args:
        offset: How far the reader's clock is ahead of UTC. It decides where a day begins.
    """
    found: list[datetime] = []
    before = datetime.now(UTC) + timedelta(days=1)
    while len(found) < MOST_DAYS:
        newest = _find_newest(owner_id, before)
        if newest is None:
            break
        found.append(newest)
        before = _find_start_of_day(newest, offset)
    return found


def _find_newest(owner_id: str, before: datetime) -> datetime | None:
    tasks = Task.by_owner.query(
        owner_id,
        Task.created_at < before,
        scan_index_forward=False,
        limit=1,
        page_size=1,
        attributes_to_get=["created_at"],
    )
    return next((task.created_at for task in tasks), None)


def _find_start_of_day(moment: datetime, offset: timedelta) -> datetime:
    local = moment.astimezone(timezone(offset))
    return local.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
