"""Writes the results as a table and as JSON."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.chaos.run import Row


def build_rows(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The content of build/chaos.json."""
    return [
        {
            "fault": row.fault,
            "tasks": row.verdict.tasks,
            "lost": row.verdict.lost,
            "duplicated": row.verdict.duplicated,
            "wrong": row.verdict.wrong,
            "failed": row.verdict.failed,
            "refused": row.refused,
            "struck": row.struck,
            "dead_letters": row.dead_letters,
            "recovery_seconds": row.recovery_seconds,
        }
        for row in rows
    ]


def save_report(rows: Sequence[Row], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(build_rows(rows), indent=2) + "\n")


def show_report(rows: Sequence[Row], console: Console, *, visibility_seconds: int) -> None:
    """Print one line for each fault, and the meaning of the columns."""
    columns = list(build_rows(rows[:1])[0])
    table = Table(title=f"Faults, with a visibility timeout of {visibility_seconds} s")
    for column in columns:
        justify: Any = "left" if column == "fault" else "right"
        table.add_column(column.removesuffix("_seconds").replace("_", "\n"), justify=justify)
    for row, values in zip(rows, build_rows(rows), strict=True):
        style = None if is_good(row) else "bold red"
        table.add_row(*map(str, values.values()), style=style)
    console.print(table)
    console.print(
        "lost: accepted, never final. duplicated: a result stored twice, or changed when it was"
        " final.\nwrong: labels or sha256 of another photo, or a wrong reason for a failure."
        " failed: retries exhausted.\nrefused: the client gave up before a 2xx answer."
        " struck: strikes of the fault. recovery: from the end of\nthe fault until every"
        " picture accepted before is final.",
        highlight=False,
    )


def describe(row: Row) -> str:
    """Describe one fault in one line."""
    verdict = row.verdict
    return (
        f"struck {row.struck} times; of {verdict.tasks} tasks {verdict.lost} lost, "
        f"{verdict.wrong} wrong, {verdict.duplicated} duplicated; all done after "
        f"{row.recovery_seconds} s"
    )


def is_good(row: Row) -> bool:
    """Whether nothing was lost or wrong, and the fault did happen."""
    return not row.verdict.lost and not row.verdict.wrong and bool(row.struck)
