"""What CloudWatch knows of the last hours, minute by minute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.core.errors import RetriesExhaustedError
from portal import aws
from portal.environment import env

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import DimensionTypeDef, MetricDataQueryTypeDef

HOURS = 3
LEAST_MINUTES = 30
"""A system that just started shows so much of its past, not three empty hours."""

MINUTE = timedelta(minutes=1)
RATE_MINUTES = 5
"""A rate is the mean of so many minutes."""


@dataclass(frozen=True)
class Metric:
    """Where a series comes from."""

    namespace: str
    name: str
    statistic: str
    dimensions: Mapping[str, str] = field(default_factory=dict)
    is_count: bool = False
    """A minute without data is a zero, not a gap."""


def _queue_name(url: str) -> str:
    return url.rsplit("/", 1)[-1]


_TASKS = {"QueueName": _queue_name(env.task_queue_url)}
_LETTERS = {"QueueName": _queue_name(env.dead_letter_queue_url)}
_TOTAL = {"Stage": "total"}
_VISIBLE = "ApproximateNumberOfMessagesVisible"

METRICS = {
    "depth": Metric("AWS/SQS", _VISIBLE, "Maximum", _TASKS),
    "age": Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", _TASKS),
    "dead_letters": Metric("AWS/SQS", _VISIBLE, "Maximum", _LETTERS),
    "arrivals": Metric("AWS/SQS", "NumberOfMessagesSent", "Sum", _TASKS, is_count=True),
    "recognised": Metric("Spotter", "ImagesRecognised", "Sum", is_count=True),
    "failed": Metric("Spotter", "ImagesFailed", "Sum", is_count=True),
    "exhausted": Metric(
        "Spotter", "ImagesFailed", "Sum", {"ErrorCode": RetriesExhaustedError.code}, is_count=True
    ),
    "p50": Metric("Spotter", "StageSeconds", "p50", _TOTAL),
    "p95": Metric("Spotter", "StageSeconds", "p95", _TOTAL),
    "busy": Metric("Spotter", "Busy", "Average"),
}


@dataclass(frozen=True)
class Series:
    """One value a minute, oldest first; None where nothing is known."""

    values: Sequence[float | None]

    @property
    def last(self) -> float | None:
        return next((value for value in reversed(self.values) if value is not None), None)

    @property
    def age_minutes(self) -> int | None:
        """How old the last value is, in whole minutes; None without any."""
        known = [index for index, value in enumerate(self.values) if value is not None]
        return len(self.values) - 1 - known[-1] if known else None

    @property
    def known(self) -> list[float]:
        return [value for value in self.values if value is not None]

    def sum_of(self, minutes: int) -> float:
        return sum(value or 0 for value in self.values[-minutes:])

    def rate(self) -> float:
        """Mean of the last minutes that are over."""
        return self.sum_of(RATE_MINUTES) / RATE_MINUTES


def read_series() -> dict[str, Series]:
    """All metrics of the last hours, in one or two calls."""
    end = datetime.now(UTC).replace(second=0, microsecond=0)
    start = end - timedelta(hours=HOURS)
    queries = [_build_query(key, metric) for key, metric in METRICS.items()]
    found: dict[str, dict[datetime, float]] = {key: {} for key in METRICS}
    paginator = aws.cloudwatch().get_paginator("get_metric_data")
    for page in paginator.paginate(
        MetricDataQueries=queries, StartTime=start, EndTime=end + MINUTE
    ):
        for result in page["MetricDataResults"]:
            found[result["Id"]].update(zip(result["Timestamps"], result["Values"], strict=True))
    first = min((min(values) for values in found.values() if values), default=start)
    begin = max(start, min(first, end - MINUTE * LEAST_MINUTES))
    minutes = [begin + MINUTE * index for index in range((end - begin) // MINUTE + 1)]
    return {
        key: Series([_value_at(found[key], minute, metric) for minute in minutes])
        for key, metric in METRICS.items()
    }


def _build_query(key: str, metric: Metric) -> MetricDataQueryTypeDef:
    dimensions: list[DimensionTypeDef] = [
        {"Name": name, "Value": value} for name, value in metric.dimensions.items()
    ]
    return {
        "Id": key,
        "MetricStat": {
            "Metric": {
                "Namespace": metric.namespace,
                "MetricName": metric.name,
                "Dimensions": dimensions,
            },
            "Period": 60,
            "Stat": metric.statistic,
        },
    }


def _value_at(values: Mapping[datetime, float], minute: datetime, metric: Metric) -> float | None:
    return values.get(minute, 0.0 if metric.is_count else None)
