"""A bulk action says how many things it touches, and is one row of the audit log."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pynamodb.connection import Connection

from pipeline.core.tasks.record import TaskStatus
from portal.actions import bulk, runs
from portal.actions.items import AuditItem, RunItem
from portal.remote.dynamo import DynamoQuerySet
from portal.tasks.models import Task
from tests.portal.examples import finish_run, save_failed_task, save_many

RETRY = "/tasks/task/operations/retry/?all=1&status=failed"
DELETE = "/tasks/task/operations/delete/?all=1&status=failed"
FAILED = [TaskStatus.FAILED.value]


def test_the_number_is_said_first_and_ten_rows_are_shown(operator: Client) -> None:
    save_many(14, FAILED)

    page = operator.get(RETRY).content.decode()

    assert re.search(r"<strong>14 tasks</strong>", page)
    assert page.count("<tr><td>") == 10
    assert "And 4 more." in page


@pytest.mark.parametrize(("count", "is_asked"), [(50, False), (51, True)])
def test_above_fifty_the_number_must_be_typed(operator: Client, count: int, is_asked: bool) -> None:
    save_many(count, FAILED)

    page = operator.post(RETRY, follow=True).content.decode()

    assert (f"Number of things: {count}" in page) is is_asked
    assert len(list(RunItem.scan())) == (0 if is_asked else 1)


@pytest.mark.parametrize(("typed", "is_started"), [("61", True), ("60", False), ("", False)])
def test_only_the_right_number_starts_the_run(
    operator: Client, typed: str, is_started: bool
) -> None:
    save_many(61, FAILED)

    operator.post(DELETE, {"reason": "A test", "number": typed})

    assert bool(list(RunItem.scan())) is is_started


def test_what_comes_after_the_number_was_shown_is_not_touched(operator: Client) -> None:
    save_failed_task()
    page = operator.get(RETRY).content.decode()
    until = re.search(r'name="until" value="([^"]+)"', page)
    assert until
    late = save_failed_task()

    operator.post(RETRY, {"until": until[1]})
    [run] = list(RunItem.scan())
    finish_run(operator, run.run_id)

    late.refresh()
    assert late.status == "failed"
    run.refresh()
    assert run.done_count == 1


def test_an_odd_time_is_refused(operator: Client) -> None:
    save_failed_task()

    assert operator.post(RETRY, {"until": "yesterday"}).status_code == 400


def test_a_filter_that_finds_nothing_starts_nothing(operator: Client) -> None:
    page = operator.post(RETRY, follow=True).content.decode()

    assert "Nothing was done" in page
    assert list(RunItem.scan()) == []


def test_a_run_is_one_row_of_the_audit_log_that_shows_what_it_did(operator: Client) -> None:
    for _ in range(3):
        save_failed_task()
    operator.post(RETRY)
    [run] = list(RunItem.scan())
    finish_run(operator, run.run_id)

    log = operator.get("/operators/auditentry/?action=Retry").content.decode()
    entry = operator.get(f"/operators/auditentry/{run.audit_id}/change/").content.decode()

    assert log.count("<tbody") == 1
    assert f"Run {run.run_id}: done, 3 done, 0 skipped, 0 failed" in log
    assert entry.count("Queued again; it had failed with retries_exhausted") == 3


def test_the_history_of_a_thing_tells_of_the_run(operator: Client) -> None:
    task = save_failed_task()
    operator.post(RETRY)
    [run] = list(RunItem.scan())
    finish_run(operator, run.run_id)

    history = operator.get(f"/tasks/task/{task.task_id}/history/").content.decode()

    assert "Queued again" in history


def test_the_export_has_every_thing_of_a_run(operator: Client, admin: Client) -> None:
    for _ in range(3):
        save_failed_task()
    operator.post(RETRY)
    [run] = list(RunItem.scan())
    finish_run(operator, run.run_id)

    answer = admin.post("/operators/auditentry/export/?action=Retry")

    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 1 + 1 + 3


def test_a_cancelled_run_tells_what_it_did(operator: Client) -> None:
    save_failed_task()
    operator.post(RETRY)
    [run] = list(RunItem.scan())

    operator.post(f"/operators/run/{run.run_id}/cancel/")

    assert run.audit_id
    assert "cancelled, 0 done" in AuditItem.get(run.audit_id).detail


def test_counting_reads_no_more_than_a_bound(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_many(3000, FAILED)
    monkeypatch.setattr(DynamoQuerySet, "READ_LIMIT", 1500)
    read = []
    query = Connection.query

    def count(self: Connection, *args: object, **kwargs: object) -> object:
        answer = query(self, *args, **kwargs)  # type: ignore[arg-type]
        read.append(answer["ScannedCount"])
        return answer

    monkeypatch.setattr(Connection, "query", count)

    tally = Task.objects.filter(status="failed").tally(runs.ITEM_LIMIT, bulk.SHOWN)

    assert str(tally) == "more than 2,000"
    assert len(tally.first) == bulk.SHOWN
    assert sum(read) <= 2100
