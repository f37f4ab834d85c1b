"""A ZIP archive of the photos as they are stored."""

from __future__ import annotations

from typing import Any

from pipeline.core.errors import ImageMissingError
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task
from pipeline.lambdas.exporting.archive import Archive, choose_name


class OriginalsArchive:
    """Photos are not compressed again. At most one is in memory."""

    content_type = "application/zip"

    def __init__(self, store: ImageStore) -> None:
        self._store = store
        self._archive = Archive()

    def includes(self, task: Task) -> bool:
        return task.has_picture()

    def begin(self) -> bytes:
        return b""

    def add(self, task: Task) -> bytes | None:
        try:
            picture = self._store.download(task.image_key)
        except ImageMissingError:
            return None  # It was deleted since the task was read
        name = choose_name(task, self._archive)
        return self._archive.add(name, picture, task.created_at, compress=False)

    def end(self) -> bytes:
        return self._archive.end()

    def save(self) -> Any:
        return self._archive.save()

    def load(self, saved: Any) -> None:
        self._archive.load(saved)
