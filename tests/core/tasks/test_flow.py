"""The order of table, bucket and queue, and the state after a stop between two steps."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.core.errors import (
    RetriesExhaustedError,
    TaskFinishedError,
    TaskNotRetryableError,
)
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import flow, transitions
from pipeline.core.tasks.record import Task, TaskStatus
from tests.environment import settings
from tests.examples import build_task

REPOSITORY = Path(__file__).parents[3]
STEPS = {"mark_queued", "requeue", "retry"}
"""Transitions that need a message in the queue."""


class NoQueueError(Exception):
    """SQS is down."""


class BrokenQueue(TaskQueue):
    """A queue while SQS is down."""

    def send(self, task_id: str, owner_id: str, *, delay_seconds: int = 0) -> None:
        raise NoQueueError


@pytest.fixture
def task(store: ImageStore) -> Task:
    """A saved task whose picture is in storage."""
    task = build_task(file_name="cat.jpg")
    transitions.insert(task)
    store.put(task.image_key, b"picture", task.content_type)
    return task


@pytest.fixture
def failed(task: Task) -> Task:
    transitions.fail(task, RetriesExhaustedError())
    return task


@pytest.fixture
def broken_queue(aws: None) -> TaskQueue:
    return BrokenQueue(settings.task_queue_url)


def read_status(task: Task) -> str:
    return Task.get(task.task_id).status


def test_a_submitted_task_has_its_picture_its_message_and_its_status(
    store: ImageStore, queue: TaskQueue
) -> None:
    task = build_task()
    transitions.insert(task)

    flow.submit(task, b"picture", store, queue)

    assert store.download(task.image_key) == b"picture"
    assert queue.get_depth() == 1
    assert read_status(task) == TaskStatus.QUEUED


def test_a_task_is_not_queued_before_its_message_is_sent(
    task: Task, broken_queue: TaskQueue
) -> None:
    with pytest.raises(NoQueueError):
        flow.enqueue(task, broken_queue)

    assert read_status(task) == TaskStatus.AWAITING_UPLOAD


def test_a_retried_task_is_queued_even_if_its_message_is_lost(
    failed: Task, broken_queue: TaskQueue
) -> None:
    with pytest.raises(NoQueueError):
        flow.retry(failed, broken_queue)

    assert read_status(failed) == TaskStatus.QUEUED  # The sweep sends it


def test_a_retry_that_is_refused_sends_no_message(task: Task, queue: TaskQueue) -> None:
    with pytest.raises(TaskNotRetryableError):
        flow.retry(task, queue)

    assert queue.get_depth() == 0


def test_a_task_that_changed_is_not_sent_again(task: Task, queue: TaskQueue) -> None:
    transitions.start(task.task_id, worker="w1", receive_count=1)

    with pytest.raises(TaskFinishedError):
        flow.resend(task, queue)

    assert queue.get_depth() == 0


class StoreWithUploadInBetween(ImageStore):
    """Receives the picture again right after its first deletion."""

    is_first = True

    def delete(self, key: str) -> None:
        super().delete(key)
        if self.is_first:
            self.is_first = False
            self.put(key, b"picture", "image/jpeg")


def test_a_picture_that_is_uploaded_during_a_deletion_is_deleted(task: Task) -> None:
    store = StoreWithUploadInBetween(settings.images_bucket)

    flow.delete(task, store)

    assert not store.has(task.image_key)
    assert Task.count() == 0


def test_a_direct_upload_whose_task_is_deleted_meanwhile_leaves_no_picture(
    queue: TaskQueue,
) -> None:
    task = build_task()
    transitions.insert(task)

    class StoreWithADeletionInBetween(ImageStore):
        """Loses the record before the picture is stored."""

        def put(self, key: str, data: bytes, content_type: str) -> None:
            flow.delete(task, self)
            super().put(key, data, content_type)

    store = StoreWithADeletionInBetween(settings.images_bucket)
    flow.submit(task, b"picture", store, queue)

    assert not store.has(task.image_key)
    assert Task.count() == 0


def find_calls(is_step: Callable[[ast.Call], bool]) -> set[str]:
    """The files of the product that make such a call."""
    return {
        str(path.relative_to(REPOSITORY))
        for folder in ("pipeline", "portal", "infra", "tools")
        for path in (REPOSITORY / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and is_step(node)
    }


def is_transition_before_or_after_a_message(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(value=ast.Name(id="transitions"), attr=name):
            return name in STEPS
    return False


def sends_a_task(call: ast.Call) -> bool:
    match call.func:
        case ast.Attribute(attr="send"):
            return any("owner_id" in ast.unparse(argument) for argument in call.args)
    return False


@pytest.mark.parametrize("is_step", [is_transition_before_or_after_a_message, sends_a_task])
def test_only_the_flow_orders_table_and_queue(is_step: Callable[[ast.Call], bool]) -> None:
    assert find_calls(is_step) == {"pipeline/core/tasks/flow.py"}
