"""Messages for the person who starts the system."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.logging import RichHandler

from infra.local.errors import LocalError
from infra.local.layout import Layout
from infra.local.state import State


@contextmanager
def show_step(console: Console, title: str) -> Iterator[None]:
    """Show a step while it runs, and its duration when it is done."""
    started = time.monotonic()
    if not console.is_terminal:
        console.print(f"… {title}")
    with console.status(title):
        yield
    console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - started:.1f} s[/]")


def show_error(console: Console, error: LocalError) -> None:
    console.print(f"\n[bold red]✗[/] {error.message}", highlight=False)
    console.print(f"[bold]→[/] {error.next_step}", highlight=False)


def show_state(console: Console, state: State, layout: Layout) -> None:
    """Print all addresses and accounts of a running system."""
    console.rule("[bold]Spotter is up[/]")
    lines = [
        ("Web page", state.spa_origin),
        ("API", state.api_url),
        ("Operators' portal", state.portal_url),
        *_describe_regions(state),
        ("AWS endpoint", f"{state.endpoint} (region {state.region})"),
        ("For AWS clients", 'eval "$(.venv/bin/python -m infra.local.profile)"'),
        ("Settings", str(layout.state)),
        ("Logs", str(layout.logs)),
        *((person.email, f"password {person.password}") for person in state.people),
        ("Try a photo", ".venv/bin/python -m infra.local.demo PHOTO..."),
        ("Stop", "Ctrl-C keeps the data. Delete the data with: make clean"),
    ]
    for name, value in lines:
        console.print(f"  [bold]{name:<22}[/]{value}", highlight=False, soft_wrap=True)


def _describe_regions(state: State) -> list[tuple[str, str]]:
    """How to lose a region, in a system of two."""
    if not state.takeover:
        return []
    command = ".venv/bin/python -m infra.local.regions"
    return [("Regions", f"{state.takeover['REGIONS']}. Lose one: {command} down {state.region}")]


def set_up_logging(console: Console) -> None:
    """Print our warnings between the steps."""
    handler = RichHandler(console=console, show_path=False, show_time=False)
    logging.basicConfig(level=logging.WARNING, format="%(message)s", handlers=[handler])
