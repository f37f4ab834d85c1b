"""Background runs: bounded steps, progress, cancel, and nobody's rights but the operator's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from pipeline.core.tasks.record import Task
from portal.access.items import OperatorItem
from portal.actions import runs
from portal.actions.items import AuditItem, RunItem
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


def test_a_run_does_what_matches_and_nothing_else(operator: Client) -> None:
    for _ in range(3):
        save_failed_task()
    save_task()

    run = start(operator, "status=failed")
    operator.post(f"/operators/run/{run.run_id}/advance/")

    run.refresh()
    assert run.state == "done"
    assert (run.done_count, run.skipped_count, run.failed_count) == (3, 0, 0)
    assert count_statuses() == {"queued": 3, "succeeded": 1}


def test_a_step_is_bounded_and_the_next_one_goes_on(
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


def test_what_comes_after_the_start_is_not_part_of_it(operator: Client) -> None:
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


def test_the_schedule_goes_on_with_a_run_whose_page_was_closed(operator: Client) -> None:
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


def test_a_lease_of_a_process_that_died_runs_out(operator: Client) -> None:
    save_failed_task()
    run = start(operator)
    run.update(actions=[RunItem.leased_until.set(datetime.now(UTC) - timedelta(seconds=1))])

    runs.tick()

    assert count_statuses() == {"queued": 1}


def test_a_run_ends_with_the_right_of_its_operator(operator: Client) -> None:
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


def test_every_thing_of_a_run_is_audited_and_so_is_its_start(operator: Client) -> None:
    for _ in range(2):
        save_failed_task()

    run = start(operator, "status=failed")
    runs.advance(run)

    targets = [entry.target for entry in AuditItem.scan() if entry.action == "Retry"]
    assert len(targets) == 3
    assert "tasks.task/*" in targets


def test_viewers_neither_start_nor_cancel(viewer: Client, operator: Client) -> None:
    save_failed_task()
    run = start(operator)

    statuses = [
        viewer.post("/tasks/task/operations/retry/?all=1").status_code,
        viewer.post(f"/operators/run/{run.run_id}/cancel/").status_code,
    ]
    viewer.post(f"/operators/run/{run.run_id}/advance/")

    assert statuses == [403, 403]
    assert count_statuses() == {"failed": 1}
