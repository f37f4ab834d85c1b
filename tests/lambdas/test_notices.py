"""The list of tasks brings the notice of the operators."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from pipeline.core import controls
from pipeline.lambdas import list_results, notices
from tests.environment import settings
from tests.lambdas.events import request

TEXT = "Results take longer than usual tonight."


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """A process that has read no notice yet, with a clock that stands still."""
    now = [0.0]
    monkeypatch.setattr(notices, "_known", None)
    monkeypatch.setattr("pipeline.lambdas.notices.time.monotonic", lambda: now[0])
    yield now
    notices._known = None


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


def test_a_process_reads_it_twice_a_minute_at_most(clock: list[float]) -> None:
    before = ask()
    show()
    soon = ask()
    clock[0] = notices.KEPT_SECONDS

    assert (before, soon, ask()) == (None, None, TEXT)


def test_a_notice_that_cannot_be_read_is_none() -> None:
    boto3.client("dynamodb").delete_table(TableName=settings.tasks_table)

    assert notices.read_notice() is None
