"""Compares the simulation with the crowd of `make bench`."""

from __future__ import annotations

import json
import math
from pathlib import Path

from pydantic import BaseModel
from rich.console import Console

from tools.capacity.loads import steady
from tools.capacity.simulation import Fleet, Outcome, simulate

TOLERANCE = 0.2


class Crowd(BaseModel, frozen=True):
    """The bench's measurements of 100 users."""

    images_per_second: float
    service_ms: float  # On one core, during that load
    path_seconds: float  # With one user alone, without the time on a core
    slots: int  # Cores of the workers
    p50_seconds: float  # From the complete upload until the user sees the result
    p95_seconds: float


def simulate_crowd(crowd: Crowd) -> Outcome:
    fleet = Fleet(1, 1, crowd.slots, crowd.service_ms / 1000, backlog_target=math.inf)
    return simulate(fleet, steady(crowd.images_per_second))


def compare(crowd: Crowd) -> dict[str, tuple[float, float]]:
    """Map each percentile to the measured and the simulated seconds."""
    outcome = simulate_crowd(crowd)
    return {
        "p50": (crowd.p50_seconds, crowd.path_seconds + outcome.get_percentile(50)),
        "p95": (crowd.p95_seconds, crowd.path_seconds + outcome.get_percentile(95)),
    }


def validate(bench: Path, console: Console) -> int:
    """Print the measured and the simulated percentiles.

    Returns:
        0 if each is within `TOLERANCE`, else 1.
    """
    crowd = Crowd.model_validate(json.loads(bench.read_text())["crowd"])
    found = compare(crowd)
    for name, (measured, simulated) in found.items():
        apart = simulated / measured - 1
        console.print(
            f"{name}: measured {measured:.3f} s, simulated {simulated:.3f} s, {apart:+.0%}"
        )
    return int(
        any(abs(simulated / measured - 1) > TOLERANCE for measured, simulated in found.values())
    )
