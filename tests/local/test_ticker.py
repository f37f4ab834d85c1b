"""Ages, alarm states and notices; tests/e2e covers the rest on the running system."""

import json
from collections.abc import Iterator

import pytest

from infra.deploy.contract import CONTRACT
from infra.local import ticker
from infra.local.clients import Clients
from infra.local.layout import Layout
from infra.local.resources.alarms import ALARMS, QueueAlarm
from infra.local.resources.queues import Queue
from infra.local.ticker import Ticker, _compute_age_seconds, _describe
from tests.clocks import HandClock
from tests.local.examples import KEY

NOTICE = {"AlarmName": "queue-depth", "AlarmDescription": "Too many wait"}


def test_the_oldest_waiting_message_decides_the_age(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = HandClock()
    monkeypatch.setattr(ticker, "time", clock)
    now = clock.time()
    messages = [
        {"SentTimestamp": now - 100, "IsVisible": False},
        {"SentTimestamp": now - 30, "IsVisible": True},
        {"SentTimestamp": now - 10, "IsVisible": True},
    ]

    assert _compute_age_seconds(messages) == 30


def test_an_empty_queue_has_no_age() -> None:
    assert _compute_age_seconds([]) == 0


def test_an_alarm_and_its_end_are_reported() -> None:
    begun = {**NOTICE, "OldStateValue": "OK", "NewStateValue": "ALARM"}
    ended = {**NOTICE, "OldStateValue": "ALARM", "NewStateValue": "OK"}

    assert _describe(begun) == "ALARM queue-depth: Too many wait"
    assert _describe(ended) == "OK again: queue-depth"


def test_an_alarm_that_never_fired_is_not_reported() -> None:
    assert (
        _describe({**NOTICE, "OldStateValue": "INSUFFICIENT_DATA", "NewStateValue": "OK"}) is None
    )


def find_alarm(name: str) -> QueueAlarm:
    (alarm,) = (alarm for alarm in ALARMS if alarm.name.endswith(name))
    return alarm


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> HandClock:
    clock = HandClock()
    monkeypatch.setattr(ticker, "time", clock)
    return clock


@pytest.fixture
def watcher(layout: Layout) -> Iterator[Ticker]:
    watcher = Ticker(Clients("http://127.0.0.1:9", KEY), Queue("", ""), layout, print)
    yield watcher
    watcher._http.close()


def test_an_alarm_of_one_period_fires_at_once(watcher: Ticker, clock: HandClock) -> None:
    alarm = find_alarm("queue-depth")

    assert not watcher._is_firing(alarm, 100)
    assert watcher._is_firing(alarm, 101)


def test_an_alarm_of_three_periods_fires_in_the_third(watcher: Ticker, clock: HandClock) -> None:
    alarm = find_alarm("queue-age")
    fired = []

    for _ in range(25):
        fired.append(watcher._is_firing(alarm, 121))
        clock.go(5)

    assert fired == [False] * 24 + [True]


def test_a_value_within_the_limit_resets_the_count_of_periods(
    watcher: Ticker, clock: HandClock
) -> None:
    alarm = find_alarm("queue-age")
    watcher._is_firing(alarm, 121)
    clock.go(115)
    watcher._is_firing(alarm, 120)
    clock.go(5)

    assert not watcher._is_firing(alarm, 121)


def test_local_alarms_have_the_limits_of_the_contract_with_terraform() -> None:
    limits = json.loads(CONTRACT.read_text())["alarms"]

    found = {
        "depth": find_alarm("queue-depth"),
        "age": find_alarm("queue-age"),
        "dead_letters": find_alarm("dead-letters"),
    }

    assert {name: vars(alarm.limit) for name, alarm in found.items()} == limits
