"""The work on one export, in steps that fit into the time of a function.

A part of the file is stored as soon as it has `PART_BYTES`, always at the end of a task, and then
the state: which parts there are, which tasks come next, and what the format has to remember. A
process that dies is followed by one that goes on behind the last stored state. It may write a part
again; S3 then keeps the later one.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel

from pipeline.core.exports import record
from pipeline.core.exports.errors import ExportTooLargeError, NothingToExportError
from pipeline.core.exports.files import (
    ExportFiles,
    UploadGoneError,
    build_file_key,
    build_state_key,
)
from pipeline.core.exports.record import MAX_BYTES, MAX_PHOTOS, Export
from pipeline.core.exports.selection import Selection, count_tasks, read_page
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task
from pipeline.lambdas.exporting.formats import Writer, build_writer

PART_BYTES = 8 * 1024 * 1024
"""S3 demands at least 5 MiB of each part but the last, and takes 10,000 parts."""


class ExportDeletedError(Exception):
    """The user deleted the export while it was written."""


class State(BaseModel):
    """How far an export is."""

    upload_id: str
    tags: list[str] = []
    """Those of the stored parts."""
    stored_bytes: int = 0
    photos: int = 0
    total: int | None = None
    pending: list[str] = []
    """Ids of tasks that were read and not written."""
    cursor: str | None = None
    is_last_page: bool = False
    is_ended: bool = False
    """Whether the last part is stored."""
    tail: str = ""
    """What was written behind the last part, in base64."""
    writer: Any = None


class ExportWork:
    """Writes the file of one export."""

    def __init__(
        self, export: Export, files: ExportFiles, store: ImageStore, has_time: Callable[[], bool]
    ) -> None:
        self._export = export
        self._files = files
        self._has_time = has_time
        self._selection = Selection.model_validate(export.selection)
        self._key = build_file_key(export)
        self._writer: Writer = build_writer(export.format, store)
        self._state, self._buffer = self._load()

    def advance(self) -> bool:
        """Write until the file is complete or the time is over.

        Returns:
            Whether it is complete.

        Raises:
            ExportDeletedError: The export was deleted meanwhile. Nothing of it is left.
            ExportTooLargeError: It would be larger than one export may be. Nothing is left.
            NothingToExportError: The file would be empty. Nothing is left.
            UploadGoneError: S3 has forgotten the parts. The next try begins anew.
        """
        try:
            if not self._write_tasks():
                self._save()
                return False
            self._end()
            self._complete()
        except (ExportDeletedError, ExportTooLargeError, NothingToExportError):
            self._clean_up()
            raise
        except UploadGoneError:
            self._files.delete(build_state_key(self._export))
            raise
        return True

    def _load(self) -> tuple[State, bytearray]:
        stored = self._files.find(build_state_key(self._export))
        if stored is None:
            return self._begin()
        state = State.model_validate_json(zlib.decompress(stored))
        self._writer.load(state.writer)
        return state, bytearray(base64.b64decode(state.tail))

    def _begin(self) -> tuple[State, bytearray]:
        export = self._export
        upload_id = self._files.begin(self._key, self._writer.content_type, export.file_name)
        total = count_tasks(export.owner_id, self._selection, export.created_at)
        return State(upload_id=upload_id, total=total), bytearray(self._writer.begin())

    def _write_tasks(self) -> bool:
        """Whether all are written."""
        while self._state.pending or not self._state.is_last_page:
            if not self._has_time():
                return False
            for task in self._read_next():
                if not self._has_time():
                    return False
                self._write(task)
                self._state.pending.remove(task.task_id)
                if len(self._buffer) >= PART_BYTES:
                    self._store_part()
                    self._save()
        return True

    def _read_next(self) -> list[Task]:
        """The next tasks to write. There can be none although others follow."""
        state, owner_id = self._state, self._export.owner_id
        read: Sequence[Task]
        if state.pending:
            read = Task.read_owned(state.pending, owner_id)
        else:
            page = read_page(owner_id, self._selection, self._export.created_at, state.cursor)
            state.cursor, state.is_last_page = page.cursor, page.cursor is None
            read = page.tasks
        # A task that is read again may have lost its picture or its result since.
        tasks = [task for task in read if self._writer.includes(task)]
        state.pending = [task.task_id for task in tasks]
        return tasks

    def _write(self, task: Task) -> None:
        written = self._writer.add(task)
        if written is None:
            return
        self._buffer += written
        self._state.photos += 1
        size = self._state.stored_bytes + len(self._buffer)
        if self._state.photos > MAX_PHOTOS or size > MAX_BYTES:
            raise ExportTooLargeError

    def _store_part(self) -> None:
        state = self._state
        number = len(state.tags) + 1
        data = bytes(self._buffer)
        tag = self._files.put_part(self._key, state.upload_id, number, data)
        state.tags.append(tag)
        state.stored_bytes += len(data)
        self._buffer.clear()

    def _save(self) -> None:
        """Store how far it is, for the next step or another process."""
        state = self._state
        state.tail = base64.b64encode(self._buffer).decode()
        state.writer = self._writer.save()
        self._files.put(
            build_state_key(self._export), zlib.compress(state.model_dump_json().encode(), 1)
        )
        is_there = record.note_progress(
            self._export,
            photos=state.photos,
            size_bytes=state.stored_bytes + len(self._buffer),
            total=state.total,
        )
        if not is_there:
            raise ExportDeletedError

    def _end(self) -> None:
        """Store the last part, once."""
        state = self._state
        if state.is_ended:
            return
        if not state.photos:
            raise NothingToExportError
        self._buffer += self._writer.end()
        if self._buffer or not state.tags:
            self._store_part()
        state.is_ended = True
        self._save()

    def _complete(self) -> None:
        state = self._state
        try:
            self._files.complete(self._key, state.upload_id, state.tags)
        except UploadGoneError:
            # A process that died had completed it.
            if self._files.find_size(self._key) != state.stored_bytes:
                raise
        is_there = record.succeed(self._export, photos=state.photos, size_bytes=state.stored_bytes)
        if not is_there:
            raise ExportDeletedError
        self._files.delete(build_state_key(self._export))

    def _clean_up(self) -> None:
        self._files.abort(self._key, self._state.upload_id)
        self._files.delete_all(self._export.owner_id, self._export.export_id)
