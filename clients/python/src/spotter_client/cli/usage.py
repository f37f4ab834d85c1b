"""`spotter usage`: limits, what is left of them, and what was sent."""

from __future__ import annotations

import click
from rich.console import Console
from rich.table import Table

from spotter_client._sync.client import Spotter
from spotter_client.models import Usage


@click.command()
@click.option("--json", "is_json", is_flag=True, help="All of it as JSON.")
def usage(is_json: bool) -> None:
    """Show your limits and what you sent in the last 30 days."""
    with Spotter.from_login() as spotter:
        found = spotter.get_usage()
    if is_json:
        click.echo(found.model_dump_json(by_alias=True))
        return
    console = Console()
    console.print(_build_limits(found))
    console.print(_build_days(found))


def _build_limits(found: Usage) -> Table:
    table = Table("Limit", "Left", "At once", "Each second", title="Limits", title_justify="left")
    for limit in found.limits:
        table.add_row(
            limit.name, f"{limit.left:,.0f}", f"{limit.at_once:,.0f}", f"{limit.per_second:,.2f}"
        )
    return table


def _build_days(found: Usage) -> Table:
    table = Table("Day", "Photos", "MB", "Refused", title="Sent", title_justify="left")
    for day in found.days:
        if day.photos or day.refused:
            table.add_row(
                str(day.day), f"{day.photos:,}", f"{day.bytes / 1e6:,.1f}", f"{day.refused:,}"
            )
    return table
