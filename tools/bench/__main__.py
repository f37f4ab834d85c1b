"""Measure the whole system on this machine, as ratios within one run: `make bench`.

It starts its own local system on free ports in an empty folder and takes about 19 minutes.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import psutil
from rich.console import Console

from infra.local.clients import Clients
from infra.local.console import set_up_logging, show_error, show_step
from infra.local.demo.client import sign_in
from infra.local.demo.show import find_demo_photos
from infra.local.errors import LocalError
from infra.local.layout import REPOSITORY, Layout
from infra.local.ports import find_free_port
from infra.local.server import Server
from infra.local.signals import ended_by_signals
from infra.local.state import State
from infra.local.supervisor import running
from spotter_client import SpotterError
from tools.bench.api import Latencies, lift_limits, measure_api, warm_up
from tools.bench.functions import counted, measure_imports
from tools.bench.live import LiveRow, Size, measure_live
from tools.bench.options import measure_options
from tools.bench.peers.run import PEERS, PeerResult, measure_peer
from tools.bench.placement import Placement, choose_placement, measured, pinned
from tools.bench.plot import draw
from tools.bench.report import save_report, show_report
from tools.bench.rows import Measurements
from tools.bench.sizes import measure_sizes
from tools.bench.whole import Whole, measure_whole
from tools.bench.worker import Throughput, measure_throughput, running_worker, stop_workers

REPORT = REPOSITORY / "build" / "bench.json"
QUICK = os.environ.get("BENCH") == "quick"
"""A run of seconds that only shows that the bench works. Its numbers mean nothing."""

CROWD = 2 if QUICK else 20
ALONE_ROUNDS = 4 if QUICK else 20
CROWD_ROUNDS = 48  # Fills the queue with twenty seconds of work for the worker
REFILL_ROUNDS = 16 if QUICK else 12
WAITING_TURN_SECONDS = 3  # Few turns: calls that wait during a pause cost the worker nothing
SIZE_SECONDS = 1 if QUICK else 5
OPTIONS_SECONDS = 1 if QUICK else 20
USERS = (1, 5) if QUICK else (1, 20, 100)
ALONE_SECONDS = 20 if QUICK else 60  # One picture every ten seconds
WHOLE_SECONDS = 10 if QUICK else 40
LIVE_SIZE = Size(frames=4, seconds=4) if QUICK else Size()
PEER_SECONDS = 10 if QUICK else 30


def main() -> int:
    argparse.ArgumentParser(description=__doc__).parse_args()
    console = Console()
    set_up_logging(console)
    placement = choose_placement()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="spotter-bench-") as folder,
            ended_by_signals(),
            running(Layout(Path(folder)), find_free_port(), console) as (state, server),
        ):
            found = measure(state, server, Layout(Path(folder)), placement, console)
    except LocalError as error:
        show_error(console, error)
        return 1
    except TimeoutError as error:
        show_error(console, LocalError(f"{error}.", "Stop other programs and try again."))
        return 1
    except KeyboardInterrupt:
        return 1
    report = found.build_report()
    save_report(report, REPORT)
    show_report(report, console)
    draw(found, REPORT.with_suffix(".png"))
    return 0


def measure(
    state: State, server: Server, layout: Layout, placement: Placement, console: Console
) -> Measurements:
    """Measure one thing after the other. No other part of the project runs at the same time."""
    clients = Clients(state.endpoint, state.root_key)
    photos = find_demo_photos()
    token = sign_in(state, state.people[0])
    aws = psutil.Process(server.process.pid)
    with show_step(console, "Imports of the functions"):
        imports = measure_imports()
    lift_limits(clients)
    stop_workers(clients, layout)
    alone, function_seconds = measure_alone(state, token, photos, aws, console)
    crowd = measure_crowd(state, token, photos, console)
    with measured(placement, aws):
        with show_step(console, "Worker on a full queue and bare loop, in turns"):
            worker = measure_throughput(state, clients, layout, placement)
        with show_step(console, "Filling the queue again"), pinned(placement.theirs, placement):
            measure_api(state, token, photos, clients=CROWD, rounds=REFILL_ROUNDS)
        waiting = measure_waiting(state, clients, layout, placement, console)
        sizes, options = measure_recogniser(console)
        # The largest crowd comes last, because the local AWS needs minutes to recover from it.
        live = measure_cameras(state, layout, placement, console)
        wholes = measure_crowds(state, layout, token, photos, placement, console)
    return Measurements(
        worker=worker,
        waiting=waiting,
        import_ms=imports,
        function_seconds=function_seconds,
        alone=alone,
        together=crowd,
        size_ms=sizes,
        options_ms=options,
        wholes=wholes,
        live=live,
        peers=measure_peers(placement, console),
        placement=placement,
    )


def measure_alone(
    state: State, token: str, photos: list[Path], aws: psutil.Process, console: Console
) -> tuple[Latencies, dict[str, float]]:
    """Measure the API with one client, and the processor time of the functions meanwhile."""
    seconds: dict[str, float] = {}
    with show_step(console, "API with one client"):
        measure_api(state, token, photos, clients=1, rounds=1)
        with counted(aws, seconds):
            return measure_api(state, token, photos, clients=1, rounds=ALONE_ROUNDS), seconds


def measure_crowd(state: State, token: str, photos: list[Path], console: Console) -> Latencies:
    with show_step(console, f"Starting a process per request for {CROWD} clients"):
        warm_up(state, token, photos, clients=CROWD)
    with show_step(console, f"API with {CROWD} clients"):
        return measure_api(state, token, photos, clients=CROWD, rounds=CROWD_ROUNDS)


def measure_waiting(
    state: State, clients: Clients, layout: Layout, placement: Placement, console: Console
) -> Throughput:
    with show_step(console, "Worker with the latency of AWS on each call"):
        return measure_throughput(
            state,
            clients,
            layout,
            placement,
            module="tools.bench.waiting_worker",
            turn_seconds=WAITING_TURN_SECONDS,
        )


def measure_recogniser(console: Console) -> tuple[dict[float, float], dict[str, float]]:
    """Measure photos of different sizes, and what is asked for, without a worker around it."""
    with show_step(console, "Photos of different sizes"):
        sizes = measure_sizes(SIZE_SECONDS)
    with show_step(console, "Options of a request"):
        return sizes, measure_options(OPTIONS_SECONDS)


def measure_cameras(
    state: State, layout: Layout, placement: Placement, console: Console
) -> list[LiveRow]:
    """Measure cameras. If they fail they have no rows; the others keep theirs."""
    try:
        return measure_live(state, layout, placement, console, LIVE_SIZE)
    except (SpotterError, TimeoutError) as error:
        show_error(console, LocalError(f"{error}.", "Measure again: python -m tools.bench.live"))
        return []


def measure_crowds(
    state: State,
    layout: Layout,
    token: str,
    photos: list[Path],
    placement: Placement,
    console: Console,
) -> list[Whole]:
    wholes = []
    with running_worker(state, layout), pinned(placement.theirs, placement):
        for users in USERS:
            with show_step(console, f"Upload to result with {users} users"):
                seconds = WHOLE_SECONDS if users > 1 else ALONE_SECONDS
                wholes.append(measure_whole(state, token, photos, users=users, seconds=seconds))
    return wholes


def measure_peers(placement: Placement, console: Console) -> dict[str, PeerResult]:
    """Measure the other servers. One that does not start has no row; the others keep theirs."""
    peers = {}
    for name in PEERS:
        try:
            with show_step(console, f"Upload to result in {name}"):
                peers[name] = measure_peer(name, placement, PEER_SECONDS, users=USERS[-1])
        except LocalError as error:
            show_error(console, error)
    return peers


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m tools.bench", description=__doc__).parse_args()
    sys.exit(main())
