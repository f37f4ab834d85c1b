"""The dashboard shows the state of the system, and each part of it works without the others."""

from __future__ import annotations

import json
from copy import copy
from datetime import datetime, timedelta
from typing import Any

import boto3
import pytest
from django.test import Client
from moto.cloudwatch.models import cloudwatch_backends
from moto.core.models import DEFAULT_ACCOUNT_ID
from pydantic import TypeAdapter

from pipeline.core.errors import UnreadableImageError
from portal.dashboard.cards import build_cards
from portal.dashboard.charts import build_small
from portal.dashboard.metrics import METRICS, Series, read_series
from portal.dashboard.snapshot import take_snapshot
from portal.environment import env
from portal.remote import answers
from tests.clocks import stop_clock
from tests.environment import settings
from tests.portal.dashboard.conftest import QUEUE, Put, put_alarm
from tests.portal.examples import save_dead_task, save_task


@pytest.mark.usefixtures("workers")
def test_a_quiet_system_is_shown_as_healthy(viewer: Client) -> None:
    put_alarm("OK")

    page = viewer.get("/").content.decode()

    assert "All is well" in page
    assert "test</span>" in page.replace("\n", "").replace(" ", "")


@pytest.mark.usefixtures("workers")
def test_an_alarm_and_dead_letters_need_attention(viewer: Client) -> None:
    put_alarm("ALARM")
    save_dead_task()

    page = viewer.get("/").content.decode()

    assert "Needs attention" in page
    assert "Alarm: queue-depth · 1 dead letter" in page
    assert "150 wait" in page


def test_failures_are_grouped_by_their_code() -> None:
    save_dead_task()
    for _ in range(2):
        save_task(UnreadableImageError())
    save_task()

    failures = take_snapshot().failures.value

    assert failures is not None
    assert failures.by_code == [("unreadable_image", 2), ("retries_exhausted", 1)]


def test_rates_percentiles_and_success_come_from_the_metrics(put: Put) -> None:
    put("AWS/SQS", "NumberOfMessagesSent", 50, 2, **QUEUE)
    put("Spotter", "ImagesRecognised", 45, 2)
    put("Spotter", "ImagesFailed", 5, 2)
    for seconds in (0.1, 0.2, 0.3, 4.0):
        put("Spotter", "StageSeconds", seconds, 2, Stage="total")

    snapshot = take_snapshot()

    assert snapshot.series.value is not None
    assert snapshot.series.value["arrivals"].rate() == 10
    assert snapshot.series.value["p50"].last == 0.2
    assert snapshot.series.value["p95"].last == 4.0
    assert snapshot.completions == 10
    assert snapshot.success_percent == 90


def test_the_backlog_divided_by_the_rate_is_the_time_to_drain(put: Put) -> None:
    put("Spotter", "ImagesRecognised", 10, 1)
    for _ in range(6):
        boto3.client("sqs").send_message(QueueUrl=settings.task_queue_url, MessageBody="x")

    minutes = take_snapshot().drain_minutes

    assert minutes == 3


def test_there_is_no_time_to_drain_when_no_task_finishes() -> None:
    boto3.client("sqs").send_message(QueueUrl=settings.task_queue_url, MessageBody="x")

    snapshot = take_snapshot()

    assert snapshot.drain_minutes is None
    assert snapshot.success_percent is None


@pytest.mark.parametrize("part", ["queues", "failures", "group"])
def test_a_failed_call_affects_only_its_own_part_of_the_page(viewer: Client, part: str) -> None:
    if part == "queues":
        boto3.client("sqs").delete_queue(QueueUrl=settings.task_queue_url)
    elif part == "failures":
        boto3.client("dynamodb").delete_table(TableName=settings.tasks_table)
    else:
        boto3.client("autoscaling").delete_auto_scaling_group(
            AutoScalingGroupName=env.worker_group, ForceDelete=True
        )

    snapshot = take_snapshot()
    response = viewer.get("/")

    # Failures, retried tasks, doors, controls and reports of workers are in the same table.
    assert len(snapshot.errors) == (5 if part == "failures" else 1)
    assert getattr(snapshot, part).error
    assert response.status_code == 200
    assert "Some of AWS does not answer" in response.content.decode()


@pytest.mark.usefixtures("workers")
def test_a_composite_alarm_needs_attention(viewer: Client) -> None:
    put_alarm("ALARM")
    # moto has composite alarms, but no call that makes one.
    alarms = cloudwatch_backends[DEFAULT_ACCOUNT_ID][env.aws_region].alarms
    composite = copy(alarms[f"{env.alarm_prefix}queue-depth"])
    composite.name = f"{env.alarm_prefix}slo-burn"
    composite.rule = f"ALARM({env.alarm_prefix}queue-depth)"
    alarms[composite.name] = composite

    assert "Alarm: slo-burn" in viewer.get("/").content.decode()


@pytest.mark.parametrize("minutes_ago", [5, 20, 170])
def test_a_silent_worker_is_noticed_however_long_it_is_silent(
    viewer: Client, put: Put, workers: list[str], minutes_ago: int
) -> None:
    boto3.client("autoscaling").set_desired_capacity(
        AutoScalingGroupName=env.worker_group, DesiredCapacity=3
    )
    group = boto3.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"][0]
    [silent] = {instance["InstanceId"] for instance in group["Instances"]} - set(workers)
    put("Spotter", "WorkerHeartbeat", 1, minutes_ago, Worker=silent, Version="abc")

    snapshot = take_snapshot()
    listed = viewer.get("/workers/worker/").content.decode()

    assert snapshot.silent_workers == [silent]
    assert snapshot.concerns == ["1 worker without a report in the last 3 min"]
    assert "unwell" in listed


