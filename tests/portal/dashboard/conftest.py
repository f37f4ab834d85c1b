"""Metrics and alarms that tests of the dashboard put into CloudWatch."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest

from portal import aws as clients
from portal.environment import env

QUEUE = {"QueueName": "tasks"}

Put = Callable[..., None]


@pytest.fixture
def put(now: datetime) -> Put:
    """Sends a value to CloudWatch."""

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


@pytest.fixture
def workers(put: Put) -> list[str]:
    """The workers in service, which have just reported."""
    group = boto3.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]
    names = [instance["InstanceId"] for instance in group["Instances"]]
    for name in names:
        put("Spotter", "WorkerHeartbeat", 1, Worker=name, Version="abc")
    return names


def put_alarm(state: str) -> None:
    cloudwatch = boto3.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=f"{env.alarm_prefix}queue-depth",
        AlarmDescription="More wait than the workers can take. "
        "Runbook: docs/runbooks/queue-depth.md",
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


@pytest.fixture
def asked() -> list[int]:
    """How many metrics each call of the portal asks CloudWatch for: AWS charges for them."""
    counts: list[int] = []

    def count(params: Any, **kwargs: object) -> None:
        counts.append(len(params["MetricDataQueries"]))

    for client in (clients.cloudwatch(), clients.billing_metrics()):
        client.meta.events.register("provide-client-params.cloudwatch.GetMetricData", count)
    return counts
