"""Health and Workers say how pictures ended in each version of the workers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import boto3
from django.test import Client

from pipeline.core.reports import Outcomes, save_report
from portal.environment import env
from portal.workers.group import MOST_WORKERS, Group, Instance, list_names

MODELS = {"classifier": "efficientnet_lite3 0123456789ab"}
OLD, NEW = "9f8e7d6c5b4a3210", "a1b2c3d4e5f60718"


def list_instances() -> list[str]:
    groups = boto3.client("autoscaling").describe_auto_scaling_groups(
        AutoScalingGroupNames=[env.worker_group]
    )["AutoScalingGroups"]
    return [instance["InstanceId"] for instance in groups[0]["Instances"]]


def report(name: str, version: str, minutes_ago: int, recognised: int, failed: int) -> None:
    at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
    slot = Outcomes(
        at=at, version=version, recognised=recognised, failed=failed, tried_again=failed
    )
    save_report(name, version, MODELS, [slot])


def read_line(client: Client, path: str) -> str:
    """The line about versions as a person reads it."""
    page = client.get(path).content.decode()
    found = re.search(r'<p class="versions[^>]*>(.*?)</p>', page, re.DOTALL)
    assert found, page
    return re.sub(r"<[^>]+>", "", found[1])


def test_the_first_screen_says_whether_it_is_the_new_version(viewer: Client) -> None:
    first, second = list_instances()
    report(first, OLD, 50, recognised=310, failed=0)
    report(second, NEW, 10, recognised=38, failed=2)

    for path in ("/", "/dashboard/live/", "/workers/worker/"):
        assert read_line(viewer, path) == (
            "Version a1b2c3d4e5f6: 2 of 40 failed in the last hour (2 deliveries tried again); "
            "9f8e7d6c5b4a: 0 of 310 failed."
        )


def test_a_version_without_a_picture_says_so(viewer: Client) -> None:
    report(list_instances()[0], NEW, 1, recognised=0, failed=0)

    assert read_line(viewer, "/") == "Version a1b2c3d4e5f6: no picture in the last hour."


def test_without_a_report_it_says_so(viewer: Client) -> None:
    assert "No worker has reported in the last hour" in read_line(viewer, "/")


def test_a_worker_is_listed_with_its_models_and_its_last_hour(viewer: Client) -> None:
    name = list_instances()[0]
    report(name, NEW, 10, recognised=38, failed=2)

    listed = viewer.get("/workers/worker/").content.decode()
    page = viewer.get(f"/workers/worker/{name}/change/").content.decode()

    for text in (MODELS["classifier"], NEW[:12]):
        assert text in listed
        assert text in page
    assert "38 recognised, 2 failed, 2 deliveries tried again" in page


def test_the_workers_of_one_page_are_bounded() -> None:
    instances = [Instance(f"i-{number}", "InService", True) for number in range(300)]
    group = Group("workers", 300, 0, 300, instances)

    assert len(list_names(group, {})) == MOST_WORKERS
