"""The dashboard: the truth at a glance, and each part of it alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from django.test import Client

from portal.dashboard import sparkline
from portal.dashboard.metrics import read_series
from portal.dashboard.snapshot import take_snapshot
from portal.environment import env
from tests.environment import settings
from tests.portal.examples import save_dead_task, save_failed_task, save_task

QUEUE = {"QueueName": "tasks"}


Put = Callable[..., None]


@pytest.fixture
def put(now: datetime) -> Put:
    """Tells CloudWatch a value."""

    def put(
        namespace: str, name: str, value: float, minutes_ago: int = 0, **dimensions: str
    ) -> None:
        boto3.client("cloudwatch").put_metric_data(
            Namespace=namespace,
            MetricData=[
                {
                    "MetricName": name,
                    "Dimensions": [
                        {"Name": key, "Value": text} for key, text in dimensions.items()
                    ],
                    "Timestamp": now - timedelta(minutes=minutes_ago),
                    "Value": value,
                }
            ],
        )

    return put


def put_alarm(state: str) -> None:
    cloudwatch = boto3.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=f"{env.alarm_prefix}queue-depth",
        AlarmDescription="More wait than the workers can take",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=100,
        ComparisonOperator="GreaterThanThreshold",
    )
    alarm_state: Any = state
    cloudwatch.set_alarm_state(
        AlarmName=f"{env.alarm_prefix}queue-depth", StateValue=alarm_state, StateReason="150 wait"
    )


def test_a_quiet_system_is_well(viewer: Client) -> None:
    put_alarm("OK")

    page = viewer.get("/").content.decode()

    assert "All is well" in page
    assert "test</span>" in page.replace("\n", "").replace(" ", "")


def test_an_alarm_and_dead_letters_make_somebody_look(viewer: Client) -> None:
    put_alarm("ALARM")
    save_dead_task()

    page = viewer.get("/").content.decode()

    assert "Somebody should look" in page
    assert "Alarm: queue-depth · 1 dead letter" in page
    assert "150 wait" in page


def test_failures_are_grouped_by_their_code() -> None:
    save_dead_task()
    for _ in range(2):
        save_failed_task()
    save_task()

    failures = take_snapshot().failures.value

    assert failures is not None
    assert failures.by_code == [("unreadable_image", 2), ("retries_exhausted", 1)]


def test_rates_percentiles_and_success_come_from_the_metrics(put: Put) -> None:
    put("AWS/SQS", "NumberOfMessagesSent", 50, 2, **QUEUE)
    put("Spotter", "ImagesRecognised", 45, 2)
    put("Spotter", "ImagesFailed", 5, 2)
    for seconds in (0.1, 0.2, 0.3, 4.0):
        put("Spotter", "StageSeconds", seconds, 2, Stage="total")

    snapshot = take_snapshot()

    assert snapshot.series.value is not None
    assert snapshot.series.value["arrivals"].rate() == 10
    assert snapshot.series.value["p50"].last == 0.2
    assert snapshot.series.value["p95"].last == 4.0
    assert snapshot.completions == 10
    assert snapshot.success_percent == 90


def test_the_backlog_divided_by_the_rate_is_the_time_to_drain(put: Put) -> None:
    put("Spotter", "ImagesRecognised", 10, 1)
    for _ in range(6):
        boto3.client("sqs").send_message(QueueUrl=settings.task_queue_url, MessageBody="x")

    minutes = take_snapshot().drain_minutes

    assert minutes == 3


def test_nothing_is_promised_when_nothing_moves() -> None:
    boto3.client("sqs").send_message(QueueUrl=settings.task_queue_url, MessageBody="x")

    snapshot = take_snapshot()

    assert snapshot.drain_minutes is None
    assert snapshot.success_percent is None


@pytest.mark.parametrize("part", ["queues", "failures", "group"])
def test_each_call_fails_alone_and_says_so(viewer: Client, part: str) -> None:
    if part == "queues":
        boto3.client("sqs").delete_queue(QueueUrl=settings.task_queue_url)
    elif part == "failures":
        boto3.client("dynamodb").delete_table(TableName=settings.tasks_table)
    else:
        boto3.client("autoscaling").delete_auto_scaling_group(
            AutoScalingGroupName=env.worker_group, ForceDelete=True
        )

    snapshot = take_snapshot()
    response = viewer.get("/")

    assert len(snapshot.errors) == 1
    assert getattr(snapshot, part).error
    assert response.status_code == 200
    assert "Some of AWS does not answer" in response.content.decode()


def test_missing_workers_are_noticed() -> None:
    cloud: Any = boto3.client("autoscaling")
    group = cloud.describe_auto_scaling_groups()["AutoScalingGroups"][0]
    cloud.set_instance_health(
        InstanceId=group["Instances"][0]["InstanceId"], HealthStatus="Unhealthy"
    )

    concerns = take_snapshot().concerns

    assert concerns == ["1 of 2 workers missing"]


def test_a_young_system_shows_no_empty_hours(put: Put) -> None:
    put("AWS/SQS", "ApproximateNumberOfMessagesVisible", 1, 2, **QUEUE)

    young = len(read_series()["depth"].values)
    put("AWS/SQS", "ApproximateNumberOfMessagesVisible", 1, 120, **QUEUE)
    older = len(read_series()["depth"].values)

    assert young == 31
    assert older == 121


def test_a_gap_is_no_zero() -> None:
    drawing = sparkline.draw([1, 2, None, 3, 4], "Waiting")

    assert drawing.count("spark-line") == 2
    assert "Waiting: at most 4" in drawing


def test_a_chart_without_data_says_so() -> None:
    drawing = sparkline.draw([None, None], "Waiting")

    assert "No data yet" in drawing
