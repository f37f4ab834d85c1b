"""The list of tasks brings the notice of the operators."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import boto3
import pytest

from pipeline.core import controls
from pipeline.lambdas import list_results, notices
from tests.environment import settings
from tests.lambdas.events import request

TEXT = "Results take longer than usual tonight."


def show(minutes: int = 5) -> None:
    controls.show_notice(TEXT, datetime.now(UTC) + timedelta(minutes=minutes))


def ask() -> str | None:
    notice: str | None = request(list_results.handler, "GET", "/results").body["notice"]
    return notice


def test_the_notice_is_in_the_list() -> None:
    show()

    assert ask() == TEXT


def test_without_a_notice_there_is_none() -> None:
    assert ask() is None


def test_a_notice_ends_by_itself_and_by_hand() -> None:
    show(minutes=-1)
    by_itself = controls.read_controls().shown_notice
    show()
    controls.hide_notice()

    assert by_itself is None
    assert controls.read_controls().shown_notice is None


def test_a_process_reads_it_once_in_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "REFRESH_SECONDS", 10)
    now = [0.0]
    monkeypatch.setattr(controls, "monotonic", lambda: now[0])
    before = ask()
    show()
    soon = ask()
    now[0] = 10

    assert (before, soon, ask()) == (None, None, TEXT)


def test_a_notice_that_cannot_be_read_is_none() -> None:
    boto3.client("dynamodb").delete_table(TableName=settings.tasks_table)

    assert notices.read_notice() is None
