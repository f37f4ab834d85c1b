"""A worker reports its version, its models and how its pictures ended."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from pipeline.core import reports
from pipeline.core.reports import find_report
from pipeline.worker import report as report_module
from pipeline.worker.__main__ import find_models
from pipeline.worker.metrics import Metrics, Stage
from pipeline.worker.report import Reporter
from tests.clocks import stop_clock
from tests.environment import settings

NOW = datetime(2026, 11, 30, 4, 12, tzinfo=UTC)
MODELS = {"classifier": "efficientnet_lite3 0123456789ab"}


def build(metrics: Metrics, version: str = "new") -> Reporter:
    return Reporter("i-1", version, MODELS, metrics)


def read() -> list[tuple[str, int, int, int]]:
    found = find_report("i-1")
    assert found
    return [
        (str(slot.version), int(slot.recognised), int(slot.failed), int(slot.tried_again))
        for slot in found.outcomes
    ]


def work(metrics: Metrics) -> None:
    metrics.add_recognised({Stage.TOTAL: 1}, receive_age_seconds=1)
    metrics.add_recognised({Stage.TOTAL: 1}, receive_age_seconds=1)
    metrics.add_failed("empty_image")
    metrics.add_transient_error()


def test_a_report_names_version_and_models_before_the_first_picture(metrics: Metrics) -> None:
    build(metrics).publish()

    found = find_report("i-1")
    assert found
    assert (found.version, found.models) == ("new", MODELS)
    assert read() == [("new", 0, 0, 0)]


def test_outcomes_of_one_slot_are_added_up(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, report_module, NOW)
    reporter = build(metrics)
    for _ in range(2):
        work(metrics)
        reporter.publish()

    assert read() == [("new", 4, 2, 2)]


def test_metrics_and_report_count_each_picture(metrics: Metrics) -> None:
    work(metrics)
    metrics.publish()
    build(metrics).publish()

    assert read() == [("new", 2, 1, 1)]


def test_a_restarted_worker_keeps_what_its_earlier_version_did(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_clock(monkeypatch, report_module, NOW)
    work(metrics)
    build(metrics, "old").publish()
    work(metrics)
    build(metrics, "new").publish()

    assert read() == [("old", 2, 1, 1), ("new", 2, 1, 1)]


def test_what_is_older_than_an_hour_is_dropped(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    reporter = build(metrics)
    for minutes in (0, 30, 65):
        stop_clock(monkeypatch, report_module, NOW + timedelta(minutes=minutes))
        work(metrics)
        reporter.publish()

    assert read() == [("new", 2, 1, 1)] * 2


def test_an_earlier_report_that_cannot_be_read_stops_nothing(
    metrics: Metrics, monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3.client("dynamodb").delete_table(TableName=settings.tasks_table)
    saved: list[str] = []
    monkeypatch.setattr(report_module, "save_report", lambda name, *_: saved.append(name))

    build(metrics).publish()

    assert saved == ["i-1"]


def test_a_report_expires_by_itself(metrics: Metrics) -> None:
    build(metrics).publish()

    found = find_report("i-1")
    assert found
    assert found.expires_at - datetime.now(UTC) > reports.KEPT - timedelta(minutes=1)


def test_a_function_without_networks_has_no_models() -> None:
    assert find_models(lambda *_: None) == {}  # type: ignore[arg-type]
