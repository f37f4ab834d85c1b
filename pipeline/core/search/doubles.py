"""Lists the photos that a user has more than once, in groups, with a bounded number of reads.

A page reads one small item and at most two tasks for each double. When a photo was indexed,
`copies.find_first` decided whether it is a double.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.core.search.find import EARLIEST
from pipeline.core.search.items import (
    Double,
    build_doubles_id,
    build_key,
    get_task_id,
    show_moment,
)
from pipeline.core.tasks.record import Task


@dataclass(frozen=True)
class Group:
    """Photos that look the same, newest first. One is left if the others were deleted."""

    group_id: str
    """Id of the first task that looked so."""
    tasks: Sequence[Task]


@dataclass(frozen=True)
class Doubles:
    """A page of groups, and after which entry the next one starts."""

    groups: Sequence[Group]
    last_entry: str | None
    """None on the last page."""


def list_doubles(
    owner_id: str, limit: int, *, since: datetime = EARLIEST, after: str | None = None
) -> Doubles:
    """Group the newest photos that the user had already, with the first one of each group.

    Args:
        limit: Doubles to read. A group whose doubles are on two pages has a part on each.
        since: Only doubles that were created at this time or later.
        after: `last_entry` of the page before.
    """
    list_id = build_doubles_id(owner_id)
    # One entry more than needed shows whether there is a next page.
    found = list(
        Double.query(
            list_id,
            Double.entry_id >= show_moment(since),
            scan_index_forward=False,
            limit=limit + 1,
            page_size=limit + 1,
            last_evaluated_key=build_key(list_id, after) if after else None,
        )
    )
    doubles = found[:limit]
    members: dict[str, set[str]] = {}
    for double in doubles:
        members.setdefault(double.first, {double.first}).add(double.entry_id)
    last_entry = doubles[-1].entry_id if len(found) > limit else None
    return Doubles(_read_groups(members), last_entry)


def _read_groups(members: dict[str, set[str]]) -> list[Group]:
    """Read the tasks. The index may still list one that was deleted a moment ago."""
    wanted = {get_task_id(entry_id) for entry_ids in members.values() for entry_id in entry_ids}
    tasks = {task.task_id: task for task in Task.batch_get(wanted)}
    groups = []
    for first, entry_ids in members.items():
        task_ids = [get_task_id(entry_id) for entry_id in sorted(entry_ids, reverse=True)]
        existing = [tasks[task_id] for task_id in task_ids if task_id in tasks]
        if existing:
            groups.append(Group(get_task_id(first), existing))
    return groups
