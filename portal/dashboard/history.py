"""The metrics of hours, days or a month, in as many points as a chart can show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter

from portal import aws
from portal.dashboard.deploys import read_deploys
from portal.dashboard.metrics import LETTERS, MINUTE, TASKS, VISIBLE, Metric, read_values
from portal.dashboard.ranges import Range, find_range
from portal.environment import env
from portal.remote.answers import share

CODES = 20
"""Error codes that one chart can tell apart, and no more are asked for."""

LONGEST_AGE = timedelta(minutes=5)
DEPLOYS_AGE = timedelta(minutes=10)
BILLING_PERIOD = timedelta(hours=6)
"""AWS estimates the charges of the month about every six hours."""

_GROUP = {"AutoScalingGroupName": env.worker_group}
_QUEUE = "AWS/SQS"

METRICS = {
    "arrivals": Metric(_QUEUE, "NumberOfMessagesSent", "Sum", TASKS, is_count=True),
    "recognised": Metric("Spotter", "ImagesRecognised", "Sum", is_count=True),
    "failed": Metric("Spotter", "ImagesFailed", "Sum", is_count=True),
    "p50": Metric("Spotter", "SecondsToResult", "p50"),
    "p95": Metric("Spotter", "SecondsToResult", "p95"),
    "p99": Metric("Spotter", "SecondsToResult", "p99"),
    "waiting": Metric(_QUEUE, VISIBLE, "Maximum", TASKS),
    "letters": Metric(_QUEUE, VISIBLE, "Maximum", LETTERS),
    "in_service": Metric("AWS/AutoScaling", "GroupInServiceInstances", "Average", _GROUP),
    "wanted": Metric("AWS/AutoScaling", "GroupDesiredCapacity", "Average", _GROUP),
}
SPEND = {"spend": Metric("AWS/Billing", "EstimatedCharges", "Maximum", {"Currency": "USD"})}

CODE, STAGE = "code", "stage"
"""Prefixes of the keys of series that exist once for each code or stage."""


@dataclass(frozen=True)
class History:
    """Series over one range. All have a value, or None, for each point."""

    range_name: str
    read_at: datetime
    points: Sequence[datetime]
    series: Mapping[str, Sequence[float | None]]
    names: Mapping[str, str]
    """What a key with a prefix stands for: "code0" to "retries_exhausted"."""
    deploys: Mapping[str, datetime]

    @property
    def range(self) -> Range:
        found = find_range(self.range_name)
        assert found is not None
        return found

    def list_keys(self, prefix: str) -> list[str]:
        return [key for key in self.names if key.startswith(prefix)]


_HISTORY = TypeAdapter(History)
_DEPLOYS = TypeAdapter(dict[str, datetime])


def read_history(span: Range) -> History:
    """The history of one range; all operators share what is asked once in a period."""
    period = max(MINUTE, min(span.period, LONGEST_AGE))
    return share(f"history of {span.name}", period, lambda: _ask(span), _HISTORY)


def _ask(span: Range) -> History:
    now = datetime.now(UTC)
    points = span.list_points(now)
    names, found_metrics = _list_named()
    metrics = {**METRICS, **found_metrics}
    values = read_values(metrics, points[0], points[-1] + span.period, span.period)
    series = {
        key: [metric.pick(values[key], point) for point in points]
        for key, metric in metrics.items()
    }
    if span.period >= BILLING_PERIOD:
        series["spend"] = _read_spend(points, span)
    deploys = share("deploys", DEPLOYS_AGE, read_deploys, _DEPLOYS)
    return History(span.name, now, points, series, names, deploys)


def _read_spend(points: Sequence[datetime], span: Range) -> list[float | None]:
    found = read_values(
        SPEND, points[0], points[-1] + span.period, span.period, aws.billing_metrics()
    )
    return [found["spend"].get(point) for point in points]


def _list_named() -> tuple[dict[str, str], dict[str, Metric]]:
    """Error codes and stages that the workers reported in the last two weeks."""
    names: dict[str, str] = {}
    metrics: dict[str, Metric] = {}
    for prefix, dimension, metric, statistic in (
        (CODE, "ErrorCode", "ImagesFailed", "Sum"),
        (STAGE, "Stage", "StageSeconds", "p95"),
    ):
        for index, name in enumerate(_list_values(metric, dimension)[:CODES]):
            key = f"{prefix}{index}"
            names[key] = name
            metrics[key] = Metric(
                "Spotter", metric, statistic, {dimension: name}, is_count=statistic == "Sum"
            )
    return names, metrics


def _list_values(metric: str, dimension: str) -> list[str]:
    pages = aws.cloudwatch().get_paginator("list_metrics")
    return sorted(
        {
            found["Value"]
            for page in pages.paginate(
                Namespace="Spotter", MetricName=metric, Dimensions=[{"Name": dimension}]
            )
            for one in page["Metrics"]
            for found in one["Dimensions"]
            if found["Name"] == dimension
        }
    )
