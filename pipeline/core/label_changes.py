"""What differs between two results of the same picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.core.labels import Label

SAME_WITHIN = 0.05
"""Points of confidence. Pages show one decimal."""


class Kind(StrEnum):
    """How a label differs."""

    NEW = "new"
    GONE = "gone"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True)
class LabelChange:
    """One label in both results; None where a result lacks it."""

    name: str
    old: Label | None
    new: Label | None

    @property
    def kind(self) -> Kind:
        if self.old is None:
            return Kind.NEW
        if self.new is None:
            return Kind.GONE
        is_same = abs(self.difference) < SAME_WITHIN and self.old_places == self.new_places
        return Kind.SAME if is_same else Kind.CHANGED

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


def compare_labels(old: Iterable[Label], new: Iterable[Label]) -> list[LabelChange]:
    """Each label of both results once: those of the new one first, in its order."""
    before, after = ({label.name: label for label in each} for each in (old, new))
    names = [*after, *(name for name in before if name not in after)]
    return [LabelChange(name, before.get(name), after.get(name)) for name in names]
