"""What requests that wait for a result cost, by seconds: `python -m infra.cost.waiting`.

The alternative is a caller that asks once a second. All numbers are for 1,000 results.
"""

from __future__ import annotations

import math
import sys
from typing import Any

from infra.cost.model import INVOCATION_GB_SECONDS, load_prices
from pipeline.lambdas.waiting import POLL_SECONDS, count_looks

SECONDS = (0.5, 1, 5, 20)
THOUSAND = 1000

FUNCTION_GB = 1
"""Memory of the functions that wait, as modules/functions sets it."""

LOOK_READ_UNITS = 0.5
"""A read of a record of up to 4 KB that need not be consistent."""

CHARGE_WRITE_UNITS = 4
"""The seconds are charged and what was not waited is given back. A bucket in use takes two writes
each time."""

REQUEST_WRITE_UNITS = 1
REQUEST_READ_UNITS = 2
"""The limit of requests; the task and whether its owner is locked out."""


def calculate_waiting(seconds: float) -> dict[str, float]:
    """USD for what waiting adds to 1,000 requests, by what is charged."""
    prices = load_prices()
    function = THOUSAND * seconds * FUNCTION_GB * prices["lambda_gb_second"]
    reads = THOUSAND * count_looks(seconds) * LOOK_READ_UNITS * prices["dynamodb_read_unit"]
    writes = THOUSAND * CHARGE_WRITE_UNITS * prices["dynamodb_write_unit"]
    return {"Function": function, "DynamoDB": reads + writes}


def calculate_asking(seconds: float) -> float:
    """USD for the questions of a caller that asks once a second instead."""
    questions = THOUSAND * math.ceil(seconds / POLL_SECONDS)
    return questions * _price_question(load_prices())


def _price_question(prices: dict[str, Any]) -> float:
    return float(
        prices["api_request"]
        + prices["waf_request"]
        + prices["lambda_request"]
        + INVOCATION_GB_SECONDS * prices["lambda_gb_second"]
        + REQUEST_WRITE_UNITS * prices["dynamodb_write_unit"]
        + REQUEST_READ_UNITS * prices["dynamodb_read_unit"]
    )


def build_table() -> str:
    """The table of docs/cost.md."""
    lines = [
        "| Seconds until the result | Function | DynamoDB | Waiting | Asking once a second |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for seconds in SECONDS:
        costs = calculate_waiting(seconds)
        usd = [*costs.values(), sum(costs.values()), calculate_asking(seconds)]
        lines.append(f"| {seconds:g} | " + " | ".join(f"{each:.4f}" for each in usd) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(build_table())
