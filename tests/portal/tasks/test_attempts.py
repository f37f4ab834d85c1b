"""Operators see why deliveries fail: on the dashboard, in the list, at the task and the letter."""

from __future__ import annotations

import html
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import boto3
import pytest
from django.test import Client

from pipeline.core.errors import RetriesExhaustedError
from pipeline.core.labels import Label
from pipeline.core.queue import TaskQueue
from pipeline.core.tasks import flow, transitions
from pipeline.core.tasks.attempts import Attempt, Outcome
from pipeline.core.tasks.deliveries import record_failed_delivery
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.result import TaskResult
from pipeline.core.tasks.transitions import StartedTask
from pipeline.core.tasks.versions import get_options
from portal.tasks import retrying
from portal.tasks.retrying import read_retrying
from tests.environment import settings
from tests.examples import CAT, OTHER_OWNER_ID, OWNER_ID, build_result, build_task
from tests.portal.examples import save_task, send_letter

DENIED, TIMEOUT = "GetObject: AccessDenied", "ReadTimeoutError"


def build_attempt(error: str, outcome: Outcome = Outcome.DELIVERED_AGAIN) -> Attempt:
    return Attempt(
        at=datetime.now(UTC),
        outcome=outcome.value,
        worker="worker-1",
        version="abc1234",
        receive_count=1,
        error=error,
    )


def save_retried(error: str = DENIED, owner_id: str = OWNER_ID) -> Task:
    """A task whose first delivery failed."""
    task = save_task(is_done=False, owner_id=owner_id)
    started = start(task)
    record_failed_delivery(task.task_id, started.attempts, build_attempt(error))
    task.refresh()
    return task


def start(task: Task, receive_count: int = 1) -> StartedTask:
    return transitions.start(
        task.task_id, worker="worker-1", version="abc1234", receive_count=receive_count
    )


def read(client: Client, path: str) -> str:
    return html.unescape(client.get(path).content.decode())


def test_the_dashboard_groups_the_tasks_that_are_tried_again_by_error(viewer: Client) -> None:
    save_retried(), save_retried(owner_id=OTHER_OWNER_ID)
    save_retried(TIMEOUT)
    save_task()

    groups = read_retrying().groups
    page = read(viewer, "/")

    assert [(it.error, it.count, it.owner_count) for it in groups] == [
        (DENIED, 2, 2),
        (TIMEOUT, 1, 1),
    ]
    assert page.index(DENIED) < page.index(TIMEOUT)
    assert "All 3 tasks that are tried again" in page


def test_each_error_leads_to_its_tasks(viewer: Client) -> None:
    denied, late = save_retried(), save_retried(TIMEOUT)
    other = save_task()

    by_error = read(viewer, "/tasks/task/?" + urlencode({"retrying": DENIED}))
    every = read(viewer, "/tasks/task/?retrying=yes")

    assert denied.task_id in by_error
    assert late.task_id not in by_error
    assert denied.task_id in every
    assert late.task_id in every
    assert other.task_id not in every


def test_the_filter_joins_with_the_others(viewer: Client) -> None:
    mine, theirs = save_retried(), save_retried(owner_id=OTHER_OWNER_ID)

    page = read(viewer, f"/tasks/task/?retrying=yes&q={OWNER_ID}&status=processing")

    assert mine.task_id in page
    assert theirs.task_id not in page
    assert mine.task_id not in read(viewer, "/tasks/task/?retrying=yes&status=failed")


def test_reading_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retrying, "READ_LIMIT", 2)
    for _ in range(3):
        save_retried()

    found = read_retrying()

    assert (found.count, found.is_complete) == (2, False)


def test_the_page_of_a_task_shows_its_attempts(viewer: Client) -> None:
    task = save_retried()

    page = read(viewer, f"/tasks/task/{task.task_id}/change/")

    assert "Will be tried again" in page
    for text in (DENIED, "delivered again", "worker-1", "abc1234"):
        assert text in page


def test_a_letter_shows_the_cause(viewer: Client) -> None:
    task = save_retried()
    started = start(task, 5)
    transitions.fail(started, RetriesExhaustedError(), build_attempt(TIMEOUT, Outcome.FAILED))
    letter = send_letter(f'{{"task_id": "{task.task_id}"}}')

    assert TIMEOUT in read(viewer, "/queues/deadletter/")
    assert TIMEOUT in read(viewer, f"/queues/deadletter/{letter}/change/")
    assert TIMEOUT in read(viewer, f"/tasks/task/{task.task_id}/change/")


def build_changed_result() -> TaskResult:
    """A cat that is less certain, and a dog, by another classifier."""
    result = build_result()
    dog = Label(name="dog", confidence=60, parents=[], instances=[])
    changed = CAT.model_copy(update={"confidence": 90.0})
    models = {**result.models, "classifier": "another"}
    return replace(result, labels=[changed, dog], models=models)


def test_a_second_version_is_shown_beside_the_first(viewer: Client) -> None:
    task = save_task()
    queue = TaskQueue(settings.task_queue_url, boto3.client("sqs"))
    version = flow.recognise_again(task, get_options(task), queue)
    transitions.succeed(start(version), build_changed_result())

    pages = [
        read(viewer, f"/tasks/task/{record_id}/change/")
        for record_id in (task.task_id, version.task_id)
    ]

    for page in pages:
        assert f'href="/tasks/task/{task.task_id}:1/change/"' in page
        assert "Labels: 1 new, 0 gone, 1 changed, 0 same." in page
        assert "-7.5 points" in page
        assert "efficientnet_lite3" in page
    first = read(viewer, f"/tasks/task/{task.task_id}:1/change/")
    assert "Compared with" not in first
    assert "cat" in first


def test_a_task_with_one_result_shows_no_versions(viewer: Client) -> None:
    assert "Versions" not in read(viewer, f"/tasks/task/{save_task().task_id}/change/")


def test_a_copy_of_an_earlier_release_is_still_compared_with_its_original(viewer: Client) -> None:
    old, new = save_task(), build_task()
    new.copied_from = old.task_id
    transitions.insert(new)
    transitions.succeed(start(new), build_changed_result())

    with_original = read(viewer, f"/tasks/task/{new.task_id}/change/")
    old.delete()
    without = read(viewer, f"/tasks/task/{new.task_id}/change/")

    assert old.task_id in with_original
    assert "Labels: 1 new, 0 gone, 1 changed, 0 same." in with_original
    assert "Compared with" not in without
