"""How fast one worker empties the queue."""

import json
import statistics
import time
from collections.abc import Callable
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

LIMIT_SECONDS = 120
FIRST = 5
"""Pictures until the worker is in full swing: they are not counted."""


@dataclass(frozen=True)
class Throughput:
    """What one worker did."""

    images_per_second: float
    cpu_seconds_per_image: float
    stage_ms: dict[str, float]  # Medians


def set_group_size(clients: Clients, layout: Layout, size: int) -> None:
    """Let the local system run `size` workers, and wait until it does."""
    clients.autoscaling.set_desired_capacity(
        AutoScalingGroupName=names.WORKER_GROUP, DesiredCapacity=size
    )
    roster = Roster(layout)
    _wait_until(
        f"the group has {size} workers",
        lambda: sum(entry.name.startswith("worker") for entry in roster.read()) == size,
    )


def measure_throughput(state: State, clients: Clients, layout: Layout) -> Throughput:
    """Start a worker of our own on a full queue and wait until it is empty.

    It runs on the cores of the calling thread.
    """
    desired = 1
    roster = Roster(layout)
    fleet = WorkerFleet(
        WorkerSettings(state.endpoint, state.task_queue_url, state.worker_key),
        layout,
        roster,
        lambda: desired,
    )
    log = Log(layout.logs / "worker-1.log")
    fleet.reconcile()
    try:
        [process] = [found for entry, found in roster.find_living() if entry.name == "worker-1"]
        _wait_until("the worker is ready", lambda: bool(log.read("Ready")))
        cpu_at_start = _get_cpu_seconds(process)
        _wait_until("the queue is empty", lambda: not _count_messages(clients, state))
        cpu_seconds = _get_cpu_seconds(process) - cpu_at_start
    finally:
        desired = 0
        fleet.reconcile()
    return _summarize(log.read("Task succeeded"), cpu_seconds)


class Log:
    """What is written to a worker's log from now on."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._start_bytes = path.stat().st_size

    def read(self, message: str) -> list[Json]:
        """The lines with this message so far."""
        with self._path.open() as file:
            file.seek(self._start_bytes)
            lines = [json.loads(line) for line in file if line.endswith("\n")]
        return [line for line in lines if line["message"] == message]


def _get_cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _wait_until(what: str, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"Waited {LIMIT_SECONDS} s until {what}")
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


def _summarize(finished: list[Json], cpu_seconds: float) -> Throughput:
    times = sorted(datetime.fromisoformat(line["at"]) for line in finished)
    counted = times[FIRST:]
    seconds = (counted[-1] - counted[0]).total_seconds()
    return Throughput(
        images_per_second=(len(counted) - 1) / seconds,
        cpu_seconds_per_image=cpu_seconds / len(finished),
        stage_ms={
            stage.value: statistics.median(line["seconds"][stage.value] for line in finished) * 1000
            for stage in Stage
        },
    )
