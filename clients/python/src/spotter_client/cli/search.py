"""`spotter search` and `spotter tail`: results of before, and results as they come."""

from __future__ import annotations

from typing import Any

import click
from rich.console import Console

from spotter_client._sync.client import Spotter
from spotter_client.cli.options import as_json, read_search, search_options
from spotter_client.cli.show import print_task
from spotter_client.live import Tail


@click.command()
@search_options
@click.option("--limit", type=click.IntRange(1), default=50, help="The most results.")
@as_json
def search(limit: int, is_json: bool, **which: Any) -> None:
    """Find photos that have all LABELs, newest first."""
    console = Console()
    with Spotter.from_login() as spotter:
        for task in spotter.search(read_search(**which), limit=limit):
            print_task(console, task, is_json=is_json)


@click.command()
@click.option("--count", type=click.IntRange(1), help="Stop after this many results.")
@as_json
def tail(count: int | None, is_json: bool) -> None:
    """Print each result of your account as soon as it is there. Ctrl-C stops it."""
    console = Console()
    with Spotter.from_login() as spotter:
        try:
            for number, task in enumerate(Tail(spotter), start=1):
                print_task(console, task, is_json=is_json)
                if number == count:
                    return
        except KeyboardInterrupt:
            return
