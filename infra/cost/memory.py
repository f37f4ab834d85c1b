"""Print time and price of each function by memory: `python -m infra.cost.memory build/bench.json`.

AWS gives a function processor time in proportion to its memory: one vCPU at 1,769 MB.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from infra.cost.model import load_prices

VCPU_MB = 1769
SETTINGS_MB = (128, 256, 512, 1024, 1769)
WAIT_MS = 15.0
"""Waiting for DynamoDB, S3 and SQS, which memory does not change. Assumed, not measured on AWS."""


@dataclass(frozen=True)
class Work:
    """Processor milliseconds of one function on one vCPU."""

    imports_ms: float  # At a cold start
    request_ms: float


@dataclass(frozen=True)
class Setting:
    """One row."""

    memory_mb: float
    warm_ms: float
    cold_ms: float  # The worst case: AWS gives imports no more processor time than requests
    usd_a_million: float  # Warm requests


def calculate(memory_mb: float, work: Work) -> Setting:
    """Time and price of a request."""
    prices = load_prices()
    share = min(1.0, memory_mb / VCPU_MB)
    warm_ms = work.request_ms / share + WAIT_MS
    gb_seconds = memory_mb / 1024 * warm_ms / 1000
    usd = gb_seconds * prices["lambda_gb_second"] + prices["lambda_request"]
    return Setting(memory_mb, warm_ms, work.imports_ms / share + warm_ms, usd * 1e6)


def read_work(bench: Path) -> dict[str, Work]:
    """The measured functions by name."""
    rows = {row["what"]: row["value"] for row in json.loads(bench.read_text())["rows"]}
    names = (what.removeprefix("Warm ") for what in rows if what.startswith("Warm "))
    return {name: Work(rows[f"Import of {name}"], rows[f"Warm {name}"]) for name in names}


def main() -> None:
    console = Console()
    for name, work in read_work(Path(sys.argv[1])).items():
        title = f"{name}: {work.request_ms:.1f} ms of processor, imports {work.imports_ms:.0f} ms"
        table = Table("Memory", "Warm request", "Cold start", "USD a million", title=title)
        for memory_mb in SETTINGS_MB:
            row = calculate(memory_mb, work)
            times = (f"{ms:.0f} ms" for ms in (row.warm_ms, row.cold_ms))
            table.add_row(f"{memory_mb} MB", *times, f"{row.usd_a_million:.2f}")
        console.print(table)


if __name__ == "__main__":
    main()
