"""A function's memory, time and price: `python -m infra.cost.memory build/bench.json`.

AWS gives a function processor by its memory: one vCPU at 1,769 MB.
https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from infra.cost.model import load_prices

VCPU_MB = 1769
SETTINGS_MB = (128, 256, 512, 1024, 1769)
WAIT_MS = 15.0
"""For DynamoDB, S3 and SQS, which no memory makes quicker: an assumption, not measured on AWS."""


@dataclass(frozen=True)
class Setting:
    """One row."""

    memory_mb: float
    warm_ms: float
    usd_a_million: float


def calculate(memory_mb: float, cpu_ms: float) -> Setting:
    """What a warm request that works `cpu_ms` on one vCPU takes and costs."""
    prices = load_prices()
    warm_ms = cpu_ms / min(1.0, memory_mb / VCPU_MB) + WAIT_MS
    gb_seconds = memory_mb / 1024 * warm_ms / 1000
    usd = gb_seconds * prices["lambda_gb_second"] + prices["lambda_request"]
    return Setting(memory_mb, warm_ms, usd * 1e6)


def read_cpu_ms(bench: Path) -> dict[str, float]:
    """Function to the measured processor time of a warm request."""
    rows = json.loads(bench.read_text())["rows"]
    found = {re.fullmatch(r"Warm (\w+)", row["what"]): row["value"] for row in rows}
    return {match[1]: value for match, value in found.items() if match}


def main() -> None:
    console = Console()
    for name, cpu_ms in read_cpu_ms(Path(sys.argv[1])).items():
        title = f"{name}, {cpu_ms:.1f} ms of processor"
        table = Table("Memory", "Warm request", "USD a million", title=title)
        for memory_mb in SETTINGS_MB:
            row = calculate(memory_mb, cpu_ms)
            table.add_row(f"{memory_mb} MB", f"{row.warm_ms:.0f} ms", f"{row.usd_a_million:.2f}")
        console.print(table)


if __name__ == "__main__":
    main()
