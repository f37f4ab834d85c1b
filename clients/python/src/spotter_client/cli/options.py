"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from spotter_client.options import Feature, Options, Search

Command = TypeVar("Command", bound=Callable[..., Any])


def _apply(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


look_options = _apply(
    click.option(
        "--min-confidence", type=click.FloatRange(0, 100), help="Leave out less sure labels."
    ),
    click.option("--max-labels", type=click.IntRange(1, 100), help="The most labels of a photo."),
    click.option("--text", is_flag=True, help="Also read text."),
    click.option("--colors", is_flag=True, help="Also name colours, brightness and sharpness."),
    click.option("--fine", is_flag=True, help="Look closer: finds more small things."),
    click.option("--reference", help="Your own name for these tasks."),
    click.option("--strip", is_flag=True, help="Remove place, camera and times before storing."),
)
"""How to look at photos."""

at_once = click.option(
    "--at-once", type=click.IntRange(1, 32), default=8, help="Photos sent at the same time."
)
as_json = click.option("--json", "is_json", is_flag=True, help="One line of JSON for each.")

search_options = _apply(
    click.argument("labels", nargs=-1, metavar="[LABEL]..."),
    click.option("--query", help="Words of labels, texts or file names."),
    click.option("--text", help="Words that were read in the photo."),
    click.option("--file-name", help="Part of a file name."),
    click.option("--reference", help="Your own name for the tasks."),
    click.option("--since", type=click.DateTime(), help="Sent at this time (UTC) or later."),
    click.option("--until", type=click.DateTime(), help="Sent before this time (UTC)."),
)
"""Which results."""


def read_options(
    *,
    min_confidence: float | None,
    max_labels: int | None,
    text: bool,
    colors: bool,
    fine: bool,
    reference: str | None,
    strip: bool,
) -> Options:
    """The values of `look_options`."""
    wanted: list[Feature] = ["labels"]
    if text:
        wanted.append("text")
    if colors:
        wanted.append("properties")
    return Options(
        reference=reference,
        min_confidence=min_confidence,
        max_labels=max_labels,
        features=wanted if len(wanted) > 1 else None,
        detail="fine" if fine else None,
        strip_metadata=strip or None,
    )


def read_search(
    *,
    labels: tuple[str, ...],
    query: str | None,
    text: str | None,
    file_name: str | None,
    reference: str | None,
    since: datetime | None,
    until: datetime | None,
) -> Search:
    """The values of `search_options`."""
    return Search(
        labels=labels,
        query=query,
        text=text,
        file_name=file_name,
        reference=reference,
        since=since and since.replace(tzinfo=UTC),
        until=until and until.replace(tzinfo=UTC),
    )
