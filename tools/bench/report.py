"""Writes the numbers of one run as a table and as JSON."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table


class Row(BaseModel, frozen=True):
    """One number. Ratios refer to the bare loop of the same run on the same machine."""

    what: str
    value: float
    unit: str
    ratio: float | None = None
    ratio_to: str = ""


class Report(BaseModel, frozen=True):
    """All numbers of one run."""

    at: datetime
    machine: str
    cores: int
    is_pinned: bool
    """Whether the worker had cores of its own."""
    rows: list[Row]
    worker_over_bare_loop: float
    """Throughput of the worker as a share of the bare loop on the same cores."""
    capacity: dict[str, Any]
    """Input of tools.capacity: service_ms by megapixels, path_seconds."""
    crowd: dict[str, float]
    """Measurements that tools.capacity is compared with."""


@dataclass(frozen=True)
class Percentiles:
    """Percentiles of a list of seconds."""

    p50_ms: float
    p95_ms: float
    p99_ms: float


def get_percentiles(seconds: Sequence[float]) -> Percentiles:
    cuts = statistics.quantiles(seconds, n=100, method="inclusive")
    return Percentiles(p50_ms=cuts[49] * 1000, p95_ms=cuts[94] * 1000, p99_ms=cuts[98] * 1000)


def build_report(rows: list[Row], *, is_pinned: bool, **others: Any) -> Report:
    return Report(
        **others,
        at=datetime.now(UTC),
        machine=platform.machine(),
        cores=os.cpu_count() or 1,
        is_pinned=is_pinned,
        rows=rows,
    )


def save_report(report: Report, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(report.model_dump_json(indent=2) + "\n")


def show_report(report: Report, console: Console) -> None:
    own = "with cores of its own" if report.is_pinned else "sharing its cores with the local AWS"
    table = Table(
        "What",
        "Value",
        "Ratio",
        title=f"{report.cores} cores, the worker {own}",
        title_justify="left",
    )
    for row in report.rows:
        ratio = "" if row.ratio is None else f"{row.ratio:.2f} of {row.ratio_to}"
        table.add_row(row.what, f"{row.value:.3g} {row.unit}", ratio)
    console.print(table)
