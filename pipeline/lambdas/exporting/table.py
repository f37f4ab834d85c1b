"""CSV: a row for each label without boxes, and for each box of the others."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from pipeline.core.labels import Label
from pipeline.core.tasks.record import Task
from pipeline.lambdas.exporting.labels import has_result

COLUMNS = (
    "taskId", "createdAt", "fileName", "width", "height",
    "label", "confidence", "left", "top", "boxWidth", "boxHeight",
)  # fmt: skip
"""Boxes are ratios of the upright picture, as in the API."""

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")

_BYTE_ORDER_MARK = "\ufeff"
"""Without it spreadsheets take UTF-8 for something else."""


class LabelTable:
    """The table has no state."""

    content_type = "text/csv; charset=utf-8"

    def includes(self, task: Task) -> bool:
        return has_result(task)

    def begin(self) -> bytes:
        return (_BYTE_ORDER_MARK + _write([COLUMNS])).encode()

    def add(self, task: Task) -> bytes:
        photo = (task.task_id, task.created_at.isoformat(), task.file_name or "")
        size = (task.width, task.height)
        rows = [(*photo, *size, *cells) for cells in _list_cells(task.get_labels())]
        # A photo in which nothing was recognised has a row too.
        return _write(rows or [(*photo, *size, *[""] * 6)]).encode()

    def end(self) -> bytes:
        return b""

    def save(self) -> Any:
        return None

    def load(self, saved: Any) -> None:
        """There is no state."""


def _list_cells(labels: list[Label]) -> Iterator[tuple[object, ...]]:
    for label in labels:
        if not label.instances:
            yield (label.name, round(label.confidence, 2), "", "", "", "")
        for instance in label.instances:
            box = instance.bounding_box
            yield (
                label.name,
                round(instance.confidence, 2),
                *(round(side, 5) for side in (box.left, box.top, box.width, box.height)),
            )


def _write(rows: Sequence[Sequence[object]]) -> str:
    text = io.StringIO()
    # All in quotes: some spreadsheets split at semicolons too, and run what stands behind one.
    writer = csv.writer(text, quoting=csv.QUOTE_ALL)
    writer.writerows([_escape(value) for value in row] for row in rows)
    return text.getvalue()


def _escape(value: object) -> str:
    """Spreadsheets would run a file name that begins like a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text
