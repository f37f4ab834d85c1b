"""A ZIP archive that is written file by file and can go on in another process.

Python's zipfile writes to a stream that cannot be rewound and keeps the directory, which stands at
the end of an archive. Between two processes that directory is saved.
"""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from pipeline.core.tasks.record import Task

_SUFFIXES = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "image/heif": ".heif",
    "image/avif": ".avif",
}

_UNSAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
"""What some file system refuses or takes for a folder."""

_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""Names of devices on Windows."""

_KEPT = ("CRC", "compress_size", "file_size", "header_offset", "compress_type", "flag_bits")
"""What the directory says about a file, beside its name and time."""


class Archive:
    """A ZIP archive as a stream of bytes."""

    def __init__(self) -> None:
        self._stream = _Stream()
        self._zip = ZipFile(self._stream, "w")
        self._names: set[str] = set()

    def add(self, name: str, data: bytes, moment: datetime, *, compress: bool) -> bytes:
        """Add a file and return its bytes in the archive.

        Args:
            compress: Pictures are compressed already.
        """
        info = ZipInfo(name, moment.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED if compress else ZIP_STORED
        info.external_attr = 0o644 << 16
        self._zip.writestr(info, data)
        self._names.add(name.casefold())
        return self._stream.take()

    def end(self) -> bytes:
        """The directory of all files."""
        self._zip.close()
        return self._stream.take()

    def has(self, name: str) -> bool:
        """Whether a file has this name in some file system."""
        return name.casefold() in self._names

    def save(self) -> Any:
        """The directory as JSON."""
        files = [
            [info.filename, list(info.date_time), *(getattr(info, name) for name in _KEPT)]
            for info in self._zip.infolist()
        ]
        return {"offset": self._stream.tell(), "files": files}

    def load(self, saved: Any) -> None:
        """Go on behind these files."""
        self._stream.offset = saved["offset"]
        for file_name, date_time, *values in saved["files"]:
            info = ZipInfo(file_name, tuple(date_time))
            info.external_attr = 0o644 << 16
            for name, value in zip(_KEPT, values, strict=True):
                setattr(info, name, value)
            self._zip.filelist.append(info)
            self._zip.NameToInfo[file_name] = info
            self._names.add(file_name.casefold())


class _Stream(io.RawIOBase):
    """Gives back what is written, and counts it. It cannot be rewound."""

    def __init__(self) -> None:
        super().__init__()
        self.offset = 0
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        chunk = bytes(data)
        self._chunks.append(chunk)
        self.offset += len(chunk)
        return len(chunk)

    def tell(self) -> int:
        return self.offset

    def take(self) -> bytes:
        """What was written since the last call."""
        taken, self._chunks = b"".join(self._chunks), []
        return taken


def choose_name(task: Task, archive: Archive, suffix: str = "") -> str:
    """A name for a task's file that every file system takes and that the archive has not yet.

    Args:
        suffix: Comes behind the name of the photo.
    """
    name = clean_name(task)
    stem, dot, end = name.rpartition(".")
    marked = (f"{stem} ({mark}){dot}{end}" for mark in (task.task_id[:8], task.task_id))
    return next(it + suffix for it in (name, *marked) if not archive.has(it + suffix))


def clean_name(task: Task) -> str:
    """The name of the photo without what could leave the folder it is unpacked to."""
    name = _UNSAFE.sub("_", task.file_name or "").strip(" .")
    if not name or _RESERVED.fullmatch(name):
        name = task.task_id
    if "." not in name:
        name += _SUFFIXES.get(task.content_type, "")
    return name if "." in name else f"{name}.bin"
