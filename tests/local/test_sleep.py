"""The fleet sleeps after a quiet time, and the first waiting picture starts it again."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws

from infra.local import names, sleep
from infra.local.resources.workers_group import create_workers_group
from infra.local.sleep import SleepingFleet
from tests.clocks import HandClock

QUIET_SECONDS = 900


class MemoryClients:
    """Clients of an AWS in memory."""

    def __init__(self) -> None:
        self.sqs = boto3.client("sqs", "us-east-1")
        self.autoscaling = boto3.client("autoscaling", "us-east-1")


@pytest.fixture
def clients() -> Iterator[Any]:
    with mock_aws():
        clients: Any = MemoryClients()
        clients.sqs.create_queue(QueueName="tasks")
        create_workers_group(clients)
        yield clients


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    clock = HandClock()
    monkeypatch.setattr(sleep, "time", clock)
    return clock


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def fleet(clients: Any, clock: HandClock, told: list[str]) -> SleepingFleet:
    url = clients.sqs.get_queue_url(QueueName="tasks")["QueueUrl"]
    return SleepingFleet(clients, url, QUIET_SECONDS, told.append)


@pytest.fixture
def get_size(clients: Any) -> Callable[[], int]:
    def get() -> int:
        [group] = clients.autoscaling.describe_auto_scaling_groups(
            AutoScalingGroupNames=[names.WORKER_GROUP]
        )["AutoScalingGroups"]
        size: int = group["DesiredCapacity"]
        return size

    return get


def go(fleet: SleepingFleet, clock: HandClock, seconds: int) -> None:
    """Look once a minute."""
    for _ in range(0, seconds, 60):
        clock.go(60)
        fleet.look()


def test_the_fleet_sleeps_after_the_quiet_time(
    fleet: SleepingFleet, clock: HandClock, get_size: Callable[[], int]
) -> None:
    fleet.look()
    go(fleet, clock, QUIET_SECONDS - 60)
    before = get_size()

    go(fleet, clock, 60)

    assert (before, get_size()) == (1, 0)


@pytest.mark.parametrize("is_in_work", [False, True])
def test_a_waiting_or_processed_picture_keeps_the_fleet_awake(
    fleet: SleepingFleet,
    clients: Any,
    clock: HandClock,
    get_size: Callable[[], int],
    is_in_work: bool,
) -> None:
    clients.sqs.send_message(QueueUrl=fleet.task_queue_url, MessageBody="{}")
    if is_in_work:
        clients.sqs.receive_message(QueueUrl=fleet.task_queue_url, VisibilityTimeout=3600)

    go(fleet, clock, 2 * QUIET_SECONDS)

    assert get_size() == 1


def test_the_first_waiting_picture_starts_one_worker(
    fleet: SleepingFleet,
    clients: Any,
    clock: HandClock,
    get_size: Callable[[], int],
    told: list[str],
) -> None:
    go(fleet, clock, QUIET_SECONDS + 60)
    clients.sqs.send_message(QueueUrl=fleet.task_queue_url, MessageBody="{}")

    fleet.look()
    fleet.look()

    assert get_size() == 1
    assert [line.split(":")[0] for line in told] == ["Nothing waited for 900 s", "A picture waits"]


def test_a_start_restarts_the_quiet_time(
    fleet: SleepingFleet, clients: Any, clock: HandClock, get_size: Callable[[], int]
) -> None:
    go(fleet, clock, QUIET_SECONDS + 60)
    clients.sqs.send_message(QueueUrl=fleet.task_queue_url, MessageBody="{}")
    fleet.look()
    clients.sqs.purge_queue(QueueUrl=fleet.task_queue_url)

    go(fleet, clock, QUIET_SECONDS)
    still = get_size()
    go(fleet, clock, 60)

    assert (still, get_size()) == (1, 0)
