"""The workers: instances of the Auto Scaling group, and the heartbeats that they report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from portal import aws
from portal.environment import env

if TYPE_CHECKING:
    from mypy_boto3_cloudwatch.type_defs import MetricDataQueryTypeDef, MetricOutputTypeDef

HEARTBEAT = "WorkerHeartbeat"
"""Metric of each worker: the images of the last interval; its dimensions are name and version."""

WINDOW = timedelta(hours=3)
"""How far back heartbeats are read."""

FRESH = timedelta(minutes=3)
"""A worker reports once a minute. One that was silent for longer is not healthy."""

GONE = timedelta(minutes=15)
"""A worker outside of the group that was silent for longer has ended, and is not listed."""

MOST_WORKERS = 100
"""Reports that one page reads."""

IN_SERVICE = "InService"


@dataclass(frozen=True)
class Instance:
    """A place of the group."""

    name: str
    state: str
    is_healthy: bool


@dataclass(frozen=True)
class Group:
    """The Auto Scaling group."""

    name: str
    desired: int
    minimum: int
    maximum: int
    instances: list[Instance] = field(default_factory=list)

    @property
    def in_service(self) -> int:
        return sum(i.state == IN_SERVICE and i.is_healthy for i in self.instances)


@dataclass(frozen=True)
class Pulse:
    """The newest heartbeat of a worker."""

    name: str
    version: str
    at: datetime
    images_per_minute: float

    @property
    def age(self) -> timedelta:
        return datetime.now(UTC) - self.at

    @property
    def is_fresh(self) -> bool:
        return self.age < FRESH


def read_group() -> Group:
    """Read the group as it is now.

    Raises:
        MissingResourceError: There is no such group.
    """
    answer = aws.autoscaling().describe_auto_scaling_groups(
        AutoScalingGroupNames=[env.worker_group]
    )
    for group in answer["AutoScalingGroups"]:
        instances = [
            Instance(i["InstanceId"], str(i["LifecycleState"]), i["HealthStatus"] == "Healthy")
            for i in group.get("Instances", [])
        ]
        return Group(
            group["AutoScalingGroupName"],
            group["DesiredCapacity"],
            group["MinSize"],
            group["MaxSize"],
            instances,
        )
    raise aws.MissingResourceError(f"there is no Auto Scaling group {env.worker_group}")


def read_pulses() -> dict[str, Pulse]:
    """The newest heartbeat of each worker within the window, by name."""
    paginator = aws.cloudwatch().get_paginator("list_metrics")
    pages = paginator.paginate(Namespace="Spotter", MetricName=HEARTBEAT, RecentlyActive="PT3H")
    metrics = [metric for page in pages for metric in page["Metrics"]]
    if not metrics:
        return {}
    pulses: dict[str, Pulse] = {}
    for pulse in _read_values(metrics[:500]):
        known = pulses.get(pulse.name)
        if known is None or known.at < pulse.at:
            pulses[pulse.name] = pulse
    return pulses


def _read_values(metrics: list[MetricOutputTypeDef]) -> Iterable[Pulse]:
    now = datetime.now(UTC)
    queries: list[MetricDataQueryTypeDef] = [
        {"Id": f"m{index}", "MetricStat": {"Metric": metric, "Period": 60, "Stat": "Sum"}}
        for index, metric in enumerate(metrics)
    ]
    answer = aws.cloudwatch().get_metric_data(
        MetricDataQueries=queries,
        StartTime=now - WINDOW,
        EndTime=now + timedelta(minutes=1),
        ScanBy="TimestampDescending",
    )
    for result in answer["MetricDataResults"]:
        if not result["Timestamps"]:
            continue
        metric = metrics[int(result["Id"][1:])]
        dimensions = {d["Name"]: d["Value"] for d in metric["Dimensions"]}
        recent = result["Values"][:5]
        yield Pulse(
            name=dimensions.get("Worker", ""),
            version=dimensions.get("Version", ""),
            at=max(result["Timestamps"]),
            images_per_minute=sum(recent) / len(recent),
        )


def find_silent(group: Group, pulses: Mapping[str, Pulse]) -> list[str]:
    """Instances in service that have not reported for `FRESH`, by name."""
    return [
        instance.name
        for instance in group.instances
        if instance.state == IN_SERVICE
        and not (instance.name in pulses and pulses[instance.name].is_fresh)
    ]


def list_names(group: Group | None, pulses: Mapping[str, Pulse]) -> list[str]:
    """The workers of the group and those that reported lately, at most `MOST_WORKERS`."""
    instances = [instance.name for instance in group.instances] if group else []
    newest = sorted(pulses, key=lambda name: pulses[name].at, reverse=True)
    return list(dict.fromkeys([*instances, *newest]))[:MOST_WORKERS]
