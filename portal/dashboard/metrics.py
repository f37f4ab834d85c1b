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
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.type_defs import DimensionTypeDef, MetricDataQueryTypeDef

HOURS = 3
LEAST_MINUTES = 30
"""A system that just started shows so much of its past, not three empty hours."""

MINUTE = timedelta(minutes=1)
QUERIES_PER_CALL = 500  # CloudWatch's limit
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
    """A period without data is a zero, not a gap."""

    def pick(self, values: Mapping[datetime, float], moment: datetime) -> float | None:
        """The value of one period, or what its absence means."""
        return values.get(moment, 0.0 if self.is_count else None)


def _queue_name(url: str) -> str:
    return url.rsplit("/", 1)[-1]


TASKS = {"QueueName": _queue_name(env.task_queue_url)}
LETTERS = {"QueueName": _queue_name(env.dead_letter_queue_url)}
_TOTAL = {"Stage": "total"}
VISIBLE = "ApproximateNumberOfMessagesVisible"

METRICS = {
    "depth": Metric("AWS/SQS", VISIBLE, "Maximum", TASKS),
    "age": Metric("AWS/SQS", "ApproximateAgeOfOldestMessage", "Maximum", TASKS),
    "dead_letters": Metric("AWS/SQS", VISIBLE, "Maximum", LETTERS),
    "arrivals": Metric("AWS/SQS", "NumberOfMessagesSent", "Sum", TASKS, is_count=True),
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
    found = read_values(METRICS, start, end + MINUTE, MINUTE)
    first = min((min(values) for values in found.values() if values), default=start)
    begin = max(start, min(first, end - MINUTE * LEAST_MINUTES))
    minutes = [begin + MINUTE * index for index in range((end - begin) // MINUTE + 1)]
    return {
        key: Series([metric.pick(found[key], minute) for minute in minutes])
        for key, metric in METRICS.items()
    }


def read_values(
    metrics: Mapping[str, Metric],
    start: datetime,
    end: datetime,
    period: timedelta,
    client: CloudWatchClient | None = None,
) -> dict[str, dict[datetime, float]]:
    """The values of each metric by the beginning of their period.

    AWS charges for each metric that is asked for, however many values it has.

    Args:
        client: Of another region, for metrics that only exist there.
    """
    found: dict[str, dict[datetime, float]] = {key: {} for key in metrics}
    queries = [_build_query(key, metric, period) for key, metric in metrics.items()]
    paginator = (client or aws.cloudwatch()).get_paginator("get_metric_data")
    for first in range(0, len(queries), QUERIES_PER_CALL):
        some = queries[first : first + QUERIES_PER_CALL]
        for page in paginator.paginate(MetricDataQueries=some, StartTime=start, EndTime=end):
            for result in page["MetricDataResults"]:
                values = zip(result["Timestamps"], result["Values"], strict=True)
                found[result["Id"]].update((at.astimezone(UTC), value) for at, value in values)
    return found


def _build_query(key: str, metric: Metric, period: timedelta) -> MetricDataQueryTypeDef:
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
            "Period": int(period.total_seconds()),
            "Stat": metric.statistic,
        },
    }
