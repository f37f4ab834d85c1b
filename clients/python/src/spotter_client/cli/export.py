"""`spotter export`: many results, or the photos, in one file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from spotter_client._sync.client import Spotter
from spotter_client._sync.exports import Format
from spotter_client.cli.options import read_search, search_options

FORMATS: tuple[Format, ...] = ("ndjson", "csv", "coco", "xmp", "originals")


@click.command()
@search_options
@click.option("--format", type=click.Choice(FORMATS), default="csv", help="What the file holds.")
@click.option(
    "--output", "-o", type=click.Path(path_type=Path), help="The file; else the service names it."
)
def export(format: Format, output: Path | None, **which: Any) -> None:
    """Save all results that have all LABELs, or all results, in one file."""
    console = Console(stderr=True)
    with Spotter.from_login() as spotter, console.status("Exporting"):
        export_id = spotter.exports.create(format, read_search(**which)).export_id
        done = spotter.exports.wait(export_id)
        # A name from outside must not lead out of this folder.
        target = output or Path(Path(done.file_name).name)
        saved = spotter.exports.save(done, target)
    console.print(f"{done.photos} photos in {saved}", highlight=False, soft_wrap=True)
