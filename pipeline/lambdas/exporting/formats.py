"""What every format of an export has in common, and which module writes which."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from pipeline.core.exports.record import ExportFormat
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task
from pipeline.lambdas.exporting.coco import CocoFile
from pipeline.lambdas.exporting.lines import ResultLines
from pipeline.lambdas.exporting.originals import OriginalsArchive
from pipeline.lambdas.exporting.table import LabelTable
from pipeline.lambdas.exporting.xmp import XmpArchive


class Writer(Protocol):
    """Writes one file, task by task. It can stop after each task and go on in another process."""

    content_type: str

    def includes(self, task: Task) -> bool:
        """Whether the file has something about this task."""

    def begin(self) -> bytes:
        """What is before the first task."""

    def add(self, task: Task) -> bytes | None:
        """What the file says about a task; None if its picture is gone."""

    def end(self) -> bytes:
        """What is behind the last task."""

    def save(self) -> Any:
        """What `load` needs to go on, as JSON."""

    def load(self, saved: Any) -> None:
        """Go on where another writer stopped."""


_WRITERS: dict[ExportFormat, Callable[[ImageStore], Writer]] = {
    ExportFormat.NDJSON: lambda _: ResultLines(),
    ExportFormat.CSV: lambda _: LabelTable(),
    ExportFormat.COCO: lambda _: CocoFile(),
    ExportFormat.XMP: lambda _: XmpArchive(),
    ExportFormat.ORIGINALS: OriginalsArchive,
}


def build_writer(export_format: str, store: ImageStore) -> Writer:
    """A writer that has written nothing yet."""
    return _WRITERS[ExportFormat(export_format)](store)
