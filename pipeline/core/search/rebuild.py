"""Builds the index of words again from the table of tasks: for one user or for all.

It can run while the service works, can be stopped and can be repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from pipeline.core.search import index, items
from pipeline.core.search.items import IndexedTask
from pipeline.core.tasks.record import Task, TaskStatus, find_task
from pipeline.core.tasks.version_ids import names_version

BATCH = 100
"""Tasks between two reports of progress, and tasks that are looked for in one call."""


@dataclass
class Progress:
    """What was done so far."""

    written: int = 0
    """Results whose words were written."""
    removed: int = 0
    """Tasks that the index knew and that do not exist any more."""


def rebuild(owner_id: str | None, tell: Callable[[Progress], None]) -> Progress:
    """Write the words of all results again, and remove those of tasks that do not exist any more.

    Args:
        owner_id: Whose results. None for those of all users.
        tell: Is called with the progress from time to time.
    """
    progress = Progress()
    for task in _list_results(owner_id):
        _put(task)
        progress.written += 1
        if progress.written % BATCH == 0:
            tell(progress)
    for known in _split(_list_known(owner_id)):
        progress.removed += _remove_strays(known)
        tell(progress)
    return progress


def _list_results(owner_id: str | None) -> Iterator[Task]:
    is_result = Task.status == TaskStatus.SUCCEEDED
    if owner_id is None:
        return (task for task in Task.scan(is_result) if not names_version(task.task_id))
    return iter(Task.by_owner.query(owner_id, filter_condition=is_result))


def _list_known(owner_id: str | None) -> Iterator[IndexedTask]:
    if owner_id is None:
        return iter(IndexedTask.scan(IndexedTask.list_id.startswith(items.build_tasks_id(""))))
    return iter(IndexedTask.query(items.build_tasks_id(owner_id)))


def _split(known: Iterator[IndexedTask]) -> Iterator[list[IndexedTask]]:
    while batch := list(islice(known, BATCH)):
        yield batch


def _put(task: Task) -> None:
    index.put(task, again=True)
    # If the task was deleted just now, its words may have been removed before this write.
    if find_task(task.task_id) is None:
        index.remove(task)


def _remove_strays(known: Iterable[IndexedTask]) -> int:
    by_id = {items.get_task_id(each.entry_id): each for each in known}
    found = Task.batch_get(by_id, consistent_read=True, attributes_to_get=["task_id"])
    strays = by_id.keys() - {task.task_id for task in found}
    for task_id in strays:
        index.remove(index.build_deleted_task(by_id[task_id]))
    return len(strays)
