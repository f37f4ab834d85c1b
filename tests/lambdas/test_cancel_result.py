"""A task that waits can be cancelled. A worker that gets its message then does nothing."""

from uuid import uuid4

import pytest

from pipeline.core.errors import RetriesExhaustedError, TaskFinishedError
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import flow, transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas import retry_result
from pipeline.lambdas.cancel_result import handler
from tests.examples import OTHER_OWNER_ID, OWNER_ID, build_task, succeed
from tests.lambdas.events import Answer, request
from tests.lambdas.uploads import post_form, post_picture, receive

WAITING = (TaskStatus.AWAITING_UPLOAD, TaskStatus.QUEUED)


def cancel(task_id: str, **parts: object) -> Answer:
    return request(handler, "POST", f"/results/{task_id}/cancel", **parts)


def retry(task_id: str) -> Answer:
    return request(retry_result.handler, "POST", f"/results/{task_id}/retry")


def save(status: TaskStatus) -> Task:
    task = build_task(status=status.value)
    transitions.insert(task)
    return task


@pytest.mark.parametrize("status", WAITING)
def test_a_task_that_waits_is_cancelled_also_by_a_repeat(status: TaskStatus) -> None:
    task = save(status)

    answers = [cancel(task.task_id), cancel(task.task_id)]

    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].body == answers[1].body == {"taskId": task.task_id, "status": "failed"}
    stored = Task.get(task.task_id)
    assert (stored.error_code, stored.finished_at is not None) == ("cancelled", True)
    assert Task.count_unfinished(OWNER_ID, 10) == 0


def test_a_worker_that_gets_the_message_does_nothing(queue: TaskQueue) -> None:
    task_id = post_picture().body["taskId"]
    cancel(task_id)

    [delivered] = receive(queue)
    with pytest.raises(TaskFinishedError):
        transitions.start(delivered, worker="worker-1", receive_count=1)

    assert Task.get(task_id).error_code == "cancelled"


@pytest.mark.parametrize("status", [each for each in TaskStatus if each not in WAITING])
def test_a_task_that_does_not_wait_is_left_alone(status: TaskStatus) -> None:
    task = save(status)

    answer = cancel(task.task_id)

    assert (answer.status, answer.body["code"]) == (409, "task_not_cancellable")
    stored = Task.get(task.task_id)
    assert stored.status == status
    assert stored.error_code is None


def test_a_failure_of_another_kind_stays() -> None:
    task = save(TaskStatus.QUEUED)
    transitions.fail(task, RetriesExhaustedError())

    answer = cancel(task.task_id)

    assert answer.status == 409
    assert Task.get(task.task_id).error_code == "retries_exhausted"


def test_a_cancelled_task_can_be_retried(queue: TaskQueue) -> None:
    task_id = post_picture().body["taskId"]
    receive(queue)
    cancel(task_id)

    answer = retry(task_id)

    assert (answer.status, receive(queue)) == (202, [task_id])
    succeed(task_id)
    assert Task.get(task_id).status == TaskStatus.SUCCEEDED


def test_a_form_that_was_cancelled_stores_no_picture(queue: TaskQueue, store: ImageStore) -> None:
    form = post_form().body
    cancel(form["taskId"])
    store.put(form["upload"]["fields"]["key"], b"picture", "image/jpeg")

    accepted = flow.accept(Task.get(form["taskId"]), store, queue)

    assert not accepted
    assert (store.list_page("images/"), store.list_page("uploads/")) == ([], [])
    assert retry(form["taskId"]).body["code"] == "task_not_retryable"  # It has no picture
    assert receive(queue) == []


@pytest.mark.parametrize("owner_id", [OTHER_OWNER_ID, OWNER_ID])
def test_the_task_of_another_user_is_reported_as_missing(owner_id: str) -> None:
    task = save(TaskStatus.QUEUED)
    task_id = task.task_id if owner_id != OWNER_ID else str(uuid4())

    answer = cancel(task_id, owner_id=owner_id)

    assert (answer.status, answer.body["code"]) == (404, "task_not_found")
    assert Task.get(task.task_id).status == TaskStatus.QUEUED
