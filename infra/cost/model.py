"""Computes the quantities that AWS charges for, and their price, from users and images.

The constants below say what one image causes, as counted in the code. Prices and free allowances
are data, in prices.json.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.core.steps import STEPS

HOURS = 730
"""Hours of an average month."""

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True)
class Environment:
    """Resources that an environment has without any load, as infra/terraform/envs sets them."""

    instance_type: str
    vcpus: int
    min_instances: int
    """0 for a fleet that sleeps while nothing waits."""
    warm_instances: int
    nat_gateways: int
    interface_endpoints: int
    """One for each service and zone."""
    waf_acls: int
    """One for the API and one for the user pool, or none."""
    waf_rules: int
    alarm_metrics: int
    """AWS charges an alarm by the metrics that it watches."""
    composite_alarms: int
    metrics: int
    """Combinations of name and dimensions that functions and workers send."""
    kms_keys: int


ENVIRONMENTS = {
    "dev": Environment(
        "t4g.small",
        2,
        min_instances=0,
        warm_instances=1,
        nat_gateways=0,
        interface_endpoints=0,
        waf_acls=0,
        waf_rules=0,
        alarm_metrics=17,
        composite_alarms=0,
        metrics=7,
        kms_keys=0,
    ),
    "prod": Environment(
        "c7g.large",
        2,
        min_instances=2,
        warm_instances=2,
        nat_gateways=0,
        interface_endpoints=12,
        waf_acls=2,
        waf_rules=5,
        alarm_metrics=104,
        composite_alarms=4,
        metrics=30,
        kms_keys=1,
    ),
}


@dataclass(frozen=True)
class Usage:
    """The use of one month."""

    users: int
    """People who sign in at least once."""
    images: int
    megabytes: float = 2.0
    """Size of an average phone photo, after the page has offered to make it smaller."""
    environment: str = "prod"
    awake_hours: int = 60
    """Hours in which somebody sends images, with 15 quiet minutes after each session. Only for a
    fleet that sleeps."""


@dataclass(frozen=True)
class Line:
    """One row of the bill."""

    service: str
    quantity: str
    usd: float


# What one image causes. A session of the page sends five images through one socket of ten minutes.
SESSION_SHARE = 1 / 5
REQUESTS = 2.4  # Upload, result, and its share of a ticket and of a look at the history
HINTS = 1.2  # The hint that it is finished, and its share of pings
SOCKET_MINUTES = 10 * SESSION_SHARE
INVOCATIONS = REQUESTS + 2.6  # Events of upload and stream; its share of a socket's three
INVOCATION_GB_SECONDS = 0.027 * 1  # 27 ms on average at 1,024 MB, as infra.cost.memory says
QUEUE_REQUESTS = 3  # Send, receive, delete
# Lambda keeps five polls of 20 s open at each queue that starts a function.
IDLE_RECEIVES = 5 * 3 * 60 * HOURS * len(STEPS)
PUTS = 4  # The form's upload, the copy that becomes the task's picture, preview and thumbnail
COPIES_GB = 150e-6  # Preview and thumbnail of a phone's photo
SOCKET_WRITE_UNITS = 1.2  # Its share of a ticket and a socket
OTHER_WRITE_UNITS = (
    45  # Limits and usage 13, insert 5, accept 4, queue 6, start 6, result of 3 kB 11
)
WRITE_UNITS = OTHER_WRITE_UNITS + SOCKET_WRITE_UNITS  # With indexes
INDEX_WRITE_UNITS = 26  # 13 words and 4 looks of a photo, and a transaction that counts 3 names
INDEX_READ_UNITS = 5  # What the index has of the photo, and four looks for copies
INDEX_INVOCATIONS = 1  # At most: records that come together are handled together
INDEX_GB = 4e-6
READ_UNITS = 8.5  # Sockets 0.5. With the account's defaults, for an upload that leaves one to them
REPORT_WRITE_UNITS = 2  # A worker's report of its last hour, once a minute
VIEWS = 0.3  # Downloads of the stored image: the page first shows its own copy
LOG_GB = 10e-6
RECORD_GB = 10e-6  # A task with its labels, in the table and one complete index
TRACED_SHARE = 0.05

UTILISATION = 0.6
"""Share of its time that a fleet which follows the load is busy."""

SWEEPS = 60 * HOURS
SWEEP_GB_SECONDS = 0.5 * 0.25


@cache
def load_prices() -> dict[str, Any]:
    prices: dict[str, Any] = json.loads((Path(__file__).parent / "prices.json").read_text())
    return prices


def load_capacity() -> dict[str, Any]:
    """The measured rate. Terraform uses it for the size of the fleet."""
    capacity: dict[str, Any] = json.loads((ROOT / "terraform/capacity.json").read_text())
    return capacity


def calculate(usage: Usage, environment: Environment | None = None) -> list[Line]:
    """The bill of one month, row by row, of the usage's environment or of another one."""
    environment = environment or ENVIRONMENTS[usage.environment]
    return [
        *_calculate_machines(usage, environment),
        *_calculate_traffic(usage, environment),
        *_calculate_storage(usage, environment),
        *_calculate_watching(usage, environment),
    ]


def calculate_rekognition(images: int) -> float:
    """The price of DetectLabels of Amazon Rekognition, which is only the recognition."""
    usd, counted = 0.0, 0
    for tier in load_prices()["rekognition_detect_labels"]:
        end = images if tier["up_to"] is None else min(images, tier["up_to"])
        usd += max(0, end - counted) * tier["image"]
        counted = max(counted, end)
    return usd


