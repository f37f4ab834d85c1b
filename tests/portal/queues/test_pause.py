"""Operators pause and resume the task queue, and every page says so."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from django.test import Client

from pipeline.core import controls
from pipeline.core.controls import read_controls
from portal.actions.items import AuditItem
from portal.environment import env
from portal.queues.pause import LONGEST_MINUTES

QUEUE = "/queues/queue/tasks/change/"


def operate(client: Client, name: str, queue: str = "tasks", **answers: str) -> str:
    path = f"/queues/queue/operations/{name}/?id={queue}"
    return html.unescape(client.post(path, answers, follow=True).content.decode())


def read(client: Client, path: str) -> str:
    return html.unescape(client.get(path).content.decode())


def test_a_pause_is_set_shown_and_audited(operator: Client, viewer: Client) -> None:
    page = operate(operator, "pause", minutes="30", reason="Storage is down")

    found = read_controls()
    assert found.is_paused
    assert found.paused_until is not None
    assert timedelta(minutes=29) < found.paused_until - datetime.now(UTC) <= timedelta(minutes=30)
    assert "Workers take no message" in page
    health = read(viewer, "/")
    assert "by the-operator: Storage is down" in health
    assert "paused: workers take none" in health
    assert "All is well" not in health
    assert "Storage is down" in read(viewer, QUEUE)
    [entry] = [it for it in AuditItem.scan() if it.action == "Pause"]
    assert entry.reason == "Storage is down"
    assert entry.detail.startswith("Paused until ")


def test_a_resume_ends_it(operator: Client, viewer: Client) -> None:
    operate(operator, "pause", minutes="30", reason="Storage is down")

    operate(operator, "resume")

    assert not read_controls().is_paused
    assert "Storage is down" not in read(viewer, QUEUE)


@pytest.mark.parametrize("minutes", ["0", str(LONGEST_MINUTES + 1), "", "x"])
def test_a_pause_has_an_end_within_bounds(operator: Client, minutes: str) -> None:
    operate(operator, "pause", minutes=minutes, reason="Storage is down")

    assert not read_controls().is_paused


def test_a_viewer_cannot_pause(viewer: Client) -> None:
    path = "/queues/queue/operations/pause/?id=tasks"

    assert viewer.post(path, {"minutes": "5", "reason": "x"}).status_code == 403
    assert not read_controls().is_paused


def test_the_queue_of_dead_letters_cannot_be_paused(operator: Client) -> None:
    page = operate(operator, "pause", "tasks-dlq", minutes="5", reason="x")

    assert "workers do not read it" in page
    assert not read_controls().is_paused


def test_a_queue_that_runs_cannot_be_resumed(operator: Client) -> None:
    assert "it is not paused" in operate(operator, "resume")


def test_a_pause_that_ended_is_not_shown(viewer: Client) -> None:
    controls.pause("ann", "Forgotten", datetime.now(UTC) - timedelta(seconds=1))

    assert "Forgotten" not in read(viewer, "/")
    assert "Forgotten" not in read(viewer, QUEUE)


def test_a_notice_is_shown_to_users_and_ends(operator: Client, viewer: Client) -> None:
    text = "Results take longer tonight."
    operate(operator, "notice", text=text, hours="2", reason="Storage is moved")
    shown = read_controls().shown_notice
    page = read(viewer, QUEUE)

    operate(operator, "end-notice")

    assert shown == text
    assert text in page
    assert read_controls().shown_notice is None
    assert {it.action for it in AuditItem.scan()} >= {"Tell users", "End notice"}


@pytest.mark.parametrize(("text", "hours"), [("", "2"), ("x" * 301, "2"), ("x", "0"), ("x", "73")])
def test_a_notice_stays_within_bounds(operator: Client, text: str, hours: str) -> None:
    operate(operator, "notice", text=text, hours=hours, reason="Storage is moved")

    assert read_controls().shown_notice is None


def test_health_names_an_alarm_that_is_silent_without_a_pause(operator: Client) -> None:
    cloudwatch = boto3.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=f"{env.alarm_prefix}queue-depth",
        MetricName="depth",
        Namespace="AWS/SQS",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.disable_alarm_actions(AlarmNames=[f"{env.alarm_prefix}queue-depth"])

    before = operator.get("/").content.decode()
    controls.pause("ann", "A test", datetime.now(UTC) + timedelta(minutes=5))
    during = operator.get("/").content.decode()

    assert "Silent alarm: queue-depth" in before
    assert "Silent alarm" not in during
    assert ">silent<" in during
