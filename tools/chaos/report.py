"""Writes the results as tables and as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.chaos.live.frames import FrameRow
from tools.chaos.run import Row

AnyRow = Row | FrameRow

PHOTOS_LEGEND = (
    "lost: accepted, never final. duplicated: a result stored twice, or changed when it was"
    " final.\nwrong: labels or sha256 of another photo, or a wrong reason for a failure."
    " failed: retries exhausted.\nrefused: the client gave up before a 2xx answer."
    " struck: strikes of the fault. recovery: from the end of\nthe fault until every"
    " picture accepted before is final."
)
HINTS_LEGEND = (
    "unheard: finished tasks whose owner got no hint. heard twice: tasks with more than one."
    " kept: records in the\nqueue of failures. poison: records that nobody can announce; each must"
    " be kept, and nothing else."
)
CALLS_LEGEND = (
    "lost: finished tasks whose receiver was never told. repeated: told more than once. wrong:"
    " another outcome, a\nwrong signature, or a redirect that was followed. refused: calls that the"
    " receiver did not take. recovery: until\nits last call came. others wait: the longest way of a"
    " call to a healthy receiver."
)
FRAMES_LEGEND = (
    "dropped: too old or failed, and its camera was told. silent: no answer within 2 s. wrong:"
    " labels of another\npicture. recovered: cameras with an answer after the fault. longest gap:"
    " a camera without an answer."
)


def build_row(row: AnyRow) -> dict[str, Any]:
    """A row as it stands in build/chaos.json."""
    if isinstance(row, FrameRow):
        struck = {"struck": row.struck, "recovered": row.recovered}
        return {"fault": row.fault, **struck, **asdict(row.count)}
    return {
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


def build_hints_row(row: Row) -> dict[str, Any]:
    assert row.hints
    return {
        "fault": row.fault,
        "tasks": row.verdict.tasks,
        "unheard": row.hints.missing,
        "heard_twice": row.hints.repeated,
        "kept": row.hints.kept,
        "poison": row.hints.poison,
        "struck": row.struck,
    }


def build_calls_row(row: Row) -> dict[str, Any]:
    assert row.calls
    counts = asdict(row.calls)
    return {"fault": row.fault, "tasks": row.verdict.tasks, **counts, "struck": row.struck}


def save_report(rows: Sequence[AnyRow], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps([_build_all(row) for row in rows], indent=2) + "\n")


def _build_all(row: AnyRow) -> dict[str, Any]:
    found = build_row(row)
    if isinstance(row, Row) and row.hints:
        found |= build_hints_row(row)
    if isinstance(row, Row) and row.calls:
        found["calls"] = build_calls_row(row)
    return found


def show_report(rows: Sequence[AnyRow], console: Console, *, visibility_seconds: int) -> None:
    """Print one line for each fault, and the meaning of the columns."""
    photos = [row for row in rows if isinstance(row, Row)]
    told = [row for row in photos if row.hints]
    called = [row for row in photos if row.calls]
    frames = [row for row in rows if isinstance(row, FrameRow)]
    title = f"Faults, with a visibility timeout of {visibility_seconds} s"
    for name, shown, values, legend in (
        (title, photos, [build_row(row) for row in photos], PHOTOS_LEGEND),
        ("Hints of the same faults", told, [build_hints_row(row) for row in told], HINTS_LEGEND),
        ("Calls of webhooks", called, [build_calls_row(row) for row in called], CALLS_LEGEND),
        ("Frames of cameras", frames, [build_row(row) for row in frames], FRAMES_LEGEND),
    ):
        if shown:
            _show_table(name, [row.is_good for row in shown], values, console)
            console.print(legend, highlight=False)


def _show_table(
    title: str, goods: Sequence[bool], values: Sequence[dict[str, Any]], console: Console
) -> None:
    table = Table(title=title)
    for column in values[0]:
        justify: Any = "left" if column == "fault" else "right"
        table.add_column(column.removesuffix("_seconds").replace("_", "\n"), justify=justify)
    for is_good, row in zip(goods, values, strict=True):
        table.add_row(*map(str, row.values()), style=None if is_good else "bold red")
    console.print(table)


def describe(row: AnyRow) -> str:
    """Describe one fault in one line."""
    if isinstance(row, FrameRow):
        count = row.count
        return (
            f"struck {row.struck} times; of {count.sent} frames {count.answered} answered, "
            f"{count.silent} silent, {count.wrong} wrong; longest gap {count.longest_gap_seconds} s"
        )
    verdict = row.verdict
    told = f"; {row.hints.missing} unheard" if row.hints else ""
    told += f"; {row.calls.lost} calls lost" if row.calls else ""
    return (
        f"struck {row.struck} times; of {verdict.tasks} tasks {verdict.lost} lost, "
        f"{verdict.wrong} wrong, {verdict.duplicated} duplicated{told}; all done after "
        f"{row.recovery_seconds} s"
    )
