"""Converts measurements to the rows of the table."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from infra.local.resources.functions import ROUTES
from tools.bench.api import Latencies
from tools.bench.bare import Bare
from tools.bench.live import LiveRow
from tools.bench.options import USUAL
from tools.bench.peers.run import PeerResult
from tools.bench.placement import Placement
from tools.bench.report import Report, Row, build_report, get_percentiles
from tools.bench.whole import Whole
from tools.bench.worker import Throughput

BARE_IMAGE = "a bare image"
REQUESTS = {"upload": "upload", "get_result": "get", "list_results": "history"}
"""Function to the attribute with the seconds of its requests."""


@dataclass(frozen=True)
class Measurements:
    """The measurements of one run."""

    worker: Throughput
    waiting: Throughput
    """The worker again, with the latency of AWS added to each call."""
    import_ms: dict[str, float]
    function_seconds: dict[str, float]  # Processor time for the requests of one client
    alone: Latencies
    together: Latencies
    size_ms: dict[float, float]
    options_ms: dict[str, float]
    wholes: list[Whole]
    live: list[LiveRow]
    peers: dict[str, PeerResult]
    placement: Placement

    @property
    def bare(self) -> Bare:
        return self.worker.bare

    def build_report(self) -> Report:
        crowd, capacity = self.wholes[-1], self._get_capacity()
        visible = get_percentiles(crowd.visible)
        return build_report(
            self._build_rows(),
            is_pinned=self.placement.is_pinned,
            worker_over_bare_loop=self.worker.over_bare_loop,
            capacity=capacity,
            crowd={
                "images_per_second": crowd.crowd.per_second,
                "service_ms": self.worker.cpu_seconds_per_image * 1000,
                "slots": len(self.placement.ours),
                "path_seconds": capacity["path_seconds"],
                "p50_seconds": visible.p50_ms / 1000,
                "p95_seconds": visible.p95_ms / 1000,
            },
        )

    def _get_capacity(self) -> dict[str, Any]:
        """Times of each photo size, plus the worker's overhead."""
        beside_ms = (self.worker.cpu_seconds_per_image - self.bare.cpu_seconds_per_image) * 1000
        alone_ms = get_percentiles(self.wholes[0].visible).p50_ms
        return {
            "service_ms": {size: ms + max(0, beside_ms) for size, ms in self.size_ms.items()},
            "path_seconds": max(0, alone_ms / 1000 - self.worker.cpu_seconds_per_image),
        }

    def _build_rows(self) -> list[Row]:
        return [
            *build_worker_rows(self.worker),
            Row(
                what="Worker with the latency of AWS",
                value=self.waiting.images_per_second,
                unit="images/s",
                ratio=self.waiting.over_bare_loop / self.worker.over_bare_loop,
                ratio_to="the worker",
            ),
            *(
                Row(what=f"Of it {part}", value=ms, unit="ms of processor per image")
                for part, ms in self.waiting.part_ms.items()
            ),
            *build_size_rows(self.size_ms),
            *build_option_rows(self.options_ms),
            *build_function_rows(self),
            *build_api_rows("1 client", self.alone, self.bare),
            *build_api_rows("many clients", self.together, self.bare),
            *(row for whole in self.wholes for row in build_whole_rows(whole, self.bare)),
            *(row for live in self.live for row in build_live_rows(live, self.bare)),
            *(
                row
                for name, peer in self.peers.items()
                for row in build_peer_rows(name, peer, self.worker, self.wholes[-1])
            ),
        ]


def build_size_rows(size_ms: dict[float, float]) -> list[Row]:
    return [
        Row(what=f"{size:g} megapixels", value=1000 / ms, unit="images/s and core")
        for size, ms in size_ms.items()
    ]


def build_option_rows(options_ms: dict[str, float]) -> list[Row]:
    return [
        Row(
            what=f"Asked for {name}",
            value=ms,
            unit="ms of processor",
            ratio=ms / options_ms[USUAL],
            ratio_to=f"asked for {USUAL}",
        )
        for name, ms in options_ms.items()
    ]


