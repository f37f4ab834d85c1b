"""Starts a peer, sends it load, and stops it."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

import httpx
import psutil

from infra.local.demo.show import find_demo_photos
from infra.local.errors import LocalError
from infra.local.layout import REPOSITORY
from infra.local.ports import HOST, find_free_port
from infra.local.venv import install_environment
from spotter_client.photos import read_photo
from tools.bench.bare import WARM_UP, Bare, BareLoop
from tools.bench.crowd import Crowd, pace, press
from tools.bench.placement import Placement, pinned
from tools.bench.turns import count_rate, take_turns

LOCK = REPOSITORY / "requirements/peers.txt"
SERVICE = "tools.bench.peers.bentoml_service:Spotter"
START_SECONDS = 90
STOP_SECONDS = 10
PRESSING = 20
TURN_SECONDS = 1.0

PEERS = {
    "LitServe": ("-m", "tools.bench.peers.litserve_server", "{port}", "{processes}"),
    "BentoML": ("-m", "bentoml", "serve", SERVICE, "--host", HOST, "--port", "{port}"),
}


@dataclass(frozen=True)
class PeerResult:
    """Results of one peer and of the bare loop in turns with it."""

    images_per_second: float  # With users who never pause
    bare: Bare
    p50_seconds: float  # With users who send one picture every ten seconds
    p95_seconds: float
    errors: int

    @property
    def over_bare_loop(self) -> float:
        return self.images_per_second / self.bare.images_per_second


def measure_peer(
    name: str, placement: Placement, seconds: float, *, users: int = 100
) -> PeerResult:
    """Measure throughput at full load, then latency at the promised load.

    Raises:
        LocalError: The peer did not start.
    """
    photos = find_demo_photos()
    with (
        BareLoop(placement) as bare_loop,
        _running(name, placement) as (process, url),
        pinned(placement.theirs, placement),
        httpx.Client(timeout=120) as client,
        ThreadPoolExecutor(1) as pool,
    ):

        def recognise(photo: Path) -> None:
            form = {"image": (photo.name, photo.read_bytes(), read_photo(photo).content_type)}
            client.post(f"{url}/recognise", files=form).raise_for_status()

        for photo in islice(cycle(photos), WARM_UP):
            recognise(photo)
        pressing = pool.submit(press, recognise, photos, users=PRESSING, seconds=seconds)
        family = [process, *process.children(recursive=True)]
        turns = take_turns(family, bare_loop, TURN_SECONDS, pressing.done)
        pressed, bare = pressing.result(), bare_loop.finish()
        paced: Crowd = pace(recognise, photos, users=users, seconds=seconds)
    p50, p95 = paced.get_percentiles(50, 95)
    return PeerResult(
        images_per_second=count_rate(pressed.ended_at, turns),
        bare=bare,
        p50_seconds=p50,
        p95_seconds=p95,
        errors=pressed.errors + paced.errors,
    )


@contextmanager
def _running(name: str, placement: Placement) -> Iterator[tuple[psutil.Process, str]]:
    python, port = install_environment("peers", LOCK), find_free_port()
    values = {"port": str(port), "processes": str(len(placement.ours))}
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "PYTHONPATH": str(REPOSITORY),
            "PEER_PROCESSES": values["processes"],
            "BENTOML_HOME": home,
            "BENTOML_DO_NOT_TRACK": "True",
        }
        log = Path(home) / "log"
        with pinned(placement.ours, placement), log.open("w") as output:
            process = subprocess.Popen(
                [str(python), *(part.format(**values) for part in PEERS[name])],
                env=environment,
                cwd=home,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait_until_ready(name, process, f"http://{HOST}:{port}", log)
            yield psutil.Process(process.pid), f"http://{HOST}:{port}"
        finally:
            _stop(process)


def _wait_until_ready(name: str, process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/docs", timeout=5).status_code < 500:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.3)
    raise LocalError(f"{name} did not start.", log.read_text()[-1500:])


def _stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the peer and its child processes, which share a session."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(STOP_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
