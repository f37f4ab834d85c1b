"""Finds photos of the same user that look the same, with a bounded number of reads."""

from __future__ import annotations

from pipeline.core.fingerprint import is_copy
from pipeline.core.search.items import (
    IndexedTask,
    WordEntry,
    build_entry_id,
    build_list_id,
    build_tasks_id,
)
from pipeline.core.search.words import list_looks
from pipeline.core.tasks.record import Task

MOST_OF_LOOKS = 20
"""Newest entries that are read for one part of a hash. Together they are one read unit."""


def find_copies(task: Task) -> list[str]:
    """The entry ids of its owner's photos that look the same, newest first.

    It costs four read units, however many photos there are. A copy that differs in more than three
    bits can be missed, because all parts of its hash can be different.
    """
    fingerprint = task.get_fingerprint()
    if fingerprint is None:
        return []
    found = set()
    for term in list_looks(task):
        entries = WordEntry.query(
            build_list_id(task.owner_id, term),
            scan_index_forward=False,
            limit=MOST_OF_LOOKS,
            page_size=MOST_OF_LOOKS,
            consistent_read=True,
        )
        found |= {
            each.entry_id for each in entries if each.hash and is_copy(fingerprint, each.hash)
        }
    return sorted(found - {build_entry_id(task)}, reverse=True)


def find_first(task: Task, known: IndexedTask | None, *, again: bool) -> str | None:
    """The entry id of the first photo that looked like this one; None for the first one itself.

    Only photos that the index knows already count. So of two that come at the same time at most one
    is a double of the other.

    Args:
        known: What the index holds of the task.
        again: Whether to look again for a photo that had no earlier copy.
    """
    is_same = known is not None and known.fingerprint == task.fingerprint
    if known is not None and is_same and (known.double_of or not again):
        return known.double_of
    tasks_id = build_tasks_id(task.owner_id)
    copies = [(tasks_id, entry_id) for entry_id in find_copies(task)]
    indexed = IndexedTask.batch_get(copies, consistent_read=True)
    firsts = {each.double_of or each.entry_id for each in indexed}
    return None if build_entry_id(task) in firsts else min(firsts, default=None)
