"""Measures how fast one worker empties the queue."""

import json
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psutil

from infra.local import names
from infra.local.clients import Clients
from infra.local.demo.client import Json
from infra.local.layout import Layout
from infra.local.processes import Roster
from infra.local.state import State
from infra.local.workers import WorkerFleet, WorkerSettings
from pipeline.worker.metrics import Stage
from tools.bench.bare import WARM_UP, Bare, BareLoop
from tools.bench.placement import Placement, pinned
from tools.bench.turns import count_rate, take_turns

NAME = "bench"
LIMIT_SECONDS = 120

SUCCEEDED = "Task succeeded"  # In the worker's log, as is the next
DROPPED = "Task is already finished: delivery dropped"


@dataclass(frozen=True)
class Throughput:
    """Results of one worker and of the bare loop in turns with it."""

    images_per_second: float
    bare: Bare
    cpu_seconds_per_image: float
    needless_percent: float  # Deliveries whose task was processing or finished already
    memory_mb: float  # Resident at the end
    stage_ms: dict[str, float]  # Medians
    part_ms: dict[str, float]
    """Processor time of an image by part, if the worker measures it."""

    @property
    def over_bare_loop(self) -> float:
        return self.images_per_second / self.bare.images_per_second


def stop_workers(clients: Clients, layout: Layout) -> None:
    """Set the group of the local system to 0 workers and wait until all have stopped."""
    clients.autoscaling.set_desired_capacity(
        AutoScalingGroupName=names.WORKER_GROUP, DesiredCapacity=0
    )
    roster = Roster(layout)
    _wait_until("the workers have stopped", lambda: not roster.find_workers())


def measure_throughput(
    state: State,
    clients: Clients,
    layout: Layout,
    placement: Placement,
    *,
    module: str = "pipeline.worker",
    turn_seconds: float = 1,
) -> Throughput:
    """Start a worker on a full queue, and let it and the bare loop run in turns."""
    log = layout.logs / f"{NAME}.log"
    log.unlink(missing_ok=True)
    with (
        BareLoop(placement) as bare_loop,
        running_worker(state, layout, module=module) as process,
        # Otherwise asking for the queue's length takes 2 % of the worker's core.
        pinned(placement.theirs, placement),
    ):
        _wait_until("it is warm", lambda: len(_read(log, SUCCEEDED)) >= WARM_UP)
        cpu_at_start, done_at_start = _get_cpu_seconds(process), len(_read(log, SUCCEEDED))
        turns = take_turns(
            [process], bare_loop, turn_seconds, lambda: not _count_messages(clients, state)
        )
        cpu_seconds = _get_cpu_seconds(process) - cpu_at_start
        memory_mb, bare = process.memory_info().rss / 1e6, bare_loop.finish()
    finished, needless = _read(log, SUCCEEDED), _read(log, DROPPED)
    deliveries = len(finished) + len(needless)
    moments = [datetime.fromisoformat(line["at"]).timestamp() for line in finished]
    return Throughput(
        images_per_second=count_rate(moments, turns),
        bare=bare,
        cpu_seconds_per_image=cpu_seconds / max(1, len(finished) - done_at_start),
        needless_percent=100 * len(needless) / deliveries,
        memory_mb=memory_mb,
        part_ms=_read_parts(log, deliveries),
        stage_ms={
            stage.value: statistics.median(line["seconds"][stage.value] for line in finished) * 1000
            for stage in Stage
        },
    )


def _read_parts(log: Path, deliveries: int) -> dict[str, float]:
    return {
        part: seconds * 1000 / deliveries
        for line in _read(log, "Parts")[:1]
        for part, seconds in line["seconds"].items()
    }


@contextmanager
def running_worker(
    state: State,
    layout: Layout,
    *,
    module: str = "pipeline.worker",
    more: Mapping[str, str] | None = None,
) -> Iterator[psutil.Process]:
    """Run a worker on the cores of the calling thread; it is ready when the block begins.

    Args:
        more: Variables that the worker gets beside the usual ones.
    """
    members = [NAME]
    roster = Roster(layout)
    fleet = WorkerFleet(
        WorkerSettings(
            state.endpoint,
            state.task_queue_url,
            state.worker_key,
            command=(sys.executable, "-m", module),
            more=more or {},
        ),
        layout,
        roster,
        lambda: members,
    )
    log = layout.logs / f"{NAME}.log"
    before = len(_read(log, "Ready")) if log.exists() else 0
    fleet.reconcile()
    try:
        process = roster.find_workers()[NAME]
        _wait_until("the worker is ready", lambda: len(_read(log, "Ready")) > before)
        yield process
    finally:
        members.clear()
        fleet.reconcile()


def _read(log: Path, message: str) -> list[Json]:
    """The present lines of a worker's log with this message.

    A worker that hangs also writes its stacks there, and decoders write warnings, as plain text.
    """
    with log.open() as file:
        lines = [json.loads(line) for line in file if line.startswith("{") and line.endswith("\n")]
    return [line for line in lines if line["message"] == message]


def _get_cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _wait_until(what: str, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"The bench waited {LIMIT_SECONDS} s until {what}, and it did not happen"
            )
        time.sleep(0.5)


def _count_messages(clients: Clients, state: State) -> int:
    attributes = clients.sqs.get_queue_attributes(
        QueueUrl=state.task_queue_url,
        AttributeNames=[
            "ApproximateNumberOfMessages",
            "ApproximateNumberOfMessagesNotVisible",
        ],
    )["Attributes"]
    return sum(int(count) for count in attributes.values())
