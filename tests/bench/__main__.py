"""Measure the whole system on this machine, as ratios within one run: `make bench`.

It starts a local system of its own on free ports in an empty folder and takes a few minutes.
"""

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
from infra.local.preflight import find_free_port
from infra.local.server import Server
from infra.local.state import State
from infra.local.supervisor import ended_by_signals, running
from tests.bench.api import Latencies, measure_api, measure_result, warm_up
from tests.bench.bare import Bare, measure_bare
from tests.bench.placement import Placement, choose_placement, measured
from tests.bench.report import Row, build_report, get_percentiles, save_report, show_report
from tests.bench.worker import Throughput, measure_throughput, stop_workers

REPORT = REPOSITORY / "build" / "bench.json"
BARE_SECONDS = 10
CROWD = 20
ALONE_ROUNDS = 20
CROWD_ROUNDS = 3
RESULT_ROUNDS = 20

BARE_IMAGE = "a bare image"


def main() -> int:
    console = Console()
    set_up_logging(console)
    placement = choose_placement()
    try:
        with (
            tempfile.TemporaryDirectory(prefix="spotter-bench-") as folder,
            ended_by_signals(),
            running(Layout(Path(folder)), find_free_port(), console) as (state, server),
        ):
            rows = measure(state, server, Layout(Path(folder)), placement, console)
    except LocalError as error:
        show_error(console, error)
        return 1
    except TimeoutError as error:
        show_error(console, LocalError(f"{error}.", "Is the machine busy with something else?"))
        return 1
    except KeyboardInterrupt:
        return 1
    report = build_report(rows, is_pinned=placement.is_pinned)
    save_report(report, REPORT)
    show_report(report, console)
    return 0


def measure(
    state: State, server: Server, layout: Layout, placement: Placement, console: Console
) -> list[Row]:
    """Everything, one after the other: nothing else of ours runs while something is measured."""
    clients = Clients(state.endpoint)
    photos = find_demo_photos()
    token = sign_in(state, state.people[0])
    with show_step(console, "Upload to result"):
        results = measure_result(state, token, photos, rounds=RESULT_ROUNDS)
    stop_workers(clients, layout)
    with show_step(console, "API with one client"):
        alone = measure_api(state, token, photos, clients=1, rounds=ALONE_ROUNDS)
    with show_step(console, f"Getting ready for {CROWD} clients"):
        warm_up(state, token, photos, clients=CROWD)
    with show_step(console, f"API with {CROWD} clients"):
        crowd = measure_api(state, token, photos, clients=CROWD, rounds=CROWD_ROUNDS)
    with measured(placement, psutil.Process(server.process.pid)):
        with show_step(console, "Bare loop"):
            before = measure_bare(BARE_SECONDS, len(placement.ours))
        with show_step(console, "Worker on a full queue"):
            worker = measure_throughput(state, clients, layout)
        with show_step(console, "Bare loop again"):
            after = measure_bare(BARE_SECONDS, len(placement.ours))
    bare = average(before, after)
    return [
        *build_worker_rows(bare, worker),
        *build_api_rows("1 client", alone, bare),
        *build_api_rows(f"{CROWD} clients", crowd, bare),
        *build_latency_rows("Upload to result", results, bare),
    ]


def average(before: Bare, after: Bare) -> Bare:
    """A machine that becomes slower or faster meanwhile does so between the two."""
    return Bare(
        **{name: (value + getattr(after, name)) / 2 for name, value in vars(before).items()}
    )


def build_worker_rows(bare: Bare, worker: Throughput) -> list[Row]:
    def compare(what: str, value: float, unit: str, to: float, name: str) -> Row:
        return Row(what=what, value=value, unit=unit, ratio=value / to, ratio_to=name)

    return [
        Row(what="Bare loop", value=bare.images_per_second, unit="images/s"),
        compare(
            "Worker",
            worker.images_per_second,
            "images/s",
            bare.images_per_second,
            "the bare loop",
        ),
        compare(
            "Worker, processor time",
            worker.cpu_seconds_per_image * 1000,
            "ms/image",
            bare.cpu_seconds_per_image * 1000,
            "the bare loop",
        ),
        Row(what="Worker, work done twice", value=worker.repeats_percent, unit="%"),
        *(
            compare(f"Bare {stage}", value, "ms", bare.image_ms, BARE_IMAGE)
            for stage, value in (
                ("decode", bare.decode_ms),
                ("classifier", bare.classify_ms),
                ("detector", bare.detect_ms),
            )
        ),
        *(
            compare(f"Worker {stage}", value, "ms", bare.image_ms, BARE_IMAGE)
            for stage, value in worker.stage_ms.items()
        ),
    ]


def build_api_rows(who: str, latencies: Latencies, bare: Bare) -> list[Row]:
    routes = {
        "POST /upload": latencies.upload,
        "GET /results/{taskId}": latencies.get,
        "GET /results": latencies.history,
    }
    return [
        *(
            row
            for route, seconds in routes.items()
            for row in build_latency_rows(f"{route}, {who}", seconds, bare)
        ),
        Row(what=f"Errors, {who}", value=len(latencies.errors), unit=""),
    ]


def build_latency_rows(what: str, seconds: list[float], bare: Bare) -> list[Row]:
    found = get_percentiles(seconds)
    return [
        Row(
            what=f"{what}, {name}",
            value=value,
            unit="ms",
            ratio=value / bare.image_ms,
            ratio_to=BARE_IMAGE,
        )
        for name, value in (("p50", found.p50_ms), ("p95", found.p95_ms))
    ]


if __name__ == "__main__":
    sys.exit(main())
