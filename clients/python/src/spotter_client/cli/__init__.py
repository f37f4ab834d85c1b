"""The command `spotter`."""

from __future__ import annotations

import sys

import click
from rich.console import Console

from spotter_client.cli.export import export
from spotter_client.cli.keys import keys
from spotter_client.cli.live import live
from spotter_client.cli.login import login, logout, token
from spotter_client.cli.look import look
from spotter_client.cli.search import search, tail
from spotter_client.cli.usage import usage
from spotter_client.cli.watch import watch
from spotter_client.cli.webhooks import webhooks
from spotter_client.errors import SpotterError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "show_default": True})
@click.version_option(package_name="spotter-client")
def spotter() -> None:
    """Send photos to Spotter and get what is in them.

    Begin with `spotter login ADDRESS`. In scripts set SPOTTER_API and SPOTTER_KEY instead.
    """


COMMANDS = (
    login,
    logout,
    token,
    keys,
    webhooks,
    usage,
    look,
    watch,
    search,
    export,
    tail,
    live,
)
for command in COMMANDS:
    spotter.add_command(command)


def main() -> None:
    """Run the command. An error of the service is one line, without a traceback."""
    try:
        spotter()
    except SpotterError as error:
        Console(stderr=True).print(f"[bold red]✗[/] {error}", highlight=False, soft_wrap=True)
        sys.exit(1)
