"""What one signed-up stranger can make us pay in a day: `python -m infra.cost.stranger`.

It multiplies the limits of each user (pipeline/lambdas/settings.py) with the prices. What Amazon
serves for free is not subtracted.
"""

import sys
from typing import Any

from infra.cost.exchange import price_exchange
from infra.cost.exporting import calculate_exports
from infra.cost.model import (
    ENVIRONMENTS,
    INDEX_READ_UNITS,
    INVOCATION_GB_SECONDS,
    QUEUE_REQUESTS,
    WRITE_UNITS,
    Line,
    get_total,
    load_prices,
)
from infra.cost.waiting import FUNCTION_GB, LOOK_READ_UNITS
from infra.cost.webhook import calculate_stranger
from pipeline.core.fingerprint import BANDS
from pipeline.core.live.connections import MAX_CONNECTIONS_PER_USER
from pipeline.core.search.words import MOST_FILE_TERMS, MOST_LABEL_TERMS, MOST_NAMES
from pipeline.core.settings import FORM_LIFETIME, RETENTION
from pipeline.lambdas.refusals import WINDOW_SECONDS, WRITES
from pipeline.lambdas.settings import ApiSettings
from pipeline.lambdas.waiting import WAIT_LIMIT, count_looks

DAY_SECONDS = 86_400

LINE_MBIT = 100
"""Megabits a second of the stranger's line. No limit of ours bounds what one address shows."""

POST_BYTES = 1_500
"""Bytes of the smallest post of a form, with its headers. A test builds one and compares."""

LARGEST_FLEET = 10
"""`max_size` of prod."""

REQUESTS_PER_SECOND = 200
"""`requests_per_second` of prod. The gateway refuses what all callers send beyond, for free."""

SOCKETS_PER_SECOND = 50
"""`requests_per_second` of modules/live: new sockets and messages of all callers together."""

HEALTH_PER_SECOND = 5
"""`health_per_second` of modules/api, for GET and for HEAD. More is refused, for free."""

HEALTH_PROCESSES = 20
"""Processes of the function that so many calls keep busy."""

HEALTH_KEPT_SECONDS = 5
"""`KEPT_SECONDS` of the function: each process asks three services anew after this time."""

HEALTH_GB = 0.5
"""Memory of the function."""

TOKENS_PER_SECOND = 20
"""`tokens_per_second` of modules/api: exchanges of API keys by all callers together."""

SOCKET_GB = 0.5
"""Memory of the function that looks at a ticket. It works no longer than any other."""

REFUSED_WRITE_UNITS = 2
"""A refused request fails both conditions of the user's token bucket. DynamoDB charges for a write
whose condition fails."""

REFUSAL_PROCESSES = 30
"""Processes of one function that a user's requests keep busy, if each takes a whole second."""

REFUSAL_WRITE_UNITS = 3
"""The counter and its place in an index, which changes with the number."""

REFERENCE_WRITE_UNITS = 1
"""A task with a reference is in one more index."""

LIST_READ_UNITS = 105
"""Read units of the most expensive request: a page of 100 tasks of one status, keys and records."""

LOCKOUT_READ_UNITS = 1
"""Every request first reads whether its owner is locked out."""


INDEX_WRITE_UNITS = MOST_LABEL_TERMS + MOST_FILE_TERMS + BANDS + 2 * (MOST_NAMES + 2)
"""The most words of a result without text, its looks, what the index holds of it, its place among
doubles, and its counts. The last three are written in a transaction, which costs twice as much."""


