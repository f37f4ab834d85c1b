"""Simulates pictures, a queue, instances, and an Auto Scaling group that follows the backlog.

The group tracks a customised CloudWatch metric with one value per minute. It scales out after three
values above the target, and in after fifteen values below 90 % of it.
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-scaling-target-tracking.html
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import simpy

from infra.cost.model import load_capacity
from tools.capacity.loads import Load

STARTS = load_capacity()["starts"]
COLD_LAUNCH_SECONDS: float = STARTS["cold_launch_seconds"]
WARM_LAUNCH_SECONDS: float = STARTS["warm_launch_seconds"]
"""Seconds from the request for an instance to its first message. Source: docs/scaling.md."""

CONTRACT = Path(__file__).parents[2] / "infra/terraform/contract.json"
VISIBILITY_SECONDS: int = json.loads(CONTRACT.read_text())["settings"]["visibility_seconds"]

METRIC_SECONDS = 60.0
METRICS_OUT, METRICS_IN = 3, 15
IN_SHARE = 0.9

Process = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Fleet:
    """The group as Terraform creates it."""

    minimum: int
    maximum: int
    vcpus: int
    service_seconds: float  # One picture on one core
    backlog_target: float  # Waiting pictures per instance
    zones: int = 2
    warm_pool: int = 0


@dataclass
class Outcome:
    """The results of a simulation."""

    seconds: list[float] = field(default_factory=list)
    """Seconds from the waiting message to the stored result, in the order of finishing."""
    finished_at: list[float] = field(default_factory=list)
    timeline: list[tuple[float, int, int]] = field(default_factory=list)
    """Time, waiting pictures, instances in service."""
    arrived: int = 0

    def get_percentile(self, percent: float) -> float:
        return float(np.percentile(self.seconds, percent))


class Instance:
    """One instance, with one loop per core."""

    def __init__(self, group: Group, zone: int) -> None:
        self.zone = zone
        self._group = group
        self._is_stopping = False
        self._idle: set[simpy.Process] = set()
        self._loops = [group.env.process(self._work()) for _ in range(group.fleet.vcpus)]

    def stop(self) -> None:
        """Finish the messages in flight and receive no more."""
        self._is_stopping = True
        for loop in self._idle:
            loop.interrupt()

    def die(self) -> None:
        """End at once. Messages in flight come back after their visibility timeout."""
        for loop in self._loops:
            if loop.is_alive:
                loop.interrupt()

    def _work(self) -> Process:
        group = self._group
        while not self._is_stopping:
            waiting = group.queue.get()
            try:
                arrived_at = yield from self._wait(waiting)
                yield group.env.timeout(group.draw_service())
            except simpy.Interrupt:
                waiting.cancel()
                if waiting.triggered:
                    assert waiting.value is not None
                    group.env.process(group.deliver_again(waiting.value))
                return
            group.finish(arrived_at)

    def _wait(self, waiting: simpy.resources.store.StoreGet) -> Generator[simpy.Event, Any, float]:
        loop = self._group.env.active_process
        assert loop
        self._idle.add(loop)
        try:
            arrived_at: float = yield waiting
        finally:
            self._idle.discard(loop)
        return arrived_at


class Group:
    """The queue, the instances and the scaling policy."""

    def __init__(self, fleet: Fleet, load: Load, seed: int) -> None:
        self.env = simpy.Environment()
        self.fleet, self.load, self.outcome = fleet, load, Outcome()
        self.queue = simpy.Store(self.env)
        self.instances: list[Instance] = []
        self._random = random.Random(seed)
        self._launching = 0
        self._warm = fleet.warm_pool
        self._lost_zone: int | None = None
        self._metrics: list[float] = []
        for number in range(fleet.minimum):
            self.instances.append(Instance(self, number % fleet.zones))
        self.env.process(self._arrive())
        self.env.process(self._control())
        self.env.process(self._note())
        if load.zone_lost_at is not None:
            self.env.process(self._lose_zone(load.zone_lost_at))

    def draw_service(self) -> float:
        """Draw a service time from a gamma distribution of shape 16, which varies by 25 %."""
        return self._random.gammavariate(16, self.fleet.service_seconds / 16)

    def finish(self, arrived_at: float) -> None:
        self.outcome.seconds.append(self.env.now - arrived_at)
        self.outcome.finished_at.append(self.env.now)

    def deliver_again(self, arrived_at: float) -> Process:
        yield self.env.timeout(VISIBILITY_SECONDS)
        yield self.queue.put(arrived_at)

    def _arrive(self) -> Process:
        while True:
            yield self.env.timeout(self._random.expovariate(self.load.peak))
            # Thinning gives a Poisson process with a changing rate
            if self._random.random() * self.load.peak < self.load.rate(self.env.now):
                self.outcome.arrived += 1
                yield self.queue.put(self.env.now)

    def _note(self) -> Process:
        while True:
            self.outcome.timeline.append((self.env.now, len(self.queue.items), len(self.instances)))
            yield self.env.timeout(5)

    def _lose_zone(self, at: float) -> Process:
        yield self.env.timeout(at)
        self._lost_zone = 0
        gone = [instance for instance in self.instances if instance.zone == 0]
        self.instances = [it for it in self.instances if it not in gone]
        for instance in gone:
            instance.die()

    def _control(self) -> Process:
        desired = self.fleet.minimum
        while True:
            yield self.env.timeout(METRIC_SECONDS)
            self._metrics.append(len(self.queue.items) / max(1, len(self.instances)))
            desired = self._decide(desired)
            for _ in range(desired - len(self.instances) - self._launching):
                self.env.process(self._launch())
            for _ in range(len(self.instances) - desired):
                self.instances.pop().stop()

    def _decide(self, desired: int) -> int:
        target = self.fleet.backlog_target
        recent = self._metrics[-METRICS_OUT:]
        if len(recent) == METRICS_OUT and min(recent) > target:
            wanted = math.ceil(len(self.instances) * recent[-1] / target)
            desired = max(desired, min(wanted, self.fleet.maximum))
        quiet = self._metrics[-METRICS_IN:]
        if len(quiet) == METRICS_IN and max(quiet) < target * IN_SHARE:
            desired = max(self.fleet.minimum, desired - 1)
            self._metrics.clear()
        return desired

    def _launch(self) -> Process:
        self._launching += 1
        is_warm = self._warm > 0
        self._warm -= is_warm
        yield self.env.timeout(WARM_LAUNCH_SECONDS if is_warm else COLD_LAUNCH_SECONDS)
        self._launching -= 1
        zones = [zone for zone in range(self.fleet.zones) if zone != self._lost_zone]
        self.instances.append(Instance(self, zones[len(self.instances) % len(zones)]))


def simulate(fleet: Fleet, load: Load, seed: int = 1) -> Outcome:
    """Simulate `load` on `fleet`. Equal seeds give equal outcomes."""
    group = Group(fleet, load, seed)
    group.env.run(until=load.seconds)
    return group.outcome
