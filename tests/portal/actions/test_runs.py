"""Background runs work in bounded steps, can be cancelled and need the operator's rights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from django.test import Client

from pipeline.core.tasks.record import Task
from portal.access.items import OperatorItem
from portal.actions import runs
from portal.actions.items import AuditItem, RunItem
from portal.actions.operation import Invocation, Operation
from portal.environment import env
from portal.tasks.admin import TaskAdmin
from tests.portal.examples import finish_run, save_failed_task, save_task


def start(client: Client, query: str = "") -> RunItem:
    """Retry everything that matches."""
    path = f"/tasks/task/operations/retry/?all=1&{query}"
    response = client.post(path, follow=True)
    run_id = response.redirect_chain[-1][0].split("/")[-3]
    return RunItem.get(run_id)


def count_statuses() -> dict[str, int]:
    counts: dict[str, int] = {}
    for task in Task.scan():
        counts[task.status] = counts.get(task.status, 0) + 1
    return counts


def test_choosing_all_in_a_list_asks_for_everything_that_matches(operator: Client) -> None:
    for _ in range(2):
        save_failed_task()
    form = {"action": "retry", "select_across": "1", "_selected_action": ["x"]}

    response = operator.post("/tasks/task/?status=failed", form, follow=True)

    page = response.content.decode()
    assert "everything that matches" in page
    assert "status is failed" in page
    assert count_statuses() == {"failed": 2}


def test_a_run_does_nothing_before_its_first_step(operator: Client) -> None:
    save_failed_task()

    run = start(operator)

    assert run.state == "running"
    assert count_statuses() == {"failed": 1}


def test_a_run_touches_only_what_matches(operator: Client) -> None:
    for _ in range(3):
        save_failed_task()
    save_task()

    run = start(operator, "status=failed")
    operator.post(f"/operators/run/{run.run_id}/advance/")

    run.refresh()
    assert run.state == "done"
    assert (run.done_count, run.skipped_count, run.failed_count) == (3, 0, 0)
    assert count_statuses() == {"queued": 3, "succeeded": 1}


def test_a_step_is_bounded_and_the_next_one_continues(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "STEP_ITEMS", 2)
    for _ in range(5):
        save_failed_task()
    run = start(operator, "status=failed")

    counts = []
    for _ in range(3):
        runs.advance(run, seconds=0)
        run.refresh()
        counts.append(run.done_count)

    assert counts == [2, 4, 5]
    assert run.state == "done"


def test_things_created_after_the_start_are_not_part_of_the_run(operator: Client) -> None:
    save_failed_task()
    run = start(operator, "status=failed")
    save_failed_task()

    runs.advance(run)

    assert count_statuses() == {"queued": 1, "failed": 1}


def test_a_cancelled_run_stops(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "STEP_ITEMS", 2)
    for _ in range(4):
        save_failed_task()
    run = start(operator, "status=failed")
    runs.advance(run, seconds=0)

    page = operator.post(f"/operators/run/{run.run_id}/cancel/", follow=True).content.decode()
    runs.advance(run)

    run.refresh()
    assert "What was done stays done" in page
    assert run.state == "cancelled"
    assert count_statuses() == {"queued": 2, "failed": 2}


def test_the_schedule_continues_a_run_whose_page_was_closed(operator: Client) -> None:
    save_failed_task()
    run = start(operator)

    runs.tick()

    run.refresh()
    assert run.state == "done"
    assert count_statuses() == {"queued": 1}


def test_two_processes_do_not_take_the_same_step(operator: Client) -> None:
    save_failed_task()
    run = start(operator)
    leased = datetime.now(UTC) + timedelta(hours=1)
    run.update(actions=[RunItem.leased_until.set(leased)])

    runs.tick()

    assert count_statuses() == {"failed": 1}


def test_the_lease_of_a_dead_process_expires(operator: Client) -> None:
    save_failed_task()
    run = start(operator)
    run.update(actions=[RunItem.leased_until.set(datetime.now(UTC) - timedelta(seconds=1))])

    runs.tick()

    assert count_statuses() == {"queued": 1}


def test_a_run_stops_when_its_operator_loses_the_right(operator: Client) -> None:
    save_failed_task()
    run = start(operator)
    groups: Any = ["viewer"]
    OperatorItem("the-operator").update(actions=[OperatorItem.groups.set(groups)])

    runs.advance(run)

    run.refresh()
    assert run.state == "stopped"
    assert "lost the right" in run.last_problem
    assert count_statuses() == {"failed": 1}


def test_a_run_has_an_upper_bound(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "STEP_ITEMS", 1)
    monkeypatch.setattr(runs, "ITEM_LIMIT", 2)
    for _ in range(4):
        save_failed_task()
    run = start(operator, "status=failed")

    finish_run(operator, run.run_id)

    run.refresh()
    assert run.state == "stopped"
    assert count_statuses() == {"queued": 2, "failed": 2}


def test_the_start_of_a_run_and_each_of_its_things_are_audited(operator: Client) -> None:
    for _ in range(2):
        save_failed_task()

    run = start(operator, "status=failed")
    runs.advance(run)

    targets = [entry.target for entry in AuditItem.scan() if entry.action == "Retry"]
    assert len(targets) == 3
    assert "tasks.task/*" in targets


def test_viewers_can_neither_start_nor_cancel_a_run(viewer: Client, operator: Client) -> None:
    save_failed_task()
    run = start(operator)

    statuses = [
        viewer.post("/tasks/task/operations/retry/?all=1").status_code,
        viewer.post(f"/operators/run/{run.run_id}/cancel/").status_code,
    ]
    viewer.post(f"/operators/run/{run.run_id}/advance/")

    assert statuses == [403, 403]
    assert count_statuses() == {"failed": 1}


class Brittle(Operation[Any]):
    """Raises an unexpected error for every second thing."""

    name = "brittle"
    label = done = "Broken"
    icon = "bolt"
    permission = "tasks.retry_task"
    count = 0

    def apply(self, invocation: Invocation, row: Any) -> str:
        self.count += 1
        if self.count % 2:
            raise KeyError("of the portal itself")
        return "Fine"


def test_an_error_of_one_thing_is_counted_and_the_run_ends(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(TaskAdmin, "operations", (Brittle(),))
    for _ in range(4):
        save_task()
    response = operator.post("/tasks/task/operations/brittle/?all=1", follow=True)

    page = finish_run(operator, response.redirect_chain[-1][0].split("/")[-3])

    [run] = list(RunItem.scan())
    details = [entry.detail for entry in AuditItem.scan() if entry.action == "Broken"]
    assert (run.state, run.done_count, run.failed_count) == ("done", 2, 2)
    assert "the portal made an error (KeyError)" in page
    assert "Started" not in details


def test_a_run_that_the_portal_cannot_read_is_stopped(operator: Client) -> None:
    save_failed_task()
    run = start(operator)
    run.update(actions=[RunItem.operation.set("gone")])

    runs.advance(run)

    run.refresh()
    assert run.state == "stopped"
    assert "LookupError" in run.last_problem


def test_a_run_tries_again_while_aws_fails_but_not_for_ever(operator: Client) -> None:
    save_failed_task()
    run = start(operator)
    boto3.client("dynamodb").delete_table(TableName=env.audit_table)

    runs.advance(run)
    run.refresh()
    first = (run.state, run.last_problem)
    run.update(actions=[RunItem.failing_since.set(datetime.now(UTC) - timedelta(minutes=16))])
    runs.advance(run)

    run.refresh()
    assert first[0] == "running"
    assert "Trying again" in first[1]
    assert run.state == "stopped"


def test_a_run_of_an_older_version_is_stopped(operator: Client) -> None:
    save_failed_task()
    run = start(operator)
    run.update(actions=[RunItem.conditions.remove()])

    runs.advance(run)

    run.refresh()
    assert run.state == "stopped"
    assert count_statuses() == {"failed": 1}


def test_cancelling_a_run_says_what_may_still_finish(operator: Client) -> None:
    save_failed_task()
    run = start(operator)
    run.update(actions=[RunItem.leased_until.set(datetime.now(UTC) + timedelta(minutes=1))])

    page = operator.post(f"/operators/run/{run.run_id}/cancel/", follow=True).content.decode()

    assert "may still finish up to 25 more" in page
