"""What calls of webhooks cost, by how many are sent together: `python -m infra.cost.webhook`.

All numbers of its table are for a million calls that succeed at the first try. What a stranger can
make of webhooks is a row of `infra.cost.stranger`.
"""

from __future__ import annotations

import sys

from infra.cost.model import Line, load_prices
from pipeline.core.webhooks.deliveries import WAITS
from pipeline.core.webhooks.record import MAX_WEBHOOKS
from pipeline.lambdas.delivering.work import AT_ONCE, PAGE

MILLION = 1_000_000
DAY_SECONDS = 86_400
TOGETHER = (1, 8, 100)
"""Calls for which one message and one function call are enough: alone, a batch, a busy receiver."""

FUNCTION_GB = 0.5
SECONDS_ALONE = 0.3
"""Assumed: the function with one call of a receiver that answers within 0.1 s."""
SECONDS_A_BATCH = 0.15

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
    batches = -(-together // AT_ONCE)
    seconds = SECONDS_ALONE + (batches - 1) * SECONDS_A_BATCH
    writes = MILLION * WRITE_UNITS_A_CALL + rounds * WRITE_UNITS_TOGETHER
    reads = MILLION * READ_UNITS_A_CALL + rounds * READ_UNITS_TOGETHER
    return {
        "Function": rounds
        * (prices["lambda_request"] + seconds * FUNCTION_GB * prices["lambda_gb_second"]),
        "DynamoDB": writes * prices["dynamodb_write_unit"] + reads * prices["dynamodb_read_unit"],
        "SQS": rounds * MESSAGES_TOGETHER * prices["sqs_request"],
    }


LARGEST_BODY_UNITS = 9
"""Write units of the largest body. A test builds one and compares."""
LARGEST_ANSWER_UNITS = 2
"""What an attempt adds, with an answer of the longest that is kept."""
LARGEST_READ_UNITS = 12
"""A look at the list of open deliveries for each hundred, and those above."""
CALL_KB = 2 + LARGEST_BODY_UNITS
"""What a call sends, with its headers and those of TLS."""


def count_failures(events: float) -> float:
    """The most calls of one webhook that can fail in a day of so many events.

    `PAGE` deliveries wait for another try at the same time, so the short waits are used first.
    """
    places, failures = float(PAGE * DAY_SECONDS), 0.0
    for seconds in WAITS:
        failed = min(events, places / seconds)
        places -= failed * seconds
        failures += failed
    return failures


def calculate_stranger(events: float) -> Line:
    """What a day costs if all webhooks of a user get each of so many events, as dear as possible.

    The receivers let as many calls fail as they can without a pause, and answer slowly.
    """
    prices = load_prices()
    deliveries, failures = MAX_WEBHOOKS * events, MAX_WEBHOOKS * count_failures(events)
    calls = deliveries + failures
    tried = LARGEST_BODY_UNITS + LARGEST_ANSWER_UNITS
    # Added, moved to the other list and deleted there; the webhook's counter and health.
    writes = deliveries * (LARGEST_BODY_UNITS + 2 * tried + 1) + failures * tried + calls
    function_seconds = MAX_WEBHOOKS * DAY_SECONDS  # One call works on a webhook at a time
    usd = (
        writes * prices["dynamodb_write_unit"]
        + deliveries * LARGEST_READ_UNITS * prices["dynamodb_read_unit"]
        + deliveries * MESSAGES_TOGETHER * prices["sqs_request"]
        + function_seconds * FUNCTION_GB * prices["lambda_gb_second"]
        + calls * CALL_KB / MILLION * prices["transfer_out_gb"]
    )
    return Line("Calls of webhooks, most of them failed once", f"{calls:,.0f}", float(usd))


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
