"""Only a failed task of the caller is queued again."""

import pytest

from pipeline.core.errors import RetriesExhaustedError
from pipeline.core.queue import TaskQueue
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.retry_result import handler
from tests.examples import OTHER_OWNER_ID, build_task
from tests.lambdas.events import Answer, request


def retry(task_id: str, **parts: object) -> Answer:
    return request(handler, "POST", f"/results/{task_id}/retry", **parts)


@pytest.fixture
def failed() -> Task:
    task = build_task(status=TaskStatus.QUEUED.value)
    transitions.insert(task)
    transitions.fail(task, RetriesExhaustedError())
    return task


def test_a_failed_task_is_queued_again(failed: Task, queue: TaskQueue) -> None:
    answer = retry(failed.task_id)

    assert (answer.status, answer.body) == (
        202,
        {"taskId": failed.task_id, "status": "queued"},
    )
    stored = Task.get(failed.task_id)
    assert stored.status == TaskStatus.QUEUED
    assert stored.error_code is None
    [delivery] = queue.receive(max_messages=10)
    assert failed.task_id in delivery.body


@pytest.mark.parametrize("status", [s for s in TaskStatus if s is not TaskStatus.FAILED])
def test_a_task_with_another_status_is_not_queued(status: TaskStatus, queue: TaskQueue) -> None:
    task = build_task(status=status.value)
    transitions.insert(task)

    answer = retry(task.task_id)

    assert (answer.status, answer.body["code"]) == (409, "task_not_retryable")
    assert queue.receive() == []


def test_the_task_of_another_user_is_reported_as_missing(failed: Task, queue: TaskQueue) -> None:
    answer = retry(failed.task_id, owner_id=OTHER_OWNER_ID)

    assert (answer.status, answer.body["code"]) == (404, "task_not_found")
    assert Task.get(failed.task_id).status == TaskStatus.FAILED
    assert queue.receive() == []


def test_an_id_that_is_no_uuid_answers_not_found() -> None:
    assert retry("1").body["code"] == "task_not_found"
