"""S3's event of a picture queues its task. An event may come twice or late."""

import boto3
import pytest
from botocore.exceptions import ClientError

from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.uploaded import handler
from tests.environment import settings
from tests.examples import build_task
from tests.lambdas.events import build_storage_event, call, get_metrics


def save(status: TaskStatus = TaskStatus.AWAITING_UPLOAD, owner_id: str = "me") -> Task:
    task = build_task(owner_id, status=status.value)
    transitions.insert(task)
    return task


def test_an_arrived_picture_queues_its_task(
    queue: TaskQueue, capsys: pytest.CaptureFixture[str]
) -> None:
    task = save(owner_id="somebody with spaces & ümlauts")

    call(handler, build_storage_event(task.image_key))

    assert Task.get(task.task_id).status == TaskStatus.QUEUED
    [delivery] = queue.receive(max_messages=10)
    assert task.task_id in delivery.body
    assert get_metrics(capsys.readouterr().out) == {"UploadsAccepted": 1}


@pytest.mark.parametrize("status", [s for s in TaskStatus if s is not TaskStatus.AWAITING_UPLOAD])
def test_a_task_with_a_later_status_is_not_queued(status: TaskStatus, queue: TaskQueue) -> None:
    task = save(status)

    call(handler, build_storage_event(task.image_key))

    assert Task.get(task.task_id).status == status
    assert queue.receive() == []


def test_a_picture_of_a_deleted_task_is_removed(queue: TaskQueue, store: ImageStore) -> None:
    task = build_task()
    store.put(task.image_key, b"picture", "image/jpeg")

    call(handler, build_storage_event(task.image_key))

    assert not store.has(task.image_key)
    assert queue.receive() == []


def test_several_pictures_in_one_event_are_all_queued(queue: TaskQueue) -> None:
    tasks = [save(), save()]

    call(handler, build_storage_event(*(task.image_key for task in tasks)))

    assert len(queue.receive(max_messages=10)) == 2


def test_an_error_is_raised_so_that_lambda_calls_again(queue: TaskQueue) -> None:
    task = save()
    sqs = boto3.client("sqs")
    sqs.delete_queue(QueueUrl=settings.task_queue_url)

    with pytest.raises(ClientError):
        call(handler, build_storage_event(task.image_key))
    assert Task.get(task.task_id).status == TaskStatus.AWAITING_UPLOAD

    sqs.create_queue(QueueName="tasks")
    call(handler, build_storage_event(task.image_key))
    assert Task.get(task.task_id).status == TaskStatus.QUEUED