def build_function_rows(found: Measurements) -> list[Row]:
    imports = [
        Row(what=f"Import of {name}", value=ms, unit="ms of processor")
        for name, ms in found.import_ms.items()
    ]
    requests = [
        Row(
            what=f"Warm {name}",
            value=found.function_seconds[name] * 1000 / len(getattr(found.alone, calls)),
            unit="ms of processor",
        )
        for name, calls in REQUESTS.items()
        if name in ROUTES and name in found.function_seconds
    ]
    return [*imports, *requests]


def build_whole_rows(whole: Whole, bare: Bare) -> list[Row]:
    who = f"{whole.users} users" if whole.users > 1 else "1 user"
    return [
        *build_latency_rows(f"Uploaded to visible, {who}", whole.visible, bare),
        Row(what=f"Requests for each photo, {who}", value=whole.requests, unit="requests"),
        Row(what=f"Errors, {who}", value=whole.crowd.errors, unit=""),
    ]


def build_live_rows(live: LiveRow, bare: Bare) -> list[Row]:
    """What one camera, several, or photos beside them saw."""
    what = live.name[0].upper() + live.name[1:]
    found = {"p50": live.p50_ms, "p95": live.p95_ms, "age p95": live.age_p95_ms}
    return [
        *(
            build_time_row(f"{what}, {name}", ms, bare)
            for name, ms in found.items()
            if ms is not None
        ),
        Row(what=f"{what}, answered", value=live.succeeded, unit=f"of {live.sent}"),
    ]


def build_peer_rows(name: str, peer: PeerResult, worker: Throughput, whole: Whole) -> list[Row]:
    """Our values as ratios to the peer's. Good is throughput above 1 and time below 1."""
    [p95] = whole.crowd.get_percentiles(95)
    return [
        Row(
            what=f"Worker to {name}, throughput",
            value=peer.images_per_second,
            unit="images/s there",
            ratio=worker.over_bare_loop / peer.over_bare_loop,
            ratio_to=name,
        ),
        Row(
            what=f"The whole way to {name}, p95",
            value=p95 * 1000,
            unit="ms",
            ratio=p95 / peer.p95_seconds,
            ratio_to=name,
        ),
        Row(what=f"Errors, {name}", value=peer.errors, unit=""),
    ]


def build_worker_rows(worker: Throughput) -> list[Row]:
    bare = worker.bare

    def compare(what: str, value: float, unit: str, to: float) -> Row:
        return Row(what=what, value=value, unit=unit, ratio=value / to, ratio_to="the bare loop")

    return [
        Row(what="Bare loop", value=bare.images_per_second, unit="images/s"),
        compare("Worker", worker.images_per_second, "images/s", bare.images_per_second),
        compare(
            "Worker, processor time",
            worker.cpu_seconds_per_image * 1000,
            "ms/image",
            bare.cpu_seconds_per_image * 1000,
        ),
        Row(what="Worker, memory", value=worker.memory_mb, unit="MB"),
        Row(what="Worker, needless deliveries", value=worker.needless_percent, unit="%"),
        *(
            build_time_row(f"Bare {stage}", value, bare)
            for stage, value in (
                ("decode", bare.decode_ms),
                ("classifier", bare.classify_ms),
                ("detector", bare.detect_ms),
            )
        ),
        *(
            build_time_row(f"Worker {stage}", value, bare)
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
        build_time_row(f"{what}, p50", found.p50_ms, bare),
        build_time_row(f"{what}, p95", found.p95_ms, bare),
        build_time_row(f"{what}, p99", found.p99_ms, bare),
    ]


def build_time_row(what: str, ms: float, bare: Bare) -> Row:
    return Row(what=what, value=ms, unit="ms", ratio=ms / bare.image_ms, ratio_to=BARE_IMAGE)
