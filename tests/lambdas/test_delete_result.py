"""A deleted task stays deleted, also if a worker or an upload is under way."""

import boto3
import pytest

from pipeline.core.errors import TaskFinishedError
from pipeline.core.storage import ImageStore, build_image_key, build_upload_key
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.lambdas.delete_result import handler
from pipeline.lambdas.uploaded import handler as uploaded
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, build_result, build_task
from tests.lambdas.events import Answer, build_storage_event, call, request


def delete(task_id: str, **parts: object) -> Answer:
    return request(handler, "DELETE", f"/results/{task_id}", **parts)


@pytest.fixture
def task(store: ImageStore) -> Task:
    task = build_task()
    transitions.insert(task)
    store.put(task.image_key, b"picture", task.content_type)
    return task


def test_picture_and_record_are_gone(task: Task, store: ImageStore) -> None:
    answer = delete(task.task_id)

    assert (answer.status, answer.body) == (204, None)
    assert not store.has(task.image_key)
    with pytest.raises(Task.DoesNotExist):
        Task.get(task.task_id)


def test_a_second_deletion_answers_not_found(task: Task) -> None:
    delete(task.task_id)

    answer = delete(task.task_id)

    assert (answer.status, answer.body["code"]) == (404, "task_not_found")


def test_a_worker_that_holds_a_deleted_task_does_not_recreate_it(task: Task) -> None:
    started = transitions.start(task.task_id, worker="w1", receive_count=1)

    delete(task.task_id)
    with pytest.raises(TaskFinishedError):
        transitions.succeed(started, build_result())

    assert list(Task.scan(Task.owner_id.exists())) == []


def test_a_picture_that_is_uploaded_later_is_deleted(task: Task, store: ImageStore) -> None:
    delete(task.task_id)
    upload_key = build_upload_key(task.owner_id, task.task_id)
    store.put(upload_key, b"picture", task.content_type)

    call(uploaded, build_storage_event(upload_key))

    assert not store.has(upload_key)


def test_every_picture_of_the_task_is_gone(task: Task, store: ImageStore) -> None:
    others = [
        build_image_key(task.owner_id, task.task_id),
        build_upload_key(task.owner_id, task.task_id),
    ]
    for key in others:
        store.put(key, b"picture", task.content_type)

    delete(task.task_id)

    assert not any(store.has(key) for key in [task.image_key, *others])


def test_a_deletion_that_broke_off_can_be_repeated(task: Task, store: ImageStore) -> None:
    s3 = boto3.client("s3")
    store.delete(task.image_key)
    s3.delete_bucket(Bucket=settings.images_bucket)
    broken = delete(task.task_id)
    s3.create_bucket(Bucket=settings.images_bucket)

    answer = delete(task.task_id)

    assert (broken.status, answer.status) == (500, 204)
    assert list(Task.scan(Task.owner_id.exists())) == []


def test_somebody_elses_task_stays(task: Task, store: ImageStore) -> None:
    answer = delete(task.task_id, owner_id=OTHER_OWNER_ID)

    assert (answer.status, answer.body["code"]) == (404, "task_not_found")
    assert store.has(task.image_key)
    assert Task.get(task.task_id).task_id == task.task_id


def test_an_id_that_is_no_uuid_answers_not_found() -> None:
    assert delete("1").body["code"] == "task_not_found"
