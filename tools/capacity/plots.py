"""Draws a simulation: waiting pictures, instances, and seconds to the result."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from tools.capacity.loads import Load
from tools.capacity.simulation import Outcome

BLUE, GREY, ORANGE = "#1d4ed8", "#64748b", "#c2410c"


def draw(load: Load, outcome: Outcome, path: Path) -> None:
    """Write a PNG."""
    plt.switch_backend("agg")
    figure, (queue, fleet, wait) = plt.subplots(3, 1, figsize=(8, 6), sharex=True)
    times, waiting, instances = zip(*outcome.timeline, strict=True)
    minutes = np.array(times) / 60
    queue.fill_between(minutes, waiting, color=BLUE, alpha=0.6)
    queue.set_ylabel("Waiting pictures")
    fleet.step(minutes, instances, where="post", color=GREY)
    fleet.set_ylabel("Instances")
    fleet.set_ylim(bottom=0)
    at, p95 = _percentiles(outcome)
    wait.plot(at, p95, color=ORANGE)
    wait.set_ylabel("p95 of a minute, s")
    wait.set_xlabel("Minutes")
    wait.set_ylim(bottom=0)
    figure.suptitle(load.name)
    _save(figure, path)


def _percentiles(outcome: Outcome) -> tuple[Sequence[float], Sequence[float]]:
    minutes = (np.array(outcome.finished_at) // 60).astype(int)
    seconds = np.array(outcome.seconds)
    found = sorted(set(minutes.tolist()))
    return found, [float(np.percentile(seconds[minutes == minute], 95)) for minute in found]


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.tight_layout()
    figure.savefig(path, dpi=90, metadata={"Software": None})
    plt.close(figure)
