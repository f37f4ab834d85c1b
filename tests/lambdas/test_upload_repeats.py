"""A repeat of an upload with the same Idempotency-Key returns the first task."""

import hashlib
from typing import Any

import boto3
import pytest

from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from tests.core.tasks.two_regions import create_clients
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID
from tests.lambdas.uploads import JPEG, PNG, PRIVATE, post_form, post_image, receive


def test_a_repeat_with_another_wish_is_another_request() -> None:
    post_image(PRIVATE, key="1")

    again = post_image(PRIVATE, key="1")
    other = post_image(PRIVATE, key="1", query={"stripMetadata": "true"})

    assert again.status == 202
    assert (other.status, other.body["code"]) == (409, "idempotency_key_reused")


def test_a_repeated_form_request_returns_the_first_task_and_a_fresh_form() -> None:
    first = post_form(key="k, 1")

    again = post_form(key="k, 1")

    assert again.status == first.status == 201
    assert again.body["taskId"] == first.body["taskId"]
    assert again.body["upload"]["fields"]["key"] == first.body["upload"]["fields"]["key"]
    assert len(list(Task.scan(Task.owner_id.exists()))) == 1


@pytest.mark.parametrize("status", list(TaskStatus))
def test_no_form_is_signed_for_a_task_that_has_its_picture(status: TaskStatus) -> None:
    task_id = post_form(key="k").body["taskId"]
    Task.get(task_id).update(
        actions=[Task.image_key.set("images/1/2/3"), Task.status.set(status.value)]
    )

    answer = post_form(key="k")

    if status is TaskStatus.EXPIRED:  # The key of an expired task starts a new one
        assert answer.body["upload"]
    else:
        assert (answer.status, answer.body["taskId"]) == (202, task_id)
        assert (answer.body["status"], answer.body["upload"]) == (status, None)
        assert answer.headers["Location"] == f"results/{task_id}"


def test_a_repeated_picture_is_queued_once(queue: TaskQueue) -> None:
    first, again = post_image(key="k"), post_image(key="k")

    assert (again.status, again.body["taskId"]) == (first.status, first.body["taskId"])
    assert receive(queue) == [first.body["taskId"]]


def test_without_a_key_a_repeat_is_a_new_task() -> None:
    assert post_image().body["taskId"] != post_image().body["taskId"]


def test_two_owners_can_use_the_same_key() -> None:
    mine, theirs = post_image(key="k"), post_image(key="k", owner_id=OTHER_OWNER_ID)

    assert mine.body["taskId"] != theirs.body["taskId"]


@pytest.mark.parametrize(
    "other",
    [
        lambda: post_image(PNG, key="k"),
        lambda: post_image(query={"maxLabels": "3"}, key="k"),
        lambda: post_form(key="k"),
    ],
)
def test_another_request_under_the_same_key_is_refused(other: Any, store: ImageStore) -> None:
    first = post_image(key="k")

    answer = other()

    assert (answer.status, answer.body["code"]) == (409, "idempotency_key_reused")
    assert store.download(Task.get(first.body["taskId"]).image_key) == JPEG


def test_a_repeat_completes_a_request_that_stopped_before_storing(
    queue: TaskQueue, store: ImageStore
) -> None:
    s3 = boto3.client("s3")
    s3.delete_bucket(Bucket=settings.images_bucket)
    broken = post_image(key="k")
    s3.create_bucket(Bucket=settings.images_bucket)

    answer = post_image(key="k")

    assert (broken.status, broken.body["code"]) == (500, "internal_error")
    assert answer.status == 202
    [task] = Task.scan(Task.owner_id.exists())
    assert task.status == TaskStatus.QUEUED
    assert store.download(task.image_key) == JPEG
    assert receive(queue) == [task.task_id]


def test_a_repeat_completes_a_request_that_stopped_before_queueing(queue: TaskQueue) -> None:
    sqs = boto3.client("sqs")
    sqs.delete_queue(QueueUrl=settings.task_queue_url)
    broken = post_image(key="k")
    [task] = Task.scan(Task.owner_id.exists())
    sqs.create_queue(QueueName="tasks")

    answer = post_image(key="k")

    assert broken.status == 500
    assert task.status == TaskStatus.AWAITING_UPLOAD
    assert answer.body["taskId"] == task.task_id
    assert Task.get(task.task_id).status == TaskStatus.QUEUED
    assert receive(queue) == [task.task_id]


def test_a_repeat_does_not_queue_a_finished_task(queue: TaskQueue) -> None:
    task_id = post_image(key="k").body["taskId"]
    receive(queue)
    task = Task.get(task_id)
    task.update(actions=[Task.status.set(TaskStatus.SUCCEEDED.value)])

    answer = post_image(key="k")

    assert (answer.status, answer.body["taskId"]) == (202, task_id)
    assert Task.get(task_id).status == TaskStatus.SUCCEEDED
    assert receive(queue) == []


def test_the_key_of_an_expired_task_can_be_used_again() -> None:
    task_id = post_form(key="k").body["taskId"]
    transitions.expire(Task.get(task_id))

    answer = post_form(key="k")

    assert answer.body["taskId"] == task_id
    assert Task.get(task_id).status == TaskStatus.AWAITING_UPLOAD


def test_the_hash_covers_the_picture_not_only_its_size() -> None:
    task = Task.get(post_image(key="k").body["taskId"])
    same_size = JPEG[:-2] + b"\xff\xd8"

    answer = post_image(same_size, key="k")

    assert answer.body["code"] == "idempotency_key_reused"
    assert task.request_hash != hashlib.sha256(JPEG).hexdigest()


def test_a_repeat_in_another_region_makes_the_same_task(queue: TaskQueue) -> None:
    """The first region died before its record arrived in the other one."""
    connection = Task._get_connection().connection
    first = post_image(key="k")
    [here, there] = create_clients().values()
    try:
        connection._client = there
        assert Task.count() == 0

        again = post_image(key="k")

        stored = [client.scan(TableName="tasks")["Items"] for client in (here, there)]
        ids = [[item["task_id"]["S"] for item in items if "image_key" in item] for items in stored]
    finally:
        connection._client = here
    assert again.body["taskId"] == first.body["taskId"]
    assert ids == [[first.body["taskId"]]] * 2
