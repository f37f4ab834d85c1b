"""Writes the results as a table and as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.drill.plan import Row

LEGEND = (
    "lost: accepted, and not final in one of the regions at the end. wrong: failed, with labels of"
    " another photo, or not\nthe same in both regions. doubled: photos with more than one task."
    " refused: the client gave up before a 2xx\nanswer. turned: from the outage until the other"
    " region answers. takeover: how long the operator's commands ran.\nadopted: tasks that the"
    " survivor took over. final: from the outage until all photos that the survivor knows\nare"
    " final; from the end of a cut until both regions say the same. after return: photos that were"
    " final only when\nthe region was back. restored: successes that a failure of the other region"
    " had replaced. answered: share of\nrequests from the outage until the last photo was sent."
)


def save_report(rows: Sequence[Row], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")


def show_report(rows: Sequence[Row], console: Console) -> None:
    """Print one line for each scenario, and the meaning of the columns."""
    table = Table(title="A lost region")
    for column in asdict(rows[0]):
        justify: Any = "left" if column == "scenario" else "right"
        table.add_column(column.removesuffix("_seconds").replace("_", "\n"), justify=justify)
    for row in rows:
        cells = (format_cell(name, value) for name, value in asdict(row).items())
        table.add_row(*cells, style=None if row.is_good else "bold red")
    console.print(table)
    console.print(LEGEND, highlight=False)


def format_cell(name: str, value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.0%}" if name == "answered" else str(value)


def describe(row: Row) -> str:
    """Describe one scenario in one line."""
    return (
        f"of {row.accepted} photos {row.lost} lost, {row.wrong} wrong, {row.doubled} doubled;"
        f" all final after {row.final_seconds} s"
    )
