"""Writes the numbers of one load as tables, as JSON and as a plot."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import matplotlib
import numpy as np
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

from tools.load.fairness import Fairness
from tools.load.monitor import Monitor, Series
from tools.load.phases import Burst
from tools.load.samples import Sample

matplotlib.use("Agg")

FAIR_RATIO = 2.0


class Latency(BaseModel, frozen=True):
    """Seconds from upload complete to result visible of one group of photos."""

    photos: int
    errors: int
    p50: float | None
    p95: float | None
    p99: float | None


class Memory(BaseModel, frozen=True):
    """Memory of one group of processes in MB."""

    start: float
    end: float
    highest: float
    growth_per_minute: float
    """Growth in the second half."""
    processes: int
    cores: float
    """Share of a core by group of processes."""


class Report(BaseModel, frozen=True):
    """The results of one run. A phase that did not run is None."""

    at: datetime
    machine: str
    cores: int
    load_before: float
    """Load average of other programs in the minute before."""
    users: int
    seconds: float
    steady: dict[str, Latency] | None = None
    errors: dict[str, int] = {}
    memory: dict[str, Memory] = {}
    deepest: int | None = None
    burst: Latency | None = None
    burst_deepest: int | None = None
    burst_drained_seconds: float | None = None
    alarm_fired: bool | None = None
    alarm_cleared: bool | None = None
    idle: Latency | None = None
    beside: Latency | None = None
    fairness: float | None = None
    """p95 of the light user beside the heavy one, divided by p95 alone."""
    flood: int | None = None
    flood_seconds: float | None = None
    refusals: int | None = None
    costly_idle: Latency | None = None
    costly_beside: Latency | None = None
    costly_fairness: float | None = None
    """The same ratio beside pictures that take seconds to open."""

    @property
    def is_good(self) -> bool:
        """No photo failed, the alarm fired and cleared, and the light user was not delayed."""
        latencies = [*(self.steady or {}).values(), self.burst, self.idle]
        return (
            not self.errors
            and not any(it.errors for it in latencies if it)
            and self.alarm_fired is not False
            and self.alarm_cleared is not False
            # The light user must have got at least one result during the flood.
            and (self.idle is None or (self.fairness or FAIR_RATIO + 1) <= FAIR_RATIO)
            and (self.costly_idle is None or (self.costly_fairness or 3) <= FAIR_RATIO)
        )


def start_report(users: int, seconds: float) -> Report:
    return Report(
        at=datetime.now(UTC),
        machine=platform.machine(),
        cores=os.cpu_count() or 1,
        load_before=os.getloadavg()[0],
        users=users,
        seconds=seconds,
    )


def add_steady(report: Report, samples: list[Sample], monitor: Monitor) -> Report:
    names = sorted({sample.photo for sample in samples}, key=lambda name: float(name[:-2]))
    groups = {
        "all": samples,
        **{way: [it for it in samples if it.way == way] for way in ("form", "direct")},
        **{name: [it for it in samples if it.photo == name] for name in names},
    }
    return report.model_copy(
        update={
            "steady": {name: summarise(group) for name, group in groups.items()},
            "errors": count_errors(samples),
            "memory": {name: describe(series) for name, series in monitor.series.items()},
            "deepest": max((depth for _, depth in monitor.depth), default=0),
        }
    )


def add_burst(report: Report, burst: Burst) -> Report:
    return report.model_copy(
        update={
            "burst": summarise(burst.samples),
            "errors": {**report.errors, **count_errors(burst.samples)},
            "burst_deepest": burst.deepest,
            "burst_drained_seconds": burst.drained_seconds,
            "alarm_fired": burst.alarm_fired,
            "alarm_cleared": burst.alarm_cleared,
        }
    )


def add_fairness(report: Report, fairness: Fairness) -> Report:
    idle, beside = _measure(fairness.idle), _measure(fairness.beside)
    return report.model_copy(
        update={
            "idle": idle,
            "beside": beside,
            "fairness": beside.p95 / idle.p95 if idle.p95 and beside.p95 else None,
            "flood": fairness.sent,
            "flood_seconds": fairness.seconds,
            "refusals": fairness.refusals,
            "errors": {**report.errors, **dict.fromkeys(fairness.errors, 1)},
        }
    )


def add_costly(report: Report, fairness: Fairness) -> Report:
    idle, beside = _measure(fairness.idle), _measure(fairness.beside)
    return report.model_copy(
        update={
            "costly_idle": idle,
            "costly_beside": beside,
            "costly_fairness": beside.p95 / idle.p95 if idle.p95 and beside.p95 else None,
            "errors": {**report.errors, **dict.fromkeys(fairness.errors, 1)},
        }
    )


def summarise(samples: list[Sample]) -> Latency:
    return _measure(
        [it.seconds for it in samples if it.seconds is not None],
        errors=sum(it.error is not None for it in samples),
    )


def count_errors(samples: list[Sample]) -> dict[str, int]:
    errors = [it.error for it in samples if it.error]
    return {error: errors.count(error) for error in dict.fromkeys(errors)}


def describe(series: Series) -> Memory:
    lasted = max(series.at[-1] - series.at[0], 1)
    return Memory(
        start=series.rss_mb[0],
        end=series.rss_mb[-1],
        highest=max(series.rss_mb),
        growth_per_minute=series.growth_mb_per_minute,
        processes=series.processes[-1],
        cores=(series.cpu_seconds[-1] - series.cpu_seconds[0]) / lasted,
    )


def show_report(report: Report, console: Console) -> None:
    title = f"{report.users} users, {report.cores} cores, load {report.load_before:.1f} before"
    table = Table(
        "Upload complete to result visible",
        *("photos", "errors", "p50 s", "p95 s", "p99 s"),
        title=title,
        title_justify="left",
    )
    rows = {
        **{f"steady, {name}": it for name, it in (report.steady or {}).items()},
        "burst": report.burst,
        "light user alone": report.idle,
        "light user beside a heavy one": report.beside,
    }
    for name, latency in rows.items():
        if latency:
            shown = (latency.p50, latency.p95, latency.p99)
            cells = ["-" if value is None else f"{value:.2f}" for value in shown]
            table.add_row(name, str(latency.photos), str(latency.errors), *cells)
    console.print(table)
    memory = Table("Processes", "MB start", "end", "highest", "MB/min, 2nd half", "n", "cores")
    for name, it in report.memory.items():
        numbers = (it.start, it.end, it.highest, it.growth_per_minute, it.processes, it.cores)
        memory.add_row(name, *(f"{number:.2f}".rstrip("0").rstrip(".") for number in numbers))
    if report.memory:
        console.print(memory)
    for line in _build_lines(report):
        console.print(line, highlight=False)


def _build_lines(report: Report) -> list[str]:
    lines = [f"{count} times: {error}" for error, count in report.errors.items()]
    if report.deepest is not None:
        lines.append(f"Highest queue depth of the steady load: {report.deepest}")
    if report.burst:
        lines.append(
            f"Burst: {report.burst_deepest} waited, all results visible"
            f" {report.burst_drained_seconds:.0f} s after the worker started;"
            f" alarm fired: {report.alarm_fired}, cleared: {report.alarm_cleared}"
        )
    if report.fairness is not None:
        lines.append(
            f"Fairness: the light user's p95 is {report.fairness:.2f} times its p95 alone, beside"
            f" {report.flood} photos in {report.flood_seconds:.0f} s"
            f" and {report.refusals} answers 429"
        )
    if report.costly_fairness is not None and report.costly_idle and report.costly_beside:
        lines.append(
            f"Costly pictures: the light user's p95 is {report.costly_fairness:.2f} times its p95"
            f" alone ({report.costly_beside.p95:.2f} s beside,"
            f" {report.costly_idle.p95:.2f} s alone, {report.costly_beside.photos} photos)"
        )
    return lines


def save_report(report: Report, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.model_dump_json(indent=2) + "\n")


def plot(samples: list[Sample], monitor: Monitor, path: Path) -> None:
    """Plot latency, memory and queue depth of the steady load over time."""
    from matplotlib import pyplot

    start = monitor.depth[0][0] if monitor.depth else 0.0
    figure, axes = pyplot.subplots(3, 1, figsize=(9, 9), sharex=True, layout="constrained")
    done = [(it.at - start, it.seconds) for it in samples if it.seconds is not None]
    axes[0].scatter(*zip(*done, strict=True) if done else ([], []), s=6)
    axes[0].set_ylabel("upload complete to result, s")
    for name, series in monitor.series.items():
        axes[1].plot(np.array(series.at) - start, series.rss_mb, label=name)
    axes[1].set_ylabel("memory, MB")
    axes[1].legend(fontsize="small")
    axes[2].plot([at - start for at, _ in monitor.depth], [depth for _, depth in monitor.depth])
    axes[2].set_ylabel("messages that wait")
    axes[2].set_xlabel("s")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=120)
    pyplot.close(figure)


def _measure(seconds: list[float], errors: int = 0) -> Latency:
    if not seconds:
        return Latency(photos=0, errors=errors, p50=None, p95=None, p99=None)
    p50, p95, p99 = (float(value) for value in np.percentile(seconds, [50, 95, 99]))
    return Latency(photos=len(seconds), errors=errors, p50=p50, p95=p95, p99=p99)
