"""The results of the same picture in two tasks, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.core.labels import Label
from pipeline.core.tasks.record import Task, find_task

SAME_WITHIN = 0.05
"""Points of confidence. Pages show one decimal."""


@dataclass(frozen=True)
class LabelChange:
    """One label in both results; None where a result lacks it."""

    name: str
    old: Label | None
    new: Label | None

    @property
    def kind(self) -> str:
        if self.old is None:
            return "new"
        if self.new is None:
            return "gone"
        is_same = abs(self.difference) < SAME_WITHIN and self.old_places == self.new_places
        return "same" if is_same else "changed"

    @property
    def difference(self) -> float:
        """Points of confidence that it gained."""
        if self.old is None or self.new is None:
            return 0
        return self.new.confidence - self.old.confidence

    @property
    def old_places(self) -> int:
        return len(self.old.instances) if self.old else 0

    @property
    def new_places(self) -> int:
        return len(self.new.instances) if self.new else 0


@dataclass(frozen=True)
class Comparison:
    """An earlier task, and how this task's result differs."""

    old: Task
    labels: Sequence[LabelChange]
    models: Sequence[tuple[str, str, str]]
    """Role, old name and new name; empty where a result has none."""

    @property
    def summary(self) -> str:
        counts = dict.fromkeys(("new", "gone", "changed", "same"), 0)
        for label in self.labels:
            counts[label.kind] += 1
        return ", ".join(f"{count} {kind}" for kind, count in counts.items())


def compare(task: Task) -> Comparison | None:
    """Compare with the task that this one recognises again; None if there is none any more."""
    old = find_task(task.copied_from) if task.copied_from else None
    if old is None:
        return None
    before, after = ({it.name: it for it in each.get_found_labels()} for each in (old, task))
    names = [*after, *(name for name in before if name not in after)]
    roles = sorted({*(old.models or {}), *(task.models or {})})
    return Comparison(
        old,
        [LabelChange(name, before.get(name), after.get(name)) for name in names],
        [
            (role, (old.models or {}).get(role, ""), (task.models or {}).get(role, ""))
            for role in roles
        ],
    )
