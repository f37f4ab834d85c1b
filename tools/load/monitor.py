"""Samples memory and processor time of every process, and the queue, during a load."""

import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import numpy as np
import psutil

from infra.local.background import repeat
from infra.local.clients import Clients
from infra.local.layout import Layout
from infra.local.processes import Roster
from infra.local.state import State

INTERVAL_SECONDS = 2.0
MEBIBYTE = 1024 * 1024
OWN = "supervisor and load"


@dataclass
class Series:
    """Values of one group of processes over time."""

    at: list[float] = field(default_factory=list)
    rss_mb: list[float] = field(default_factory=list)
    cpu_seconds: list[float] = field(default_factory=list)
    processes: list[int] = field(default_factory=list)

    @property
    def growth_mb_per_minute(self) -> float:
        """Slope of a line through the second half. The first half is the warm-up."""
        half = len(self.at) // 2
        if len(self.at) - half < 2:
            return 0.0
        minutes = (np.array(self.at[half:]) - self.at[half]) / 60
        return float(np.polyfit(minutes, self.rss_mb[half:], 1)[0])


@dataclass
class Monitor:
    """Samples every few seconds. Not thread-safe."""

    state: State
    layout: Layout
    series: dict[str, Series] = field(default_factory=lambda: defaultdict(Series))
    depth: list[tuple[float, int]] = field(default_factory=list)
    _spent: dict[tuple[str, int], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._roster = Roster(self.layout)
        self._sqs = Clients(self.state.endpoint, self.state.root_key).sqs

    def look(self) -> None:
        now = time.time()
        for name, members in self._group().items():
            self._note(name, members, now)
        found = self._sqs.get_queue_attributes(
            QueueUrl=self.state.task_queue_url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        self.depth.append((now, int(found["Attributes"]["ApproximateNumberOfMessages"])))

    def _group(self) -> dict[str, list[psutil.Process]]:
        """Processes by group. Functions are child processes of the local AWS."""
        groups: dict[str, list[psutil.Process]] = {}
        for entry, process in self._roster.find_living():
            groups.setdefault(entry.name, []).append(process)
            children = _get_children(process)
            name = "functions" if entry.name == "aws" else entry.name
            groups.setdefault(name, []).extend(children)
        ours = psutil.Process()
        known = {process.pid for members in groups.values() for process in members}
        groups[OWN] = [p for p in (ours, *_get_children(ours)) if p.pid not in known]
        return groups

    def _note(self, name: str, members: list[psutil.Process], now: float) -> None:
        rss, count = 0, 0
        for process in members:
            with suppress(psutil.Error):
                times = process.cpu_times()
                self._spent[name, process.pid] = times.user + times.system
                rss += process.memory_info().rss
                count += 1
        series = self.series[name]
        series.at.append(now)
        series.rss_mb.append(rss / MEBIBYTE)
        # Ended processes count too
        series.cpu_seconds.append(sum(s for (of, _), s in self._spent.items() if of == name))
        series.processes.append(count)


@contextmanager
def monitored(state: State, layout: Layout) -> Iterator[Monitor]:
    """Sample until the block ends."""
    monitor = Monitor(state, layout)
    with repeat("The monitor", monitor.look, INTERVAL_SECONDS):
        yield monitor


def _get_children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.Error:
        return []
