"""`spotter watch`: keywords beside each new photo of a folder."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from spotter_client._sync.client import Spotter
from spotter_client.cli.options import at_once, look_options, read_options
from spotter_client.errors import PhotoError, TaskFailedError
from spotter_client.many import Outcome, look_at_many
from spotter_client.photos import SUFFIXES
from spotter_client.xmp import find_sidecar, write_sidecar

SCAN_SECONDS = 1.0

Size = tuple[int, int]
"""Bytes of a file and when it last changed."""


class Folder:
    """Photos of a folder and its subfolders that have no sidecar yet."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._growing: dict[Path, Size] = {}
        self._given: dict[Path, Size] = {}

    def find_new(self) -> list[Path]:
        """Photos that have not changed since the last look: a camera may still write them."""
        sizes = {path: size for path in self._list() if (size := _measure(path))}
        ready = [
            path
            for path, size in sizes.items()
            if self._growing.get(path) == size and self._given.get(path) != size
        ]
        self._growing = sizes
        self._given.update({path: sizes[path] for path in ready})
        return ready

    def give_again(self, photo: Path) -> None:
        """Give a photo another time, because it got no result."""
        self._given.pop(photo, None)

    def _list(self) -> Iterator[Path]:
        for path in sorted(self._root.rglob("*")):
            if path.suffix.lower() in SUFFIXES and not find_sidecar(path).exists():
                yield path


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@look_options
@at_once
@click.option("--once", is_flag=True, help="Stop when all photos have a sidecar.")
def watch(folder: Path, at_once: int, once: bool, **options: Any) -> None:
    """Write an XMP sidecar with keywords beside each photo of FOLDER, also new ones.

    A photo that has a sidecar is left alone.
    """
    photos = Folder(folder)
    failed = 0
    with Spotter.from_login() as spotter:
        while True:
            photos.find_new()
            time.sleep(SCAN_SECONDS)
            new = photos.find_new()
            for outcome in look_at_many(spotter, new, read_options(**options), at_once=at_once):
                failed += not _keep(photos, outcome)
            if once:
                sys.exit(1 if failed else 0)


def _keep(photos: Folder, outcome: Outcome) -> bool:
    """Write the sidecar of a result. Returns whether there is one."""
    assert isinstance(outcome.photo, Path)
    if outcome.task is None:
        click.echo(f"✗ {outcome.photo}: {outcome.error}", err=True)
        if not isinstance(outcome.error, PhotoError | TaskFailedError):
            photos.give_again(outcome.photo)
        return False
    try:
        sidecar = write_sidecar(outcome.photo, outcome.task.labels or [])
    except OSError as error:
        click.echo(f"✗ {outcome.photo}: no sidecar: {error.strerror}", err=True)
        return False
    click.echo(f"{sidecar}: {', '.join(label.name for label in outcome.task.labels or [])}")
    return True


def _measure(path: Path) -> Size | None:
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_size, status.st_mtime_ns
