"""Measure live recognition on one worker core: `python -m tools.bench.live`.

It starts its own local system on free ports in an empty folder and takes about two minutes. Compare
the numbers of one run only: another machine is faster or slower.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import psutil
from rich.console import Console
from rich.table import Table

from infra.local.clients import Clients
from infra.local.console import set_up_logging, show_error, show_step
from infra.local.demo.client import open_spotter
from infra.local.demo.show import find_demo_photos
from infra.local.errors import LocalError
from infra.local.layout import PHOTOS, REPOSITORY, Layout
from infra.local.ports import find_free_port
from infra.local.resources.frames import build_worker_variables
from infra.local.signals import ended_by_signals
from infra.local.state import State
from infra.local.supervisor import running
from spotter_client import Hints, Spotter
from spotter_client.cameras import FrameAnswer, LiveStream, run_at_rate, run_closed_loop
from spotter_client.frames import read_frames
from spotter_client.models import StreamRequest
from tools.bench.api import lift_limits
from tools.bench.placement import Placement, choose_placement, measured, pinned
from tools.bench.worker import running_worker, stop_workers

REPORT = REPOSITORY / "build" / "bench-live.json"
WARM_UP_FRAMES = 10
CAMERAS = 6
RATE = 4.0
WARM_UP_SECONDS = 3.0
PHOTO_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Size:
    """How long it is measured."""

    frames: int = 40
    """Frames of each camera that waits for its answers."""
    seconds: float = 20
    """Time for which photos are sent."""


@dataclass(frozen=True)
class LiveRow:
    """What some cameras or photos saw."""

    name: str
    sent: int
    succeeded: int
    unanswered: int
    """Frames that were dropped or failed, or whose answer did not come in time."""
    p50_ms: float
    p95_ms: float
    age_p95_ms: float | None
    """Age of the answered frames when their answer went out."""


def main() -> int:
    argparse.ArgumentParser(description=__doc__).parse_args()
    console = Console()
    set_up_logging(console)
    placement = choose_placement()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="spotter-live-") as folder,
            ended_by_signals(),
            running(layout := Layout(Path(folder)), find_free_port(), console) as (state, server),
        ):
            clients = Clients(state.endpoint, state.root_key)
            lift_limits(clients)
            stop_workers(clients, layout)
            with measured(placement, psutil.Process(server.process.pid)):
                rows = measure_live(state, layout, placement, console, Size())
    except LocalError as error:
        show_error(console, error)
        return 1
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    _show(rows, console)
    return 0


def measure_live(
    state: State,
    layout: Layout,
    placement: Placement,
    console: Console,
    size: Size,
) -> list[LiveRow]:
    """Measure cameras, and photos beside cameras that send too much, on one worker core."""
    more = {**build_worker_variables(state.endpoint), "CONCURRENCY": "1"}
    with (
        running_worker(state, layout, more=more),
        pinned(placement.theirs, placement),
        open_spotter(state, state.people[0]) as spotter,
    ):
        with show_step(console, f"Starting a process per request for {CAMERAS} cameras"):
            # This takes long on a small machine and happens once.
            _run_cameras(spotter, CAMERAS, "warm up", _closed_loop(WARM_UP_FRAMES))
        with show_step(console, "One camera, then four"):
            one = _run_cameras(spotter, 1, "1 camera", _closed_loop(size.frames))
            four = _run_cameras(spotter, 4, "4 cameras", _closed_loop(size.frames))
        with show_step(console, f"Photos alone, then beside {CAMERAS} cameras that send too much"):
            _send_photos(state, "warm up", WARM_UP_SECONDS)
            idle = _send_photos(state, "photos without cameras", size.seconds)
            with ThreadPoolExecutor(1) as pool:
                name = f"{CAMERAS} cameras that push {RATE:.0f} frames a second"
                cameras = pool.submit(_run_cameras, spotter, CAMERAS, name, _push(size.seconds))
                beside = _send_photos(state, "photos beside them", size.seconds)
                pushed = cameras.result()
    return [one, four, *idle, pushed, *beside]


Drive = Callable[[LiveStream, list[FrameAnswer]], int]
"""Sends frames, notes their answers, and returns how many it sent."""


def _closed_loop(count: int) -> Drive:
    def drive(stream: LiveStream, answers: list[FrameAnswer]) -> int:
        run_closed_loop(stream, itertools.islice(read_frames(PHOTOS), count), answers.append)
        return count

    return drive


def _push(seconds: float) -> Drive:
    def drive(stream: LiveStream, answers: list[FrameAnswer]) -> int:
        count = round(seconds * RATE)
        frames = itertools.islice(read_frames(PHOTOS), count)
        run_at_rate(stream, frames, answers.append, rate=RATE, cap=count)
        return count

    return drive


def _run_cameras(spotter: Spotter, count: int, name: str, drive: Drive) -> LiveRow:
    """Let cameras send at the same time, each with a socket of its own."""
    answers: list[FrameAnswer] = []

    def run(number: int) -> int:
        with LiveStream(spotter, StreamRequest(name=f"camera {number}")) as stream:
            return drive(stream, answers)

    with ThreadPoolExecutor(count) as pool:
        sent = sum(pool.map(run, range(count)))
    succeeded = [answer for answer in answers if answer["status"] == "succeeded"]
    waited = [answer["roundTripMs"] for answer in succeeded if answer["roundTripMs"] is not None]
    ages = [answer["ageMs"] for answer in succeeded]
    return LiveRow(
        name,
        sent,
        len(succeeded),
        sent - len(succeeded),
        *_get_percentiles(waited),
        _percentile(ages, 95),
    )


def _send_photos(state: State, name: str, seconds: float) -> list[LiveRow]:
    """Send one photo after the other, and wait for each result.

    Returns:
        A row of the uploads, and one from uploaded to visible.
    """
    photos = itertools.cycle(find_demo_photos())
    uploads: list[float] = []
    waits: list[float] = []
    deadline = time.monotonic() + seconds
    with open_spotter(state, state.people[1]) as spotter, Hints(spotter) as hints:
        while time.monotonic() < deadline:
            photo = next(photos)
            hints.open()
            started = time.perf_counter()
            task_id = spotter.upload(photo)
            uploaded = time.perf_counter()
            hints.wait(task_id)
            uploads.append(1000 * (uploaded - started))
            waits.append(1000 * (time.perf_counter() - uploaded))
            time.sleep(PHOTO_PAUSE_SECONDS)
    return [
        LiveRow(f"{name}, {part}", len(ms), len(ms), 0, *_get_percentiles(ms), None)
        for part, ms in (("upload", uploads), ("uploaded to visible", waits))
    ]


def _get_percentiles(values: list[float]) -> tuple[float, float]:
    return _percentile(values, 50), _percentile(values, 95)


def _percentile(values: list[float], percent: int) -> float:
    return round(float(np.percentile(values, percent)), 1) if values else float("nan")


def _show(rows: list[LiveRow], console: Console) -> None:
    table = Table(title="Live recognition on one worker core")
    for heading in ("What", "Sent", "Answered", "Unanswered", "p50 ms", "p95 ms", "Age p95 ms"):
        table.add_column(heading, justify="left" if heading == "What" else "right")
    for row in rows:
        age = "" if row.age_p95_ms is None else f"{row.age_p95_ms:.0f}"
        counts = (str(row.sent), str(row.succeeded), str(row.unanswered))
        table.add_row(row.name, *counts, f"{row.p50_ms:.0f}", f"{row.p95_ms:.0f}", age)
    console.print(table)


if __name__ == "__main__":
    sys.exit(main())
