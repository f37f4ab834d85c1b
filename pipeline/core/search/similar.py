"""Finds photos of the same user that are like one of theirs, with a bounded number of reads.

It compares the fingerprints of the newest photos and, however old they are, of photos that look the
same or have the narrowest label of this one too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.core.fingerprint import Fingerprint, is_copy, similarity
from pipeline.core.search.copies import find_copies
from pipeline.core.search.items import (
    IndexedTask,
    WordEntry,
    build_list_id,
    build_tasks_id,
    get_task_id,
)
from pipeline.core.search.terms import build_phrase
from pipeline.core.tasks.record import Task

MOST_NEWEST = 300
MOST_OF_LABEL = 100
"""Photos that are compared. One item is read for each, and one more for each of the label."""

LEAST_SIMILARITY = 0.3
"""The least cosine of two vectors. Two demo photos of cats have 0.42; other pairs at most 0.21."""


@dataclass(frozen=True)
class Similar:
    """A photo that is like another one."""

    task: Task
    similarity: float
    """Cosine of the vectors, at least `LEAST_SIMILARITY` unless it is a copy."""
    is_copy: bool


def find_similar(task: Task, limit: int) -> list[Similar]:
    """The photos of its owner that are most like this one: copies first, then by similarity."""
    fingerprint = task.get_fingerprint()
    if fingerprint is None:
        return []
    found: dict[str, tuple[bool, float]] = {}
    for known in _list_candidates(task):
        task_id = get_task_id(known.entry_id)
        if known.fingerprint and task_id != task.task_id:
            other = Fingerprint.model_validate(known.fingerprint)
            found[task_id] = is_copy(fingerprint, other.hash), similarity(fingerprint, other)
    best = sorted(
        (task_id for task_id, (copy, alike) in found.items() if copy or alike >= LEAST_SIMILARITY),
        key=lambda task_id: found[task_id],
        reverse=True,
    )[:limit]
    tasks = {each.task_id: each for each in Task.batch_get(best)}
    return [
        Similar(tasks[task_id], found[task_id][1], found[task_id][0])
        for task_id in best
        if task_id in tasks and _has_same_classifier(task, tasks[task_id])
    ]


def _list_candidates(task: Task) -> Iterator[IndexedTask]:
    tasks_id = build_tasks_id(task.owner_id)
    yield from IndexedTask.query(tasks_id, scan_index_forward=False, limit=MOST_NEWEST)
    yield from IndexedTask.batch_get((tasks_id, entry_id) for entry_id in find_copies(task))
    labels = task.get_labels()
    if not labels:
        return
    # Labels with more wider names are narrower. The first of them is the most confident one.
    narrowest = max(labels, key=lambda label: len(label.parents))
    list_id = build_list_id(task.owner_id, build_phrase(narrowest.name))
    entries = WordEntry.query(list_id, scan_index_forward=False, limit=MOST_OF_LABEL)
    yield from IndexedTask.batch_get((tasks_id, entry.entry_id) for entry in entries)


def _has_same_classifier(one: Task, other: Task) -> bool:
    """Vectors of two classifiers cannot be compared."""
    return (one.models or {}).get("classifier") == (other.models or {}).get("classifier")
