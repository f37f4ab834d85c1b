"""Collects the worker's metrics and sends them to CloudWatch once a minute.

CloudWatch charges for each combination of name and dimensions, so there are only a few.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html
"""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from enum import StrEnum
from itertools import islice
from typing import TYPE_CHECKING, Literal

from pipeline.core.engines import Reason
from pipeline.core.errors import RetriesExhaustedError

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_cloudwatch.literals import StandardUnitType
    from mypy_boto3_cloudwatch.type_defs import MetricDatumTypeDef

NAMESPACE = "Spotter"
VALUES_PER_DATUM = 150  # CloudWatch's limit, as is the next
DATA_PER_CALL = 1000


class Stage(StrEnum):
    """Parts of a picture's time. `total` is the time from its download to its stored result."""

    DOWNLOAD = "download"
    DECODE = "decode"
    INFERENCE = "inference"
    STORE = "store"
    TOTAL = "total"


MetricsDetail = Literal["full", "basic"]

BASIC = {
    ("Busy",),
    ("ImagesFailed",),
    ("ImagesFailed", RetriesExhaustedError.code),
    ("ImagesRecognised",),
    ("SecondsToResult",),
    ("StageSeconds", Stage.TOTAL.value),
}
"""Names and dimension values that alarms and the portal read; with the heartbeat seven metrics."""

WITH_LIVE = {("FramesAnswered",), ("FramesDropped",)}
"""Read by an alarm too. They are sent only where live recognition is offered."""

WITH_REKOGNITION = {("SecondOpinions", Reason.BUDGET_SPENT.value)}
"""Read by an alarm too. It is sent only where Amazon Rekognition is offered."""

SENT_ALWAYS = BASIC | WITH_REKOGNITION | WITH_LIVE

Series = tuple[str, "StandardUnitType", tuple[tuple[str, str], ...]]
"""Name, unit and dimensions."""


class Metrics:
    """Collects values and sends them as histograms. Safe to share between threads."""

    def __init__(
        self,
        client: CloudWatchClient,
        *,
        cores: int,
        identity: Mapping[str, str] | None = None,
        detail: MetricsDetail = "full",
    ) -> None:
        """Start with no values.

        Args:
            cores: Number of cores, for the share of busy time.
            identity: Name and version of this worker. If given, each `publish` sends the metric
                WorkerHeartbeat, which shows operators each worker, its version and its work.
            detail: With "basic" only the metrics in `BASIC` and the heartbeat are sent.
        """
        self._client = client
        self._cores = cores
        self._detail = detail
        self._identity = identity
        self._lock = threading.Lock()
        self._recognised: list[tuple[dict[Stage, float], float]] = []
        self._series: dict[Series, Counter[float]] = defaultdict(Counter)
        self._busy_seconds = 0.0
        self._since = time.monotonic()
        self._outcomes = [0, 0, 0]
        """Recognised, failed and tried again since the last `take_outcomes`."""

    def add_recognised(self, stages: dict[Stage, float], *, receive_age_seconds: float) -> None:
        """Count a recognised picture with its seconds in each stage."""
        # `publish` does the counting: between two pictures that code is not in the caches.
        with self._lock:
            self._recognised.append((stages, receive_age_seconds))
            self._outcomes[0] += 1

    def add_failed(self, error_code: str) -> None:
        """Count a failed task, by code and in total: alarms use the total."""
        with self._lock:
            self._outcomes[1] += 1
            self._add("ImagesFailed", "Count", 1)
            self._add("ImagesFailed", "Count", 1, ErrorCode=error_code)

    def add_transient_error(self) -> None:
        """Count a delivery that will be repeated."""
        with self._lock:
            self._outcomes[2] += 1
            self._add("TransientErrors", "Count", 1)

    def add_second_opinion(self, reason: str) -> None:
        """Count a picture for which another engine was asked for, by the reason of the answer."""
        with self._lock:
            self._add("SecondOpinions", "Count", 1, Reason=reason)

    def add_answered_frame(self, age_seconds: float) -> None:
        """Count a frame of a camera, with its age when the answer went out."""
        with self._lock:
            self._add("FramesAnswered", "Count", 1)
            self._add("FrameAge", "Seconds", age_seconds)

    def add_dropped_frame(self) -> None:
        """Count a frame that was too old or replaced by a newer one."""
        with self._lock:
            self._add("FramesDropped", "Count", 1)

    def add_failed_frame(self) -> None:
        """Count a frame that cannot be recognised."""
        with self._lock:
            self._add("FramesFailed", "Count", 1)

    def add_busy(self, seconds: float) -> None:
        """Add the seconds that one core worked on a picture."""
        with self._lock:
            self._busy_seconds += seconds

    def take_outcomes(self) -> tuple[int, int, int]:
        """Pictures recognised, tasks failed, deliveries that are repeated, since the last call."""
        with self._lock:
            recognised, failed, tried_again = self._outcomes
            self._outcomes = [0, 0, 0]
        return recognised, failed, tried_again

    def publish(self) -> None:
        """Send the collected values. Values that cannot be sent are dropped."""
        data = self._take()
        for start in range(0, len(data), DATA_PER_CALL):
            self._client.put_metric_data(
                Namespace=NAMESPACE, MetricData=data[start : start + DATA_PER_CALL]
            )

    def _add_recognised(self, stages: dict[Stage, float], receive_age_seconds: float) -> None:
        self._add("ImagesRecognised", "Count", 1)
        self._add("ReceiveAge", "Seconds", receive_age_seconds)
        # The time that a person waits, for the latency objective.
        waited = receive_age_seconds + stages.get(Stage.TOTAL, 0)
        self._add("SecondsToResult", "Seconds", waited)
        for stage, seconds in stages.items():
            self._add("StageSeconds", "Seconds", seconds, Stage=stage.value)

    def _add(self, name: str, unit: StandardUnitType, value: float, **dimensions: str) -> None:
        if self._detail == "basic" and (name, *dimensions.values()) not in SENT_ALWAYS:
            return
        # Two digits keep the number of different values small and percentiles exact to 5 %.
        self._series[name, unit, tuple(dimensions.items())][float(f"{value:.2g}")] += 1

    def _take(self) -> list[MetricDatumTypeDef]:
        with self._lock:
            now = time.monotonic()
            for stages, receive_age_seconds in self._recognised:
                self._add_recognised(stages, receive_age_seconds)
            if self._busy_seconds:
                capacity = (now - self._since) * self._cores
                self._add("Busy", "Percent", min(100 * self._busy_seconds / capacity, 100))
            if self._identity:
                heartbeat: Series = ("WorkerHeartbeat", "Count", tuple(self._identity.items()))
                self._series[heartbeat][float(len(self._recognised))] += 1
            self._recognised = []
            taken, self._series = self._series, defaultdict(Counter)
            self._busy_seconds, self._since = 0.0, now
        return [datum for series, values in taken.items() for datum in _build_data(series, values)]


def _build_data(series: Series, values: Counter[float]) -> list[MetricDatumTypeDef]:
    name, unit, dimensions = series
    rest = iter(values.items())
    data: list[MetricDatumTypeDef] = []
    while batch := list(islice(rest, VALUES_PER_DATUM)):
        data.append(
            {
                "MetricName": name,
                "Unit": unit,
                "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions],
                "Values": [value for value, _ in batch],
                "Counts": [float(count) for _, count in batch],
            }
        )
    return data
