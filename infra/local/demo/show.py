"""The demo: sends each photo to the API, prints a table and saves an annotated copy."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from infra.local.demo.client import Form, open_spotter, to_json
from infra.local.errors import LocalError
from infra.local.layout import DEMO_PICTURES, PHOTOS
from infra.local.state import State
from spotter_client import Spotter, SpotterError
from spotter_client.cli.show import build_labels
from spotter_client.draw import annotate
from spotter_client.models import Task
from spotter_client.photos import read_photo

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True)
class Outcome:
    """The result of one photo."""

    photo: Path
    seconds: float
    task: Task | None = None
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
    with open_spotter(state, state.people[0]) as spotter:
        spotter.get_token()
        outcomes = [_recognise(spotter, photo, form, report) for photo in photos]
    return all(outcome.error is None for outcome in outcomes)


def show_outcome(console: Console, outcome: Outcome) -> None:
    """Print a table of one photo's labels."""
    if outcome.task is None:
        line = f"[bold red]✗[/] {outcome.photo}: {outcome.error}"
        console.print(line, highlight=False, soft_wrap=True)
        return
    title = f"{outcome.photo.name}  [dim]{outcome.seconds:.2f} s[/]"
    console.print(build_labels(outcome.task.labels or [], title))
    console.print(f"  with boxes: {outcome.picture}\n", highlight=False, soft_wrap=True)


def build_line(outcome: Outcome) -> str:
    """The result of one photo as one line of JSON."""
    task = to_json(outcome.task) if outcome.task else {}
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
    spotter: Spotter, photo: Path, form: Form | None, report: Callable[[Outcome], None]
) -> Outcome:
    started = time.monotonic()
    try:
        ready = read_photo(photo)
        by_form = form is Form.PRESIGNED
        task = spotter.wait(spotter.upload_by_form(ready)) if by_form else spotter.look(ready)
        seconds = time.monotonic() - started
        picture = DEMO_PICTURES / f"{photo.stem}.jpg"
        annotate(ready.data, task.labels or [], picture)
        outcome = Outcome(photo, seconds, task, picture)
    except (SpotterError, OSError) as error:
        outcome = Outcome(photo, time.monotonic() - started, error=str(error))
    report(outcome)
    return outcome
