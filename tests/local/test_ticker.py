"""What the ticker makes of what it sees; the rest is tested on the running system."""

import pytest

from infra.local import ticker
from infra.local.ticker import _compute_age_seconds, _describe
from tests.clocks import HandClock

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


def test_an_alarm_and_its_end_are_told() -> None:
    begun = {**NOTICE, "OldStateValue": "OK", "NewStateValue": "ALARM"}
    ended = {**NOTICE, "OldStateValue": "ALARM", "NewStateValue": "OK"}

    assert _describe(begun) == "ALARM queue-depth: Too many wait"
    assert _describe(ended) == "OK again: queue-depth"


def test_an_alarm_that_was_never_on_is_not_told() -> None:
    assert (
        _describe({**NOTICE, "OldStateValue": "INSUFFICIENT_DATA", "NewStateValue": "OK"}) is None
    )
