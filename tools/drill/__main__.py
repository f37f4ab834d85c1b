"""Loses a region under load and counts what becomes of the photos: `make drill`.

It starts a local system of two regions on free ports in an empty folder, plays the scenarios one
after the other, and ends by itself. Examples:

    python -m tools.drill --list
    python -m tools.drill --photos 40 cold_survivor
"""

from __future__ import annotations

import argparse
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from types import FrameType

from rich.console import Console

from infra.local.console import set_up_logging, show_error, show_step
from infra.local.errors import LocalError
from infra.local.layout import REPOSITORY, Layout
from infra.local.ports import find_free_port
from infra.local.regions.plan import build_plan
from infra.local.signals import ended_by_signals
from infra.local.supervisor import running
from spotter_client import SpotterError
from tools.chaos.ledger import Labels, read_records
from tools.chaos.load import Load
from tools.chaos.photos import find_photos
from tools.chaos.run import collect_labels
from tools.drill.counts import have_same_records
from tools.drill.plan import SCENARIOS, Row
from tools.drill.report import describe, save_report, show_report
from tools.drill.scenarios import play
from tools.drill.scene import LOST, SURVIVOR, Scene, wait_until

REPORT = REPOSITORY / "build" / "drill.json"
PHOTOS = 40
VISIBILITY_SECONDS = 15
"""A message of a killed worker comes back after so long; after 60 s on AWS."""
LIMIT_SECONDS = 1200
LOG_COLUMNS = 150


def main() -> int:
    arguments = _parse()
    if arguments.list:
        sys.stdout.write("\n".join(SCENARIOS) + "\n")
        return 0
    # A log file has no width; rich would cut the table at 80 columns.
    console = Console(width=None if sys.stdout.isatty() else LOG_COLUMNS)
    set_up_logging(console)
    chosen, rows = list(arguments.scenarios or SCENARIOS), list[Row]()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="spotter-drill-") as folder,
            _bounded(),
            ended_by_signals(),
        ):
            _run(Layout(Path(folder)), chosen, arguments.photos, rows, console)
    except LocalError as error:
        show_error(console, error)
    except (SpotterError, subprocess.TimeoutExpired) as error:
        show_error(console, LocalError(f"{error}.", "Stop other programs and try again."))
    except KeyboardInterrupt:
        console.print("Stopped before the end.")
    if rows:
        save_report(rows, arguments.output)
        show_report(rows, console)
    return 0 if len(rows) == len(chosen) and all(row.is_good for row in rows) else 1


def _run(
    layout: Layout, chosen: Sequence[str], photos: int, rows: list[Row], console: Console
) -> None:
    with running(layout, find_free_port(), console, regions=build_plan()) as (state, server):
        scene = Scene(state, layout, server.process.pid)
        _shorten_visibility(scene)
        load = Load(state, find_photos(layout.root))
        with show_step(console, "Reading the labels of the photos"):
            references = _learn(scene, load)
        for number, name in enumerate(chosen, 1):
            with show_step(console, f"{name} ({number} of {len(chosen)})"):
                rows.append(play(scene, load, references, SCENARIOS[name], photos))
            console.print(f"  {describe(rows[-1])}", highlight=False)


def _learn(scene: Scene, load: Load) -> dict[str, Sequence[Labels]]:
    """The labels of each photo while nothing is broken."""
    count = len(find_photos(scene.layout.root))
    load.run(load.build_pictures(count), count * 0.5, Event())
    wait_until(lambda: have_same_records(scene, load.accepted), "All photos have labels")
    records = read_records(scene.connect(LOST), load.accepted)
    labels = collect_labels(load.accepted, records, count)
    return {photo: [found] for photo, found in labels.items()}


def _shorten_visibility(scene: Scene) -> None:
    for region, state in ((LOST, scene.state), (SURVIVOR, scene.second)):
        scene.connect(region).sqs.set_queue_attributes(
            QueueUrl=state.task_queue_url,
            Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)},
        )


@contextmanager
def _bounded() -> Iterator[None]:
    def give_up(number: int, frame: FrameType | None) -> None:
        raise LocalError(f"The drill took longer than {LIMIT_SECONDS} s.", "Look at what is above.")

    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(LIMIT_SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.drill", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="default: all")
    parser.add_argument("--list", action="store_true", help="name the scenarios")
    parser.add_argument("--photos", type=int, default=PHOTOS, help="photos for each scenario")
    parser.add_argument("--output", type=Path, default=REPORT)
    arguments = parser.parse_args()
    if unknown := set(arguments.scenarios) - set(SCENARIOS):
        parser.error(f"no such scenario: {', '.join(sorted(unknown))}; see --list")
    return arguments


if __name__ == "__main__":
    sys.exit(main())
