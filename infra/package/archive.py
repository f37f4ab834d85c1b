"""Archives without times, owners and random order: equal files give an equal archive."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # The earliest time that a zip archive can hold


@dataclass(frozen=True)
class Artefact:
    """A file that was built."""

    path: Path
    sha256: str
    """Hexadecimal."""


def write_zip(folder: Path, file: Path | IO[bytes]) -> None:
    """Write the files below `folder` to a zip archive."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in _read_files(folder):
            info = zipfile.ZipInfo(name, FIXED_TIME)
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)


def write_tar(folder: Path, file: Path) -> None:
    """Write the files below `folder` to a tar archive that gzip compresses."""
    with (
        file.open("wb") as raw,
        # gzip would otherwise store the present time.
        gzip.GzipFile(fileobj=raw, mode="wb", filename="", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, data in _read_files(folder):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))


def describe_file(path: Path) -> Artefact:
    """The file at `path` as an artefact."""
    return Artefact(path, hash_file(path))


def hash_file(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_bytes()
