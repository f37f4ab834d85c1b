"""Measure live recognition on one worker core: `python -m tools.bench.live`.

It starts its own local system on free ports in an empty folder and takes about two minutes. Compare
the numbers of one run only: another machine is faster or slower.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

import httpx
import numpy as np
from rich.console import Console
from rich.table import Table

from infra.local.clients import Clients
from infra.local.console import set_up_logging, show_error, show_step
from infra.local.demo.camera import read_camera
from infra.local.demo.client import TIMEOUT_SECONDS, Json, SpotterClient, sign_in
from infra.local.demo.live_client import LiveStream, run_at_rate, run_closed_loop
from infra.local.demo.show import find_demo_photos
from infra.local.errors import LocalError
from infra.local.layout import PHOTOS, REPOSITORY, Layout
from infra.local.ports import find_free_port
from infra.local.resources.frames import build_worker_variables
from infra.local.state import State
from infra.local.supervisor import ended_by_signals, running
from tools.bench.api import lift_limits
from tools.bench.worker import running_worker, stop_workers

REPORT = REPOSITORY / "build" / "bench-live.json"
WARM_UP_FRAMES = 10
FRAMES = 40
CAMERAS = 6
RATE = 4.0
SECONDS = 12
PHOTO_PAUSE_SECONDS = 0.5


@dataclass(frozen=True)
class Row:
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
    try:
        with (
            tempfile.TemporaryDirectory(prefix="spotter-live-") as folder,
            ended_by_signals(),
            running(Layout(Path(folder)), find_free_port(), console) as (state, _),
        ):
            rows = _measure(state, Layout(Path(folder)), console)
    except LocalError as error:
        show_error(console, error)
        return 1
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps([asdict(row) for row in rows], indent=2) + "\n")
    _show(rows, console)
    return 0


def _measure(state: State, layout: Layout, console: Console) -> list[Row]:
    clients = Clients(state.endpoint, state.root_key)
    lift_limits(clients)
    stop_workers(clients, layout)
    more = {**build_worker_variables(state.endpoint), "CONCURRENCY": "1"}
    with running_worker(state, layout, more=more), _user(state) as http:
        with show_step(console, "Warming up"):
            _run_cameras(http, 1, "warm up", _closed_loop(WARM_UP_FRAMES))
        with show_step(console, "One camera, then four"):
            one = _run_cameras(http, 1, "1 camera, closed loop", _closed_loop(FRAMES))
            four = _run_cameras(http, 4, "4 cameras, closed loop", _closed_loop(FRAMES))
        with show_step(console, "Photos alone, then beside six cameras that send too much"):
            idle = _send_photos(state, "photos, no camera")
            with ThreadPoolExecutor(1) as pool:
                cameras = pool.submit(
                    _run_cameras, http, CAMERAS, f"{CAMERAS} cameras, {RATE:.0f} frames/s", _pushed
                )
                beside = _send_photos(state, "photos beside them")
                pushed = cameras.result()
    return [one, four, idle, pushed, beside]


def _user(state: State) -> httpx.Client:
    headers = {"Authorization": sign_in(state, state.people[0])}
    return httpx.Client(base_url=state.api_url, headers=headers, timeout=TIMEOUT_SECONDS)


Drive = Callable[[LiveStream, list[Json]], int]
"""Sends frames, notes their answers, and returns how many it sent."""


def _closed_loop(count: int) -> Drive:
    def drive(stream: LiveStream, answers: list[Json]) -> int:
        run_closed_loop(stream, islice(read_camera(PHOTOS), count), answers.append)
        return count

    return drive


def _pushed(stream: LiveStream, answers: list[Json]) -> int:
    count = round(SECONDS * RATE)
    frames = islice(read_camera(PHOTOS), count)
    run_at_rate(stream, frames, answers.append, rate=RATE, cap=count)
    return count


def _run_cameras(http: httpx.Client, count: int, name: str, drive: Drive) -> Row:
    """Let cameras send at the same time, each with a socket of its own."""
    answers: list[Json] = []

    def run(number: int) -> int:
        with LiveStream(http, f"camera {number}") as stream:
            return drive(stream, answers)

    with ThreadPoolExecutor(count) as pool:
        sent = sum(pool.map(run, range(count)))
    succeeded = [answer for answer in answers if answer["status"] == "succeeded"]
    waited = [answer["roundTripMs"] for answer in succeeded if answer["roundTripMs"] is not None]
    ages = [answer["ageMs"] for answer in succeeded]
    return Row(
        name,
        sent,
        len(succeeded),
        sent - len(succeeded),
        _percentile(waited, 50),
        _percentile(waited, 95),
        _percentile(ages, 95),
    )


def _send_photos(state: State, name: str) -> Row:
    """Send one photo after the other, and wait for each result."""
    photos = find_demo_photos()
    seconds: list[float] = []
    deadline = time.monotonic() + SECONDS
    with SpotterClient(state.api_url, sign_in(state, state.people[0])) as client:
        while time.monotonic() < deadline:
            photo = photos[len(seconds) % len(photos)]
            started = time.perf_counter()
            client.recognise(photo)
            seconds.append(time.perf_counter() - started)
            time.sleep(PHOTO_PAUSE_SECONDS)
    waited = [1000 * each for each in seconds]
    count = len(waited)
    return Row(name, count, count, 0, _percentile(waited, 50), _percentile(waited, 95), None)


def _percentile(values: list[float], percent: int) -> float:
    return round(float(np.percentile(values, percent)), 1) if values else float("nan")


def _show(rows: list[Row], console: Console) -> None:
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
