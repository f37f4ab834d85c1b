"""The portal's part of the local system."""

import re
from contextlib import closing
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from infra.local import names, portal
from infra.local.clients import Clients
from infra.local.layout import Layout
from infra.local.portal import ArrivalCounter
from infra.local.resources.access import read_policy
from infra.local.resources.portal import PortalArns
from pipeline.core.tasks import transitions
from tests.examples import build_task
from tests.local.examples import KEY

ARNS = PortalArns(**dict.fromkeys(PortalArns.__dataclass_fields__, "arn:aws:x"))


@pytest.fixture
def free_port(monkeypatch: pytest.MonkeyPatch) -> int:
    with portal._bind() as listener:
        port = int(listener.getsockname()[1])
    monkeypatch.setattr(portal, "PREFERRED_PORT", port)
    return port


def test_the_portal_takes_its_usual_port(free_port: int) -> None:
    with closing(portal._bind()) as listener:
        port = listener.getsockname()[1]

    assert port == free_port


def test_a_second_portal_takes_another_port(free_port: int) -> None:
    with closing(portal._bind()), closing(portal._bind()) as second:
        port = second.getsockname()[1]

    assert port != free_port


def test_sessions_stay_valid_after_a_restart(layout: Layout) -> None:
    first = portal._read_secret(layout, "portal.key")

    second = portal._read_secret(layout, "portal.key")

    assert first == second
    assert len(first) > 50
    assert (layout.data / "portal.key").stat().st_mode & 0o077 == 0


def test_the_policy_names_every_resource() -> None:
    policy = read_policy("portal", ARNS)

    actions = re.findall(r'"([a-z0-9-]+:[A-Za-z*]+)"', policy)
    assert len(actions) > 30
    assert "${" not in policy
    assert not [action for action in actions if "*" in action or "DeleteTable" in action]


@pytest.mark.usefixtures("aws")
def test_new_tasks_are_counted_once_as_arrivals() -> None:
    # moto answers only for AWS's own addresses.
    counter = ArrivalCounter(Clients("https://monitoring.us-east-1.amazonaws.com", KEY))
    transitions.insert(build_task())
    counter.tick()
    transitions.insert(build_task())
    transitions.insert(build_task())

    counter.tick()

    [metric] = boto3.client("cloudwatch").list_metrics(Namespace="AWS/SQS")["Metrics"]
    assert (metric["MetricName"], metric["Dimensions"][0]["Value"]) == (
        "NumberOfMessagesSent",
        names.TASK_QUEUE,
    )
    assert read_sum() == 3


def read_sum() -> float:
    now = datetime.now(UTC)
    answer = boto3.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/SQS",
        MetricName="NumberOfMessagesSent",
        Dimensions=[{"Name": "QueueName", "Value": names.TASK_QUEUE}],
        StartTime=now - timedelta(hours=1),
        EndTime=now + timedelta(hours=1),
        Period=7200,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in answer["Datapoints"])
