"""The demo: sends each photo to the API, prints a table and saves an annotated copy."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx
from rich.console import Console
from rich.table import Table

from infra.local.demo.client import DemoError, Form, Json, SpotterClient, sign_in
from infra.local.errors import LocalError
from infra.local.layout import DEMO_PICTURES, PHOTOS
from infra.local.state import State
from pipeline.core.errors import PermanentError
from pipeline.core.labels import Label
from pipeline.worker.vision.draw import annotate

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
SHOWN_LABELS = 8


@dataclass(frozen=True)
class Outcome:
    """The result of one photo."""

    photo: Path
    seconds: float
    task: Json | None = None
    picture: Path | None = None
    error: str | None = None


def find_demo_photos() -> list[Path]:
    """The demo photos of the repository."""
    return sorted(path for path in PHOTOS.glob("*") if path.suffix.lower() in SUFFIXES)


def recognise_all(
    state: State,
    photos: Sequence[Path],
    report: Callable[[Outcome], None],
    form: Form | None = None,
) -> bool:
    """Send all photos as the demo user, one after the other.

    Returns:
        Whether all photos got a result.
    """
    if not photos:
        raise LocalError("There is no photo to recognise.", "Give file names: PHOTO...")
    with SpotterClient(state.api_url, sign_in(state, state.people[0])) as client:
        outcomes = [_recognise(client, photo, form, report) for photo in photos]
    return all(outcome.error is None for outcome in outcomes)


def show_outcome(console: Console, outcome: Outcome) -> None:
    """Print a table of one photo's labels."""
    if outcome.task is None:
        line = f"[bold red]✗[/] {outcome.photo}: {outcome.error}"
        console.print(line, highlight=False, soft_wrap=True)
        return
    title = f"{outcome.photo.name}  [dim]{outcome.seconds:.2f} s[/]"
    table = Table("Label", "Sure", "Boxes", "Is a", title=title, title_justify="left", min_width=60)
    for label in outcome.task["labels"][:SHOWN_LABELS]:
        parents = ", ".join(parent["name"] for parent in label["parents"])
        count = len(label["instances"])
        table.add_row(
            label["name"],
            f"{label['confidence']:.0f} %",
            f"{count}" if count else "",
            parents,
        )
    if not outcome.task["labels"]:
        table.add_row("[dim]no label above the minimum confidence[/]")
    console.print(table)
    console.print(f"  with boxes: {outcome.picture}\n", highlight=False, soft_wrap=True)


def build_line(outcome: Outcome) -> str:
    """The result of one photo as one line of JSON."""
    task = outcome.task or {}
    return json.dumps(
        {
            "photo": str(outcome.photo),
            "ok": outcome.error is None,
            "error": outcome.error,
            "seconds": round(outcome.seconds, 3),
            "taskId": task.get("taskId"),
            "labels": task.get("labels", []),
            "timings": task.get("timings"),
            "picture": str(outcome.picture) if outcome.picture else None,
        }
    )


def _recognise(
    client: SpotterClient, photo: Path, form: Form | None, report: Callable[[Outcome], None]
) -> Outcome:
    started = time.monotonic()
    try:
        task = client.recognise(photo, form)
        seconds = time.monotonic() - started
        labels = [Label.model_validate(label) for label in task["labels"]]
        picture = DEMO_PICTURES / f"{photo.stem}.jpg"
        annotate(photo.read_bytes(), labels, picture)
        outcome = Outcome(photo, seconds, task, picture)
    except (DemoError, OSError, PermanentError, httpx.HTTPError) as error:
        outcome = Outcome(photo, time.monotonic() - started, error=str(error))
    report(outcome)
    return outcome
