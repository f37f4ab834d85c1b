"""What a second region costs: `python -m infra.cost.regions`.

It prints the bill of production alone and with three kinds of second region, for 100 users with
100,000 images a month. docs/regions.md says how each is set.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

from infra.cost.model import (
    COPIES_GB,
    ENVIRONMENTS,
    HOURS,
    INDEX_INVOCATIONS,
    INDEX_WRITE_UNITS,
    INVOCATION_GB_SECONDS,
    OTHER_WRITE_UNITS,
    RECORD_GB,
    Environment,
    Usage,
    calculate,
    get_total,
    load_prices,
)

USAGE = Usage(users=100, images=100_000)

CHECKERS = 6
"""Checkers of an API: about two in each of the three regions that modules/failover names.
AWS says how many there are in all regions together, about 15."""

CHECK_SECONDS = 10
"""`request_interval` of modules/failover."""

HEALTH_CALLS = CHECKERS / CHECK_SECONDS * 3600 * HOURS

COPIED_OBJECTS = 3
"""The picture, its preview and its thumbnail. A form's upload is not copied."""

_PROD = ENVIRONMENTS["prod"]

# The firewall of the user pool and the alarms of portal and budget exist once.
_ACTIVE = replace(_PROD, waf_acls=1, waf_rules=4, alarm_metrics=_PROD.alarm_metrics - 10, metrics=0)

SECONDS: dict[str, Environment] = {
    "Active/active": _ACTIVE,
    "Warm standby": replace(_ACTIVE, min_instances=1, warm_instances=0, interface_endpoints=0),
    "Pilot light": replace(_ACTIVE, min_instances=0, warm_instances=0, interface_endpoints=0),
}
"""The second region: as large as the first; one worker; a fleet that sleeps. The last two reach AWS
over IPv6 instead of endpoints."""


@dataclass(frozen=True)
class Row:
    """One kind of second region."""

    name: str
    second_usd: float
    """What runs in it all the time."""
    together_usd: float


def calculate_rows() -> list[Row]:
    """The bill of each kind, beside that of one region."""
    one = get_total(calculate(USAGE, _PROD))
    shared = calculate_copies() + calculate_checks()
    rows = [Row("One region", 0, one)]
    for name, second in SECONDS.items():
        # The images come to the first region, or are shared: their number is the same.
        usd = get_total(calculate(replace(USAGE, users=0, images=0, awake_hours=0), second))
        rows.append(Row(name, usd, one + usd + shared))
    return rows


def calculate_copies() -> float:
    """USD a month for having tasks, words and pictures in the second region too."""
    prices = load_prices()
    gigabytes = USAGE.megabytes / 1000 + COPIES_GB
    image = (
        (OTHER_WRITE_UNITS + INDEX_WRITE_UNITS) * prices["dynamodb_write_unit"]
        + INDEX_INVOCATIONS * INVOCATION_GB_SECONDS * prices["lambda_gb_second"]
        + COPIED_OBJECTS * prices["s3_put"]
        + gigabytes * (prices["s3_gb_month"] + prices["transfer_between_regions_gb"])
        + RECORD_GB * (prices["dynamodb_gb_month"] + prices["dynamodb_recovery_gb_month"])
    )
    return float(USAGE.images * image)


def calculate_checks() -> float:
    """USD a month for Route 53's checks of both regions, and the calls that they make."""
    prices = load_prices()
    # HTTPS and ten seconds cost extra. The check of the file on the page is slow, the third counts.
    checks = 3 * prices["health_check_month"] + 3 * prices["health_check_option_month"]
    call = (
        prices["api_request"]
        + prices["waf_request"]
        + prices["lambda_request"]
        + INVOCATION_GB_SECONDS / 2 * prices["lambda_gb_second"]
    )
    return float(2 * (checks + HEALTH_CALLS * call))


def build_table() -> str:
    """The table of docs/cost.md."""
    rows = [
        f"| {row.name} | {row.second_usd:,.0f} | {row.together_usd:,.0f} |"
        for row in calculate_rows()
    ]
    head = ["| | The second region, idle | Together |", "| --- | ---: | ---: |"]
    return "\n".join([*head, *rows])


if __name__ == "__main__":
    sys.stdout.write(build_table() + "\n")