def price_core_seconds(seconds: float) -> float:
    """USD for a million photos that each take a core of prod for so long."""
    environment = ENVIRONMENTS["prod"]
    core_hour = load_prices()["ec2_hour"][environment.instance_type] / environment.vcpus
    return float(1_000_000 * seconds / 3600 * core_hour / UTILISATION)


def get_total(lines: Iterable[Line]) -> float:
    return sum(line.usd for line in lines)


def get_instance_hours(usage: Usage, environment: Environment) -> float:
    """The smallest fleet all the time, or as long as it is awake; more where the images need it."""
    rate: float = load_capacity()["images_per_second_per_vcpu"] * environment.vcpus
    awake = usage.awake_hours if usage.images and environment.min_instances == 0 else 0
    least = environment.min_instances * HOURS + awake
    return max(least, usage.images / rate / 3600 / UTILISATION)


def _calculate_machines(usage: Usage, environment: Environment) -> list[Line]:
    prices = load_prices()
    hours = get_instance_hours(usage, environment)
    disks = hours / HOURS + environment.warm_instances
    if environment.min_instances == 0:
        # The worker that wakes is the one that the warm pool kept, with its disk.
        disks = max(hours / HOURS, environment.warm_instances)
    gateways = environment.nat_gateways * HOURS
    endpoints = environment.interface_endpoints * HOURS
    return [
        Line(
            "EC2 workers",
            f"{hours:,.0f} h {environment.instance_type}",
            hours * prices["ec2_hour"][environment.instance_type],
        ),
        Line("EBS disks", f"{disks:,.1f} x 12 GB", disks * 12 * prices["ebs_gp3_gb_month"]),
        Line(
            "NAT gateways and endpoints",
            f"{gateways + endpoints:,.0f} h",
            gateways * (prices["nat_gateway_hour"] + prices["public_ipv4_hour"])
            + endpoints * prices["interface_endpoint_hour"],
        ),
    ]


def _calculate_traffic(usage: Usage, environment: Environment) -> list[Line]:
    prices = load_prices()
    requests = usage.images * REQUESTS
    invocations = usage.images * (INVOCATIONS + INDEX_INVOCATIONS)
    lines = [
        Line("API Gateway", f"{requests:,.0f} requests", requests * prices["api_request"]),
        Line(
            "WebSocket API",
            f"{usage.images * HINTS:,.0f} messages",
            usage.images
            * (HINTS * prices["websocket_message"] + SOCKET_MINUTES * prices["websocket_minute"]),
        ),
        _price("Lambda requests", invocations + SWEEPS, "lambda_request"),
        _price(
            "Lambda time",
            invocations * INVOCATION_GB_SECONDS + SWEEPS * SWEEP_GB_SECONDS,
            "lambda_gb_second",
        ),
        _price("SQS", usage.images * QUEUE_REQUESTS + SWEEPS + IDLE_RECEIVES, "sqs_request"),
        _price("Cognito users", usage.users, "cognito_user_month"),
        _price("Transfer out", usage.images * usage.megabytes * VIEWS / 1000, "transfer_out_gb"),
    ]
    if environment.waf_acls:
        acls = environment.waf_acls * prices["waf_acl_month"]
        fixed = acls + environment.waf_rules * prices["waf_rule_month"]
        usd = fixed + requests * prices["waf_request"]
        lines.append(Line("WAF", f"{requests:,.0f} requests", usd))
    return lines


def _calculate_storage(usage: Usage, environment: Environment) -> list[Line]:
    prices = load_prices()
    gigabytes = usage.images * (usage.megabytes / 1000 + COPIES_GB)  # Kept for 30 days
    records = usage.images * (RECORD_GB + INDEX_GB)
    reports = get_instance_hours(usage, environment) * 60 * REPORT_WRITE_UNITS
    writes = usage.images * (WRITE_UNITS + INDEX_WRITE_UNITS) + reports
    reads = usage.images * (READ_UNITS + INDEX_READ_UNITS)
    return [
        Line("S3 pictures", f"{gigabytes:,.0f} GB", gigabytes * prices["s3_gb_month"]),
        Line(
            "S3 requests",
            f"{usage.images * (PUTS + 1 + VIEWS):,.0f}",
            usage.images * (PUTS * prices["s3_put"] + (1 + VIEWS) * prices["s3_get"]),
        ),
        Line(
            "DynamoDB requests",
            f"{writes + reads:,.0f} units",
            writes * prices["dynamodb_write_unit"] + reads * prices["dynamodb_read_unit"],
        ),
        _price("DynamoDB storage", records, "dynamodb_gb_month"),
        Line(
            "DynamoDB recovery",
            f"{records:,.1f} GB",
            records * prices["dynamodb_recovery_gb_month"],
        ),
    ]


def _calculate_watching(usage: Usage, environment: Environment) -> list[Line]:
    prices = load_prices()
    return [
        _price("Logs", usage.images * LOG_GB + SWEEPS * 2e-6, "logs_gb"),
        _price("Metrics", environment.metrics, "metric_month"),
        _price("Alarms", environment.alarm_metrics, "alarm_month"),
        Line(
            "Composite alarms",
            f"{environment.composite_alarms}",
            environment.composite_alarms * prices["composite_alarm_month"],
        ),
        _price("Dashboard", 1, "dashboard_month"),
        _price("Traces", usage.images * REQUESTS * TRACED_SHARE, "xray_trace"),
        Line(
            "Encryption keys",
            f"{environment.kms_keys}",
            environment.kms_keys * prices["kms_key_month"],
        ),
    ]


def _price(service: str, quantity: float, price: str) -> Line:
    """A row with a monthly allowance that AWS gives to every account without a time limit."""
    prices = load_prices()
    paid = max(0.0, quantity - prices["always_free"].get(price, 0))
    return Line(service, f"{quantity:,.0f}", paid * prices[price])