@pytest.mark.usefixtures("workers")
def test_a_red_number_needs_attention(viewer: Client, put: Put) -> None:
    boto3.client("sqs").send_message(QueueUrl=settings.task_queue_url, MessageBody="x")
    put("AWS/SQS", "ApproximateAgeOfOldestMessage", 600, 1, **QUEUE)

    page = viewer.get("/").content.decode()

    assert "Oldest waits: 10 min" in page
    assert "All is well" not in page


def test_an_old_number_says_how_old_it_is(viewer: Client, put: Put) -> None:
    put("Spotter", "StageSeconds", 0.2, 40, Stage="total")

    page = viewer.get("/").content.decode()

    assert "40 min old" in page
    assert "card-stale" in page


def test_without_workers_the_backlog_never_drains(viewer: Client, put: Put) -> None:
    put("Spotter", "ImagesRecognised", 10, 1)
    boto3.client("sqs").send_message(QueueUrl=settings.task_queue_url, MessageBody="x")
    boto3.client("autoscaling").update_auto_scaling_group(
        AutoScalingGroupName=env.worker_group, MinSize=0, DesiredCapacity=0
    )

    page = viewer.get("/").content.decode()

    assert "never drained: no worker is in service" in page
    assert take_snapshot().drain_minutes is None


def test_missing_workers_are_noticed(workers: list[str]) -> None:
    cloud: Any = boto3.client("autoscaling")
    group = cloud.describe_auto_scaling_groups()["AutoScalingGroups"][0]
    cloud.set_instance_health(
        InstanceId=group["Instances"][0]["InstanceId"], HealthStatus="Unhealthy"
    )

    concerns = take_snapshot().concerns

    assert concerns == ["1 of 2 workers missing"]


def test_a_young_system_shows_no_empty_hours(put: Put) -> None:
    put("AWS/SQS", "ApproximateNumberOfMessagesVisible", 1, 2, **QUEUE)

    young = len(read_series()["depth"].values)
    put("AWS/SQS", "ApproximateNumberOfMessagesVisible", 1, 120, **QUEUE)
    older = len(read_series()["depth"].values)

    assert young == 31
    assert older == 121


def test_a_gap_is_not_drawn_as_zero() -> None:
    chart = build_small(Series([1, 2, None, 3, 4]), "Waiting")

    assert json.loads(chart.data)["lines"][0]["values"] == [1, 2, None, 3, 4]
    assert chart.summary == "Waiting: Waiting at most 4, last 4"


def test_a_chart_without_data_says_so(viewer: Client) -> None:
    page = viewer.get("/").content.decode()

    assert build_small(Series([None, None]), "Waiting").is_empty
    assert "No data yet" in page


def test_all_operators_share_one_answer_a_minute(
    viewer: Client,
    admin: Client,
    asked: list[int],
    now: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop_clock(monkeypatch, answers, now)
    for client in (viewer, admin, viewer):
        assert client.get("/dashboard/live/").status_code == 200
    in_a_minute = list(asked)
    stop_clock(monkeypatch, answers, now + timedelta(minutes=1))
    viewer.get("/dashboard/live/")

    assert in_a_minute == [len(METRICS)]
    assert asked == [len(METRICS)] * 2


def test_the_dashboard_works_without_the_table_of_answers(viewer: Client, put: Put) -> None:
    put("AWS/SQS", "NumberOfMessagesSent", 50, 2, **QUEUE)
    boto3.client("dynamodb").delete_table(TableName=env.answers_table)

    page = viewer.get("/").content.decode()

    assert ">10.0<" in page


def test_one_process_asks_while_the_others_show_what_they_know(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, answers, now)
    kind, minute = TypeAdapter(int), timedelta(minutes=1)
    answers.share("how many", minute, lambda: 1, kind)
    stop_clock(monkeypatch, answers, now + minute)

    def ask_slowly() -> int:
        # Meanwhile another operator opens the page.
        assert answers.share("how many", minute, lambda: 3, kind) == 1
        return 2

    assert answers.share("how many", minute, ask_slowly, kind) == 2
    assert answers.share("how many", minute, lambda: 4, kind) == 2


@pytest.mark.usefixtures("viewer", "workers")
@pytest.mark.parametrize(
    ("minutes_ago", "tone", "said"),
    [
        (30, "", "our failures: 1, none in the last 10 min"),
        (3, "bad", "our failures: 1, 1 in the last 10 min"),
    ],
)
def test_the_success_card_is_red_only_while_our_failures_are_recent(
    put: Put, minutes_ago: int, tone: str, said: str
) -> None:
    put("Spotter", "ImagesRecognised", 9, 2)
    # Moto adds it to the sum over all error codes.
    put("Spotter", "ImagesFailed", 1, minutes_ago, ErrorCode="retries_exhausted")

    [card] = [it for it in build_cards(take_snapshot()) if it.title == "Success in an hour"]

    assert (card.value, card.tone) == ("90.0 %", tone)
    assert card.note.endswith(said)
