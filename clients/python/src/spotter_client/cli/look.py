"""`spotter look`: labels of photos."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from spotter_client._sync.client import Spotter
from spotter_client.cli.options import as_json, at_once, look_options, read_options
from spotter_client.cli.show import build_labels, print_json
from spotter_client.draw import annotate
from spotter_client.errors import PhotoError
from spotter_client.many import Outcome, look_at_many
from spotter_client.models import Task
from spotter_client.photos import Source


@click.command()
@click.argument("photos", nargs=-1, required=True, type=click.Path(path_type=Path))
@look_options
@at_once
@as_json
@click.option(
    "--annotate", "folder", type=click.Path(path_type=Path), help="Save copies with boxes here."
)
def look(
    photos: tuple[Path, ...], at_once: int, is_json: bool, folder: Path | None, **options: Any
) -> None:
    """Print what is in PHOTOS."""
    console = Console()
    failed = 0
    with Spotter.from_login() as spotter, _build_progress(len(photos)) as progress:
        bar = progress.add_task("Looking", total=len(photos))
        for outcome in look_at_many(spotter, photos, read_options(**options), at_once=at_once):
            failed += not _report(console, outcome, folder, is_json=is_json)
            progress.advance(bar)
    if failed:
        sys.exit(1)


def _build_progress(count: int) -> Progress:
    """A bar on the error stream, if people look at it and there is something to wait for."""
    console = Console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal or count == 1,
    )


def _report(console: Console, outcome: Outcome, folder: Path | None, *, is_json: bool) -> bool:
    """Print a result. Returns whether there is one."""
    photo = _name(outcome.photo)
    if outcome.task is None:
        _report_failure(console, photo, str(outcome.error), is_json=is_json)
        return False
    if is_json:
        print_json(console, outcome.task, photo=str(photo), ok=True)
    else:
        console.print(build_labels(outcome.task.labels or [], photo.name))
    if folder:
        _annotate(photo, outcome.task, folder)
    return True


def _report_failure(console: Console, photo: Path, reason: str, *, is_json: bool) -> None:
    if is_json:
        fields = {"photo": str(photo), "ok": False, "error": reason}
        console.out(json.dumps(fields, ensure_ascii=False), highlight=False)
    else:
        click.echo(f"✗ {photo}: {reason}", err=True)


def _annotate(photo: Path, task: Task, folder: Path) -> None:
    target = folder / f"{photo.stem}.jpg"
    try:
        annotate(photo.read_bytes(), task.labels or [], target)
        click.echo(f"  with boxes: {target}", err=True)
    except PhotoError as error:
        click.echo(f"  {error}", err=True)


def _name(photo: Source) -> Path:
    assert isinstance(photo, Path)  # As it was given
    return photo
