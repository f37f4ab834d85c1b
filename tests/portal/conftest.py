"""Every test of the portal has a fresh AWS in memory, with accounts and the portal's tables."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import boto3
import pyotp
import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from moto.cloudwatch.models import Statistics
from moto.cloudwatch.responses import CloudWatchResponse
from moto.cognitoidp.models import cognitoidp_backends
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from pynamodb.models import Model

from pipeline.core.exports.record import Export
from pipeline.core.live.connections import Connection
from pipeline.core.live.streams import Stream
from portal import aws as clients
from portal.access.items import OperatorItem
from portal.dashboard import failures, metrics
from portal.environment import env
from portal.tables import TABLES
from portal.workers import group as worker_group
from tests.clocks import stop_clock
from tests.moto_states import reuse
from tests.portal import signed_in

PASSWORD = "correct horse battery staple"

CACHED = (
    clients.autoscaling,
    clients.billing_metrics,
    clients.cloudwatch,
    clients.cognito,
    clients.push,
    clients.s3,
    clients.sqs,
)


class SecureClient(Client):
    """A browser that uses HTTPS only."""

    def generic(self, *args: Any, **kwargs: Any) -> Any:
        return super().generic(*args, **{**kwargs, "secure": True})


@pytest.fixture(autouse=True)
def _portal_aws(aws: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # Of the 2,600 that moto knows nobody needs one, and each test would load them.
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    for cached in CACHED:
        cached.cache_clear()
    reuse("portal", _make_account)
    _teach_percentiles(monkeypatch)
    _teach_alarm_history(monkeypatch)
    yield
    for cached in CACHED:
        cached.cache_clear()


def _make_account() -> None:
    tables: list[type[Model]] = [*TABLES.values(), Stream, Export, Connection]
    for table in tables:
        table.create_table()
    _create_user_pool()
    _create_worker_group()


def _create_user_pool() -> None:
    cognito = boto3.client("cognito-idp")
    pool_id = cognito.create_user_pool(PoolName="users", UsernameAttributes=["email"])["UserPool"][
        "Id"
    ]
    for group in ("viewer", "operator", "admin"):
        cognito.create_group(UserPoolId=pool_id, GroupName=group)
    # moto invents an id; the portal reads its own from the environment, once.
    pools = cognitoidp_backends[DEFAULT_ACCOUNT_ID]["us-east-1"].user_pools
    pools[env.user_pool_id] = pools.pop(pool_id)
    pools[env.user_pool_id].id = env.user_pool_id


def _create_worker_group() -> None:
    autoscaling = boto3.client("autoscaling")
    autoscaling.create_launch_configuration(
        LaunchConfigurationName="workers", ImageId="ami-12c6146b", InstanceType="t2.micro"
    )
    autoscaling.create_auto_scaling_group(
        AutoScalingGroupName=env.worker_group,
        LaunchConfigurationName="workers",
        MinSize=1,
        MaxSize=4,
        DesiredCapacity=2,
        AvailabilityZones=["us-east-1a"],
    )


def _teach_percentiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer requests for percentiles and their ranks, which moto does not support."""
    known = Statistics.get_statistics_for_type

    def get_statistics(self: Statistics, statistic: str) -> Any:
        values = sorted(self.metric_single_values_list)
        if statistic.startswith("PR(:"):
            highest = float(statistic[4:-1])
            return 100 * sum(value <= highest for value in values) / len(values)
        if not statistic.startswith("p"):
            return known(self, statistic)
        return values[math.ceil(float(statistic[1:]) / 100 * len(values)) - 1]

    monkeypatch.setattr(Statistics, "get_statistics_for_type", get_statistics)


def _teach_alarm_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer requests for the history of an alarm, which moto keeps and does not show."""

    def describe(self: CloudWatchResponse) -> ActionResult:
        [alarm] = self.cloudwatch_backend.get_alarms_by_alarm_names([self._get_param("AlarmName")])
        states = [(old[3], old[1]) for old in alarm.history]
        states.append((alarm.state_value, alarm.state_reason))
        changes = [
            {
                "AlarmName": alarm.name,
                "Timestamp": alarm.state_updated_timestamp,
                "HistoryItemType": "StateUpdate",
                "HistoryData": json.dumps(
                    {
                        "oldState": {"stateValue": before},
                        "newState": {"stateValue": after, "stateReason": reason},
                    }
                ),
            }
            for (before, _), (after, reason) in pairwise(states)
        ]
        return ActionResult({"AlarmHistoryItems": changes[::-1]})

    monkeypatch.setattr(CloudWatchResponse, "describe_alarm_history", describe, raising=False)


@pytest.fixture
def sign_in() -> Callable[..., Client]:
    """Signs in a local operator of a group, through the real page."""

    def sign_in(group: str = "operator", name: str = "") -> Client:
        name = name or f"the-{group}"
        OperatorItem(name, password=make_password(PASSWORD), groups=[group]).save()
        client = SecureClient()
        form = {"username": name, "password": PASSWORD, "next": "/"}
        response = client.post("/login/", form)
        assert response.status_code == 302, response.content
        Phone(client).set_up()
        return client

    return sign_in


class Phone:
    """An authenticator app that has scanned the page of this browser."""

    def __init__(self, client: Client) -> None:
        self._client = client
        page = client.get("/second-factor/", secure=True).content.decode()
        found = re.search(r">([A-Z2-7]{32})</code>", page)
        assert found, page
        self.key = found[1]

    def set_up(self) -> None:
        assert self.enter(self.show_code()).status_code == 302

    def show_code(self, steps_later: int = 0) -> str:
        moment = datetime.now(UTC) + steps_later * timedelta(seconds=30)
        return pyotp.TOTP(self.key).at(moment)

    def enter(self, code: str, client: Client | None = None) -> Any:
        form = {"code": code, "next": "/tasks/task/"}
        return (client or self._client).post("/second-factor/", form, secure=True)


@pytest.fixture
def viewer(sign_in: Callable[..., Client]) -> Client:
    return signed_in.reuse("viewer", sign_in, SecureClient)


@pytest.fixture
def operator(sign_in: Callable[..., Client]) -> Client:
    return signed_in.reuse("operator", sign_in, SecureClient)


@pytest.fixture
def admin(sign_in: Callable[..., Client]) -> Client:
    return signed_in.reuse("admin", sign_in, SecureClient)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The time of all metrics. It is fixed, so that no minute ends in the middle of a test."""
    moment = datetime.now(UTC)
    for module in (failures, metrics, worker_group):
        stop_clock(monkeypatch, module, moment)
    return moment
