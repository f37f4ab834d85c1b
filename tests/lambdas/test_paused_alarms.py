"""During a pause the alarms of the backlog are silent, and at no other time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from pipeline.core import controls
from pipeline.core.controls import read_controls
from pipeline.lambdas import paused_alarms, sweep
from pipeline.lambdas.sweep import handler
from tests.lambdas.events import call

NAMES = ["depth", "age"]
OTHER = "dead-letters"


@pytest.fixture(autouse=True)
def alarms(monkeypatch: pytest.MonkeyPatch) -> Any:
    """CloudWatch with the alarms that a pause silences, and one that it does not."""
    client: Any = boto3.client("cloudwatch")
    for name in [*NAMES, OTHER]:
        client.put_metric_alarm(
            AlarmName=name,
            Namespace="AWS/SQS",
            MetricName=name,
            Statistic="Maximum",
            Period=60,
            EvaluationPeriods=1,
            Threshold=1,
            ComparisonOperator="GreaterThanThreshold",
            AlarmActions=["arn:aws:sns:us-east-1:123456789012:alarms"],
        )
    monkeypatch.setattr(sweep, "cloudwatch", client)
    monkeypatch.setattr(
        sweep, "settings", sweep.settings.model_copy(update={"paused_alarms": ",".join(NAMES)})
    )
    return client


def pause(minutes: int = 60) -> None:
    controls.pause("ann", "A test", datetime.now(UTC) + timedelta(minutes=minutes))


def list_silent(client: Any) -> list[str]:
    found = client.describe_alarms()["MetricAlarms"]
    return sorted(alarm["AlarmName"] for alarm in found if not alarm["ActionsEnabled"])


def get_states(client: Any) -> dict[str, str]:
    found = client.describe_alarms(AlarmNames=NAMES)["MetricAlarms"]
    return {alarm["AlarmName"]: alarm["StateValue"] for alarm in found}


def sweep_once() -> None:
    call(handler, {})


def test_a_pause_silences_these_alarms_only(alarms: Any) -> None:
    sweep_once()
    before = list_silent(alarms)
    pause()
    sweep_once()

    assert before == []
    assert list_silent(alarms) == sorted(NAMES)


def test_a_resumed_queue_has_its_alarms_again(alarms: Any) -> None:
    pause()
    sweep_once()
    controls.resume()
    sweep_once()

    assert list_silent(alarms) == []
    assert not read_controls().alarms_silenced


def test_a_pause_that_ends_by_itself_leaves_nothing_silent(alarms: Any) -> None:
    pause()
    sweep_once()
    pause(minutes=-1)
    sweep_once()

    assert list_silent(alarms) == []


def test_an_alarm_that_went_on_unheard_is_evaluated_again(alarms: Any) -> None:
    pause()
    sweep_once()
    alarms.set_alarm_state(AlarmName="depth", StateValue="ALARM", StateReason="A backlog")
    sweep_once()
    during = get_states(alarms)["depth"]
    controls.resume()
    sweep_once()

    assert during == "ALARM"
    assert get_states(alarms) == {"depth": "OK", "age": "OK"}


def test_an_alarm_outside_of_a_pause_keeps_its_state(alarms: Any) -> None:
    alarms.set_alarm_state(AlarmName="depth", StateValue="ALARM", StateReason="A backlog")
    sweep_once()

    assert get_states(alarms)["depth"] == "ALARM"


@pytest.mark.parametrize("call_name", ["disable_alarm_actions", "enable_alarm_actions",
                                       "set_alarm_state"])  # fmt: skip
def test_a_sweep_that_dies_at_any_step_leaves_nothing_silent(
    alarms: Any, monkeypatch: pytest.MonkeyPatch, call_name: str
) -> None:
    """Each call fails once, at the second alarm, in the middle of its work."""
    pause()
    alarms.set_alarm_state(AlarmName="age", StateValue="ALARM", StateReason="A backlog")
    real, count = getattr(alarms, call_name), 0

    def die_once(**arguments: Any) -> Any:
        nonlocal count
        count += 1
        if count == 2:
            raise RuntimeError("The sweep dies")
        return real(**arguments)

    monkeypatch.setattr(alarms, call_name, die_once)
    sweep_once()
    sweep_once()
    controls.resume()
    sweep_once()
    sweep_once()

    assert count >= 2
    assert list_silent(alarms) == []
    assert get_states(alarms)["age"] == "OK"
    assert not read_controls().alarms_silenced


def test_alarms_that_somebody_left_silent_are_switched_on(alarms: Any) -> None:
    alarms.disable_alarm_actions(AlarmNames=NAMES)
    sweep_once()

    assert list_silent(alarms) == []


def test_tasks_are_repaired_also_if_cloudwatch_does_not_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(paused_alarms, "set_silenced", fail)
    pause()

    sweep_once()
