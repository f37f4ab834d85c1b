"""The versions of a task's result, and what changed from one to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.label_changes import Kind, LabelChange, compare_labels
from pipeline.core.tasks.record import Task, TaskStatus, find_task
from pipeline.core.tasks.version_ids import get_task_id, get_version, names_version
from pipeline.core.tasks.versions import list_versions


@dataclass(frozen=True)
class Comparison:
    """An earlier result of the same picture, and how this one differs."""

    old: Task
    labels: Sequence[LabelChange]
    models: Sequence[tuple[str, str, str]]
    """Role, old name and new name; empty where a result has none."""

    @property
    def summary(self) -> str:
        counts = Counter(label.kind for label in self.labels)
        return ", ".join(f"{counts[kind]} {kind.value}" for kind in Kind)


@dataclass(frozen=True)
class Version:
    """One line of the list of versions."""

    number: int
    record: Task
    is_shown: bool
    """Whether the task shows this one."""


@dataclass(frozen=True)
class History:
    """All versions, newest first, and the comparison of one of them with the one before."""

    task_id: str
    versions: Sequence[Version]
    comparison: Comparison | None


def read_history(record: Task) -> History | None:
    """Read the versions of the task that a record belongs to.

    Args:
        record: A task, or one of its versions.

    Returns:
        None if there is only one result.
    """
    is_version = names_version(record.task_id)
    task = find_task(get_task_id(record.task_id)) if is_version else record
    if task is None:
        return None
    shown = int(task.version or 1)
    versions = [
        Version(number, each, number == shown)
        for each in list_versions(task)
        for number in [get_version(each.task_id)]
    ]
    number = get_version(record.task_id) if is_version else shown
    old = _find_before(versions, number) or _find_original(task)
    if len(versions) < 2 and old is None:
        return None
    return History(task.task_id, versions, _compare(old, record) if old else None)


def _find_before(versions: Sequence[Version], number: int) -> Task | None:
    """The result before this version."""
    earlier = (each for each in versions if each.number < number)
    return next(
        (each.record for each in earlier if each.record.status == TaskStatus.SUCCEEDED), None
    )


def _find_original(task: Task) -> Task | None:
    """The task that this one copies. Earlier releases made such tasks."""
    return find_task(task.copied_from) if task.copied_from else None


def _compare(old: Task, new: Task) -> Comparison:
    before, after = old.models or {}, new.models or {}
    return Comparison(
        old,
        compare_labels(old.get_found_labels(), new.get_found_labels()),
        [(role, before.get(role, ""), after.get(role, "")) for role in sorted({*before, *after})],
    )
