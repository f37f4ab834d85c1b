"""Workers are listed, their number is set, and one of them is drained."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from django.test import Client

from portal.actions.items import AuditItem
from portal.environment import env
from portal.workers.group import read_pulses


def describe_group() -> Any:
    return boto3.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[env.worker_group]
    )["AutoScalingGroups"][0]


Beat = Callable[..., None]


@pytest.fixture
def beat(now: datetime) -> Beat:
    """Sends the metric by which a worker reports that it is alive."""

    def beat(name: str, images: float, minutes_ago: int = 0, version: str = "abc123") -> None:
        boto3.client("cloudwatch").put_metric_data(
            Namespace="Spotter",
            MetricData=[
                {
                    "MetricName": "WorkerHeartbeat",
                    "Dimensions": [
                        {"Name": "Worker", "Value": name},
                        {"Name": "Version", "Value": version},
                    ],
                    "Timestamp": now - timedelta(minutes=minutes_ago),
                    "Value": images,
                }
            ],
        )

    return beat


def test_an_instance_is_shown_with_its_own_metrics(viewer: Client, beat: Beat) -> None:
    name = describe_group()["Instances"][0]["InstanceId"]
    beat(name, 42)

    page = viewer.get("/workers/worker/").content.decode()

    assert name in page
    assert "abc123" in page
    assert ">42<" in page.replace("\n", "").replace(" ", "")


def test_the_newest_version_that_a_worker_reports_is_shown(beat: Beat) -> None:
    beat("i-1", 10, minutes_ago=5, version="old")
    beat("i-1", 20, version="new")

    pulse = read_pulses()["i-1"]

    assert (pulse.version, pulse.images_per_minute) == ("new", 20)


@pytest.mark.parametrize(("minutes_ago", "is_fresh"), [(0, True), (5, False)])
def test_a_silent_worker_is_shown_as_unhealthy(
    beat: Beat, minutes_ago: int, is_fresh: bool
) -> None:
    beat("i-1", 1, minutes_ago)

    assert read_pulses()["i-1"].is_fresh is is_fresh


def test_the_number_of_workers_is_changed_within_bounds(operator: Client) -> None:
    path = "/workers/worker/scale/"

    refused = operator.post(path, {"desired": 5, "reason": "More load"}).content.decode()
    before = describe_group()["DesiredCapacity"]
    operator.post(path, {"desired": 4, "reason": "More load"})

    assert "less than or equal to 4" in refused
    assert (before, describe_group()["DesiredCapacity"]) == (2, 4)
    assert "From 2 to 4 workers" in [entry.detail for entry in AuditItem.scan()]


def test_one_worker_is_drained_and_not_replaced(operator: Client) -> None:
    name = describe_group()["Instances"][0]["InstanceId"]

    operator.post(f"/workers/worker/operations/drain/?id={name}", {"reason": "It is slow"})

    group = describe_group()
    assert group["DesiredCapacity"] == 1
    assert name not in [instance["InstanceId"] for instance in group["Instances"]]


def test_the_last_worker_cannot_be_drained(operator: Client) -> None:
    boto3.client("autoscaling").set_desired_capacity(
        AutoScalingGroupName=env.worker_group, DesiredCapacity=1
    )
    name = describe_group()["Instances"][0]["InstanceId"]

    page = operator.post(
        f"/workers/worker/operations/drain/?id={name}", {"reason": "It is slow"}, follow=True
    ).content.decode()

    assert "must keep at least 1" in page
    assert describe_group()["DesiredCapacity"] == 1


def test_viewers_see_no_way_to_change_the_number(viewer: Client) -> None:
    page = viewer.get("/workers/worker/").content.decode()
    pressed = viewer.post("/workers/worker/scale/", {"desired": 1, "reason": "x"})

    assert "/scale/" not in page
    assert pressed.status_code == 403