def calculate_day() -> list[Line]:
    """The most that each kind of use costs in a day, with the default limits."""
    prices = load_prices()
    stored = _get_default("stored_bytes") / 1e9
    egress = LINE_MBIT / 8 * DAY_SECONDS / 1000
    hours = LARGEST_FLEET * 24
    return [
        *_calculate_calls(prices),
        Line(
            "The largest fleet of prod",
            f"{hours} h",
            hours * prices["ec2_hour"][ENVIRONMENTS["prod"].instance_type],
        ),
        *_calculate_frames(prices),
        *_calculate_health(prices),
        calculate_stranger(_count_uploads()),
        calculate_exports(prices),
        Line(
            "Pictures stored, as many as fit",
            f"{stored:,.0f} GB for a day",
            stored * prices["s3_gb_month"] / RETENTION.days,
        ),
        Line(
            f"Pictures and answers fetched without end over a line of {LINE_MBIT} Mbit/s",
            f"{egress:,.0f} GB",
            egress * prices["transfer_out_gb"],
        ),
    ]


def _calculate_frames(prices: dict[str, Any]) -> list[Line]:
    """What frames cost beyond their requests, if the stranger sends nothing else."""
    frames = _get_default("requests_per_second") * DAY_SECONDS + _get_default("request_burst")
    sent = _get_default("bytes_per_day") / 1e9
    per_frame = MAX_CONNECTIONS_PER_USER * prices["websocket_message"]
    minutes = MAX_CONNECTIONS_PER_USER * DAY_SECONDS / 60
    return [
        Line(
            "Frames of cameras through Kinesis",
            f"{sent:,.0f} GB",
            sent * (prices["kinesis_in_gb"] + prices["kinesis_out_gb"]),
        ),
        Line(
            f"Answers to frames, each to {MAX_CONNECTIONS_PER_USER} sockets",
            f"{frames:,.0f}",
            frames * (per_frame + prices["dynamodb_read_unit"])
            + minutes * prices["websocket_minute"],
        ),
    ]


def _calculate_calls(prices: dict[str, Any]) -> list[Line]:
    """What is charged for each call, not for time or size."""
    requests = _get_default("requests_per_second") * DAY_SECONDS + _get_default("request_burst")
    uploads = _count_uploads()
    # After the lockout the forms that the stranger has are valid for as long as a form is.
    posts = LINE_MBIT * 1e6 / 8 / POST_BYTES * FORM_LIFETIME.total_seconds()
    refusals = REFUSAL_PROCESSES * WRITES * DAY_SECONDS / WINDOW_SECONDS
    # The gateway lets twice its rate through at once.
    refused = REQUESTS_PER_SECOND * (DAY_SECONDS + 2) - requests
    kinds = (
        ("Requests of any route", requests, _price_request(prices)),
        ("Requests refused with 429 by a function", refused, _price_refused(prices)),
        ("Uploads: records, messages, events", uploads, _price_upload(prices)),
        ("Words of results, stored and deleted again", 2 * uploads, _price_index(prices)),
        ("Used forms posted again, until the last one expires", posts, _price_repost(prices)),
        ("Seconds that requests wait for results", _count_waits(), _price_wait_second(prices)),
        (
            "Sockets with made-up tickets, which need no account",
            SOCKETS_PER_SECOND * (DAY_SECONDS + 2),
            _price_made_up_ticket(prices),
        ),
        (
            "Exchanges of API keys, of which made-up ones need no account",
            TOKENS_PER_SECOND * (DAY_SECONDS + 2),
            _price_call(prices) + price_exchange(prices),
        ),
        (
            "Refused uploads: counters",
            refusals,
            REFUSAL_WRITE_UNITS * prices["dynamodb_write_unit"],
        ),
    )
    return [Line(name, f"{count:,.0f}", count * price) for name, count, price in kinds]


def _count_uploads() -> float:
    return _get_default("uploads_per_second") * DAY_SECONDS + _get_default("upload_burst")


def _count_waits() -> float:
    return WAIT_LIMIT.burst + WAIT_LIMIT.per_second * DAY_SECONDS


def _price_wait_second(prices: dict[str, Any]) -> float:
    """USD for a second of a function that looks at a record again and again."""
    looks = count_looks(1)
    return float(
        FUNCTION_GB * prices["lambda_gb_second"]
        + looks * LOOK_READ_UNITS * prices["dynamodb_read_unit"]
    )


