"""What calls of webhooks cost, by how many are sent together: `python -m infra.cost.webhook`.

All numbers are for a million calls that succeed at the first try.
"""

from __future__ import annotations

import sys

from infra.cost.model import load_prices

MILLION = 1_000_000
TOGETHER = (1, 8, 100)
"""Calls for which one message and one function call are enough: alone, a batch, a busy receiver."""

FUNCTION_GB = 0.5
SECONDS_ALONE = 0.3
"""Assumed: the function with one call of a receiver that answers within 0.1 s."""
SECONDS_A_BATCH = 0.15
BATCH = 8

WRITE_UNITS_A_CALL = 8
"""The delivery is added (2 KB: 2), the webhook's counter grows (1), the delivery is closed with its
answer (3) and leaves the open list (2)."""
READ_UNITS_A_CALL = 3
"""The webhooks of the owner (1); whether the delivery was there before (2)."""

WRITE_UNITS_TOGETHER = 3
"""The webhook is held, its health is noted, and it is let go."""
READ_UNITS_TOGETHER = 4
MESSAGES_TOGETHER = 3
"""Sent, received, deleted."""


def calculate_webhooks(together: int) -> dict[str, float]:
    """USD for a million calls, by what is charged."""
    prices = load_prices()
    rounds = MILLION / together
    batches = -(-together // BATCH)
    seconds = SECONDS_ALONE + (batches - 1) * SECONDS_A_BATCH
    writes = MILLION * WRITE_UNITS_A_CALL + rounds * WRITE_UNITS_TOGETHER
    reads = MILLION * READ_UNITS_A_CALL + rounds * READ_UNITS_TOGETHER
    return {
        "Function": rounds
        * (prices["lambda_request"] + seconds * FUNCTION_GB * prices["lambda_gb_second"]),
        "DynamoDB": writes * prices["dynamodb_write_unit"] + reads * prices["dynamodb_read_unit"],
        "SQS": rounds * MESSAGES_TOGETHER * prices["sqs_request"],
    }


def build_table() -> str:
    """The table of docs/cost.md."""
    lines = [
        "| Calls together | Function | DynamoDB | SQS | A million calls |",
        "| ---: | ---: | ---: | ---: | ---: |",
    ]
    for together in TOGETHER:
        costs = calculate_webhooks(together)
        usd = [*costs.values(), sum(costs.values())]
        lines.append(f"| {together} | " + " | ".join(f"{each:.2f}" for each in usd) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(build_table())
