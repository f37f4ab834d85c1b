"""The phases of the load. They run one after the other on the same system."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import Layout
from infra.local.resources.alarms import ALARMS, DEPTH
from infra.local.state import Person, State
from tools.load.locusts import locust
from tools.load.plan import Plan
from tools.load.samples import Sample, read_samples

BURST_SECONDS = 900
BURST_REQUESTS = 16
"""Concurrent uploads. The phase measures 1,000 photos in the queue, not at the gateway."""

ALARM_SECONDS = 120
GRACE_SECONDS = 180
"""Locust ends before that."""

DEPTH_ALARM = next(
    alarm.name for alarm in ALARMS if (alarm.queue, alarm.metric) == (names.TASK_QUEUE, DEPTH)
)


@dataclass
class Scene:
    """Inputs of all phases."""

    state: State
    layout: Layout
    folder: Path
    people: list[Person]
    photos: list[Path]

    def plan(self, name: str, *, uploads_per_user: int | None, pace_seconds: float) -> Plan:
        return Plan(
            state=self.state,
            people=self.people,
            photos=self.photos,
            samples=self.folder / f"{name}.jsonl",
            uploads_per_user=uploads_per_user,
            requests_at_once=BURST_REQUESTS if uploads_per_user else len(self.people),
            pace_seconds=pace_seconds,
        )


@dataclass
class Burst:
    """Result of a burst."""

    samples: list[Sample]
    deepest: int
    """Most messages that waited."""
    drained_seconds: float
    """Seconds from the start of the worker until the last result was visible."""
    alarm_fired: bool
    alarm_cleared: bool


ARRIVING = 0.8
"""Share of the warm-up in which the users start. The rest lets the load settle."""


def run_steady(
    scene: Scene, seconds: float, pace_seconds: float, warm_up_seconds: float
) -> list[Sample]:
    """Let every user upload a photo each `pace_seconds`.

    During the warm-up the users start one by one, and the local AWS starts one process per
    concurrent request.

    Returns:
        The uploads after the warm-up, and the failures of the whole run.
    """
    plan = scene.plan("steady", uploads_per_user=None, pace_seconds=pace_seconds)
    lasting = warm_up_seconds + seconds
    counted_from = time.time() + warm_up_seconds
    arriving = warm_up_seconds * ARRIVING
    with locust(plan, scene.folder, seconds=lasting, arrival_seconds=arriving) as process:
        process.wait(lasting + GRACE_SECONDS)
    samples = read_samples(plan.samples)
    return [sample for sample in samples if sample.error or sample.at >= counted_from]


def run_burst(scene: Scene, photos: int) -> Burst:
    """Put `count` photos into the queue before the worker starts.

    The worker is paused until then, because the local AWS accepts photos no faster than the worker
    recognises them.
    """
    per_user = max(1, photos // len(scene.people))
    plan = scene.plan("burst", uploads_per_user=per_user, pace_seconds=1)
    clients = Clients(scene.state.endpoint, scene.state.root_key)
    known = len(_read_alarms(scene.layout))
    wanted = per_user * len(scene.people)
    _set_workers(clients, 0)
    with locust(plan, scene.folder, seconds=BURST_SECONDS) as process:
        deepest = 0

        def is_there() -> bool:
            nonlocal deepest
            deepest = max(deepest, _get_depth(clients, scene.state))
            return deepest >= wanted or process.poll() is not None

        wait_until(is_there, BURST_SECONDS / 2)
        fired = wait_until(lambda: "ALARM" in _read_alarms(scene.layout)[known:], ALARM_SECONDS)
        started = time.time()
        _set_workers(clients, 1)
        process.wait(BURST_SECONDS + GRACE_SECONDS)
    samples = read_samples(plan.samples)
    last = max((sample.at + (sample.seconds or 0) for sample in samples), default=started)
    cleared = wait_until(lambda: _read_alarms(scene.layout)[known:][-1:] == ["OK"], ALARM_SECONDS)
    return Burst(samples, deepest, last - started, fired, cleared)


def wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    """Whether the condition became true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.5)
    return condition()


def _read_alarms(layout: Layout) -> list[str]:
    """The states of the depth alarm that were sent to operators, in order."""
    if not layout.alarms.exists():
        return []
    notices = [json.loads(line) for line in layout.alarms.read_text().splitlines()]
    return [it["NewStateValue"] for it in notices if it["AlarmName"] == DEPTH_ALARM]


def _set_workers(clients: Clients, count: int) -> None:
    clients.autoscaling.set_desired_capacity(
        AutoScalingGroupName=names.WORKER_GROUP, DesiredCapacity=count
    )


def _get_depth(clients: Clients, state: State) -> int:
    found = clients.sqs.get_queue_attributes(
        QueueUrl=state.task_queue_url, AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(found["Attributes"]["ApproximateNumberOfMessages"])