def _price_made_up_ticket(prices: dict[str, Any]) -> float:
    """USD for a function that looks for the ticket, and its write whose condition fails."""
    return float(
        prices["lambda_request"]
        + INVOCATION_GB_SECONDS * SOCKET_GB * prices["lambda_gb_second"]
        + prices["dynamodb_write_unit"]
    )


def _price_repost(prices: dict[str, Any]) -> float:
    """USD for a post of a form whose task has its picture: stored, looked at, deleted."""
    return float(
        prices["s3_put"]
        + prices["lambda_request"]
        + INVOCATION_GB_SECONDS * prices["lambda_gb_second"]
        + 2 * prices["dynamodb_read_unit"]
    )


def _price_request(prices: dict[str, Any]) -> float:
    """USD for the dearest request, which lists results."""
    return _price_call(prices) + float(
        2 * prices["dynamodb_write_unit"] + LIST_READ_UNITS * prices["dynamodb_read_unit"]
    )


def _price_refused(prices: dict[str, Any]) -> float:
    """USD for a request that a function refuses because the user sends too many."""
    return _price_call(prices) + float(
        REFUSED_WRITE_UNITS * prices["dynamodb_write_unit"]
        + LOCKOUT_READ_UNITS * prices["dynamodb_read_unit"]
    )


def _calculate_health(prices: dict[str, Any]) -> list[Line]:
    """What callers of /health cost, for which nobody signs in."""
    calls = 2 * HEALTH_PER_SECOND * (DAY_SECONDS + 2)
    looks = HEALTH_PROCESSES * DAY_SECONDS / HEALTH_KEPT_SECONDS
    look = prices["dynamodb_read_unit"] / 2 + prices["sqs_request"] + prices["s3_get"]
    call = _price_call(prices, HEALTH_GB)
    name = "Calls of /health, which need no account"
    return [Line(name, f"{calls:,.0f}", calls * call + looks * look)]


def _price_call(prices: dict[str, Any], memory_gb: float = 1) -> float:
    """USD for a call of a function through firewall and gateway."""
    return float(
        prices["api_request"]
        + prices["waf_request"]
        + prices["lambda_request"]
        + memory_gb * INVOCATION_GB_SECONDS * prices["lambda_gb_second"]
    )


def _price_upload(prices: dict[str, Any]) -> float:
    """USD for an upload beyond its request: record, picture, messages, event."""
    return float(
        (WRITE_UNITS + REFERENCE_WRITE_UNITS) * prices["dynamodb_write_unit"]
        + prices["s3_put"]
        + 2 * prices["s3_get"]
        + QUEUE_REQUESTS * prices["sqs_request"]
        + prices["lambda_request"]
        + INVOCATION_GB_SECONDS * prices["lambda_gb_second"]
    )


def _price_index(prices: dict[str, Any]) -> float:
    """USD for the words of one result."""
    return float(
        INDEX_WRITE_UNITS * prices["dynamodb_write_unit"]
        + INDEX_READ_UNITS * prices["dynamodb_read_unit"]
        + prices["lambda_request"]
        + INVOCATION_GB_SECONDS * prices["lambda_gb_second"]
    )


def build_table() -> str:
    """The table of docs/security.md."""
    lines = calculate_day()
    rows = [f"| {line.service} | {line.quantity} | {line.usd:,.2f} |" for line in lines]
    return "\n".join(
        [
            "| What | Most in a day | US dollars |",
            "| --- | ---: | ---: |",
            *rows,
            f"| **Together** | | **{get_total(lines):,.2f}** |",
        ]
    )


def _get_default(name: str) -> float:
    return float(ApiSettings.model_fields[name].default)


if __name__ == "__main__":
    sys.stdout.write(build_table() + "\n")
