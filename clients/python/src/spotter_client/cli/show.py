"""How results are printed."""

from __future__ import annotations

import json
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from spotter_client.models import Label, Task

SHOWN_LABELS = 8


def build_labels(labels: Sequence[Label], title: str) -> Table:
    """A table of one photo's labels."""
    table = Table("Label", "Sure", "Boxes", "Is a", title=title, title_justify="left", min_width=60)
    for label in labels[:SHOWN_LABELS]:
        table.add_row(
            label.name,
            f"{label.confidence:.0f} %",
            f"{len(label.instances) or ''}",
            ", ".join(parent.name for parent in label.parents),
        )
    if not labels:
        table.add_row("[dim]no label above the minimum confidence[/]")
    return table


def build_line(task: Task) -> str:
    """One task in one line."""
    names = ", ".join(label.name for label in (task.labels or [])[:SHOWN_LABELS])
    when = task.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
    reason = task.error.code if task.error else task.status.value
    return f"{when}  {task.task_id}  {task.file_name or '-'}  {names or reason}"


def print_task(console: Console, task: Task, *, is_json: bool) -> None:
    """Print a task as JSON or in one line."""
    if is_json:
        print_json(console, task)
    else:
        console.print(build_line(task), highlight=False, markup=False, soft_wrap=True)


def print_json(console: Console, task: Task, **more: object) -> None:
    """Print a task as one line of JSON, as the API wrote it, after these fields."""
    fields = {**more, **task.model_dump(mode="json", by_alias=True)}
    console.out(json.dumps(fields, ensure_ascii=False), highlight=False)
