"""What an hour of one camera costs, by its frames a second: `python -m infra.cost.camera`."""

from __future__ import annotations

import sys
from typing import Any

from infra.cost.model import ENVIRONMENTS, HOURS, INVOCATION_GB_SECONDS, load_prices
from pipeline.core.live.streams import KNOWN_SECONDS
from pipeline.lambdas.limits import CHARGED_ONE_IN
from pipeline.worker.live import listeners
from pipeline.worker.live.tallies import INTERVAL_SECONDS

RATES = (1, 2, 5, 10)
FRAME_GB = 73e-6
"""A frame of 640 x 427 pixels in JPEG quality 75."""

CORE_SECONDS = 0.05
"""A worker's core for one frame: `tools.bench.options` prints 41 ms for `labels`, rounded up."""

HOUR_SECONDS = 3600


def calculate_hour(rate: float) -> dict[str, float]:
    """USD for an hour of one camera, by what is charged."""
    prices = load_prices()
    frames = rate * HOUR_SECONDS
    gateway = frames * prices["api_request"]
    function = frames * (
        prices["lambda_request"] + INVOCATION_GB_SECONDS * prices["lambda_gb_second"]
    )
    kinesis = frames * FRAME_GB * (prices["kinesis_in_gb"] + prices["kinesis_out_gb"])
    socket = frames * prices["websocket_message"] + 60 * prices["websocket_minute"]
    prod = ENVIRONMENTS["prod"]
    core_hour = prices["ec2_hour"][prod.instance_type] / prod.vcpus
    cores = frames * CORE_SECONDS / HOUR_SECONDS * core_hour
    return {
        "API Gateway": gateway,
        "Function": function,
        "DynamoDB": _price_table(rate, prices),
        "Kinesis": kinesis,
        "Socket": socket,
        "Cores": cores,
    }


def _price_table(rate: float, prices: dict[str, Any]) -> float:
    """The limit of requests for each frame, its stream now and then, and the worker's counts."""
    frames = rate * HOUR_SECONDS
    writes = frames * (1 + 1 / CHARGED_ONE_IN) + HOUR_SECONDS / INTERVAL_SECONDS
    # A frame reads whether its owner is locked out; the worker looks for sockets in two indexes.
    lookups = HOUR_SECONDS / KNOWN_SECONDS + 2 * HOUR_SECONDS / listeners.KNOWN_SECONDS
    reads = frames + lookups
    return float(writes * prices["dynamodb_write_unit"] + reads * prices["dynamodb_read_unit"])


def calculate_idle_month() -> float:
    """USD for a month of the stream itself, also without any camera."""
    return float(HOURS * load_prices()["kinesis_stream_hour"])


def build_table() -> str:
    """The table of docs/cost.md."""
    names = list(calculate_hour(1))
    lines = [
        "| Frames a second | " + " | ".join(names) + " | Together |",
        "| ---: |" + " ---: |" * (len(names) + 1),
    ]
    for rate in RATES:
        costs = calculate_hour(rate)
        cells = [f"{usd:.4f}" for usd in (*costs.values(), sum(costs.values()))]
        lines.append(f"| {rate} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(build_table())
    sys.stdout.write(f"\nThe stream alone: {calculate_idle_month():.2f} USD a month\n")
