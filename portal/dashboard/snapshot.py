"""The health of the service at one moment. A part that fails does not stop the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from pipeline.core.controls import Controls, read_controls
from pipeline.core.reports import VersionOutcomes
from portal.dashboard.alarms import Alarm, read_alarms
from portal.dashboard.failures import Failures, read_failures
from portal.dashboard.metrics import Series, read_series
from portal.doors.models import Door
from portal.limits.models import KINDS
from portal.queues.models import Queue
from portal.remote.answers import share
from portal.remote.attempts import Attempt, attempt
from portal.tasks.retrying import Retrying, read_retrying
from portal.workers.group import Group, Pulse, find_silent, read_group, read_pulses
from portal.workers.versions import read_versions

SUCCESS_MINUTES = 60
LATELY_MINUTES = 10
"""Failures before it may have a cause that is mended."""

PERIOD = timedelta(minutes=1)
"""CloudWatch has one value a minute, so all operators share one answer a minute."""

_SERIES = TypeAdapter(dict[str, Series])
_PULSES = TypeAdapter(dict[str, Pulse])


@dataclass(frozen=True)
class QueueState:
    """Both queues at this moment."""

    tasks: Queue
    letters: Queue


@dataclass(frozen=True)
class Snapshot:
    """Everything that the dashboard shows."""

    queues: Attempt[QueueState]
    series: Attempt[dict[str, Series]]
    alarms: Attempt[list[Alarm]]
    group: Attempt[Group]
    failures: Attempt[Failures]
    pulses: Attempt[dict[str, Pulse]]
    retrying: Attempt[Retrying]
    closed: Attempt[list[str]]
    """Doors that are closed for everybody."""
    controls: Attempt[Controls]
    versions: Attempt[list[VersionOutcomes]]
    """How the pictures of the last hour ended in each version of the workers."""

    @property
    def is_paused(self) -> bool:
        """Whether an operator paused the task queue."""
        return self.controls.value is not None and self.controls.value.is_paused

    @property
    def changed_limits(self) -> list[str]:
        """Limits of each user that operators changed. Nobody shall forget them."""
        controls = self.controls.value
        return [kind.title for name, kind in KINDS.items() if controls and controls.find(name)]

    @property
    def silent_workers(self) -> list[str]:
        """Workers in service that do not report; unknown while the metrics do not answer."""
        if self.group.value is None or self.pulses.value is None:
            return []
        return find_silent(self.group.value, self.pulses.value)

    @property
    def has_workers(self) -> bool:
        """Whether a worker is in service; True while the group does not answer."""
        return self.group.value is None or self.group.value.in_service > 0

    @property
    def success_percent(self) -> float | None:
        """Percentage of the pictures of the last hour that succeeded. None without pictures."""
        if self.series.value is None:
            return None
        recognised = self.series.value["recognised"].sum_of(SUCCESS_MINUTES)
        failed = self.series.value["failed"].sum_of(SUCCESS_MINUTES)
        total = recognised + failed
        return 100 * recognised / total if total else None

    @property
    def completions(self) -> float:
        """Pictures a minute that leave the queue, recognised or failed."""
        series = self.series.value or {}
        return sum(series[key].rate() for key in ("recognised", "failed") if key in series)

    @property
    def drain_minutes(self) -> float | None:
        """How long the backlog lasts at the measured rate; None if nothing empties it."""
        if self.queues.value is None or self.series.value is None:
            return None
        backlog = self.queues.value.tasks.waiting + self.queues.value.tasks.in_flight
        if not backlog:
            return 0.0
        return backlog / self.completions if self.completions and self.has_workers else None

    @property
    def errors(self) -> list[str]:
        parts = (
            self.queues, self.series, self.alarms, self.group, self.failures, self.pulses,
            self.retrying, self.closed, self.controls, self.versions,
        )  # fmt: skip
        return [part.error for part in parts if part.error]

    @property
    def concerns(self) -> list[str]:
        """Problems that an operator should look at, worst first; empty if there are none."""
        found = []
        if self.is_paused and (controls := self.controls.value):
            until = f"{controls.paused_until:%H:%M} UTC"
            found.append(f"Paused until {until} by {controls.paused_by}: {controls.pause_reason}")
        found += [f"Alarm: {a.name}" for a in self.alarms.value or [] if a.is_on]
        if not self.is_paused:
            found += [f"Silent alarm: {a.name}" for a in self.alarms.value or [] if a.is_silent]
        found += [f"{door} closed for everybody" for door in self.closed.value or []]
        queues, group = self.queues.value, self.group.value
        if queues and queues.letters.count:
            count = queues.letters.count
            found.append(f"{count} dead letter{'s' if count > 1 else ''}")
        if group and group.in_service < group.desired:
            found.append(f"{group.desired - group.in_service} of {group.desired} workers missing")
        if group and not group.desired:
            found.append("No worker is wanted")
        if silent := self.silent_workers:
            workers = f"{len(silent)} worker{'s' if len(silent) > 1 else ''}"
            found.append(f"{workers} without a report in the last 3 min")
        if self.errors:
            found.append("Some of AWS does not answer")
        return found


def take_snapshot() -> Snapshot:
    """Ask for all parts at the same time."""
    parts: Sequence[Callable[[], object]] = (
        _read_queues,
        _share_series,
        read_alarms,
        read_group,
        read_failures,
        _share_pulses,
        read_retrying,
        _read_closed,
        read_controls,
    )
    with ThreadPoolExecutor(len(parts)) as pool:
        answers: Any = list(pool.map(attempt, parts))
    group, pulses = answers[3].value, answers[5].value or {}
    versions = attempt(lambda: read_versions(group, pulses))
    return Snapshot(*[*answers, versions])


def _read_queues() -> QueueState:
    tasks, letters = Queue.objects.all()
    return QueueState(tasks, letters)


def _read_closed() -> list[str]:
    return [str(door) for door in Door.objects.all() if door.is_closed]


def _share_series() -> dict[str, Series]:
    return share("series", PERIOD, read_series, _SERIES)


def _share_pulses() -> dict[str, Pulse]:
    return share("pulses", PERIOD, read_pulses, _PULSES)
