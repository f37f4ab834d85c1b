"""Deliveries that fail, come twice or name no task, and what becomes of their tasks."""

import boto3
import pytest

from pipeline.core.errors import (
    PermanentError,
    RetriesExhaustedError,
    TooManyPixelsError,
    UnreadableImageError,
    UnsupportedFormatError,
)
from pipeline.core.settings import MAX_RECEIVE_COUNT
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.worker.metrics import Metrics
from tests.environment import settings
from tests.examples import build_task
from tests.worker.fakes import FakeRecognizer, get_values
from tests.worker.handlers import TRANSIENT, build_delivery, build_delivery_of, build_handler


@pytest.mark.parametrize(
    "error", [UnreadableImageError(), UnsupportedFormatError(), TooManyPixelsError()]
)
def test_a_permanent_error_fails_the_task_at_once(
    task: Task, metrics: Metrics, error: PermanentError
) -> None:
    outcome = build_handler(FakeRecognizer(error), metrics).handle(build_delivery_of(task))

    task.refresh()
    assert outcome is None
    assert task.status == TaskStatus.FAILED
    assert (task.error_code, task.error_message) == (error.code, error.message)


def test_a_missing_picture_fails_the_task(task: Task, metrics: Metrics, store: ImageStore) -> None:
    store.delete(task.image_key)

    outcome = build_handler(FakeRecognizer(), metrics).handle(build_delivery_of(task))

    task.refresh()
    assert outcome is None
    assert task.error_code == "image_missing"


@pytest.mark.parametrize(("receive_count", "seconds"), [(1, 2), (2, 10), (3, 60), (4, 300)])
def test_each_transient_error_delays_the_message_longer(
    task: Task, metrics: Metrics, receive_count: int, seconds: int
) -> None:
    handler = build_handler(FakeRecognizer(TRANSIENT), metrics)

    outcome = handler.handle(build_delivery_of(task, receive_count))

    task.refresh()
    assert outcome == seconds
    assert task.status == TaskStatus.PROCESSING


@pytest.mark.parametrize("error", [TRANSIENT, MemoryError(), RuntimeError()])
def test_the_last_delivery_fails_the_task(task: Task, metrics: Metrics, error: Exception) -> None:
    handler = build_handler(FakeRecognizer(error), metrics)

    outcome = handler.handle(build_delivery_of(task, MAX_RECEIVE_COUNT))

    task.refresh()
    assert outcome == 0
    assert task.status == TaskStatus.FAILED
    assert task.error_code == RetriesExhaustedError.code


def test_the_message_stays_if_the_last_delivery_cannot_fail_the_task(
    task: Task, metrics: Metrics
) -> None:
    boto3.client("dynamodb").delete_table(TableName=settings.tasks_table)
    handler = build_handler(FakeRecognizer(), metrics)

    assert handler.handle(build_delivery_of(task, MAX_RECEIVE_COUNT)) == 0


@pytest.mark.parametrize("body", ["", "cat", "{}", '{"task_id": 5}', '["task_id"]'])
def test_a_message_that_names_no_task_goes_to_the_dead_letter_queue(
    metrics: Metrics, body: str, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = build_handler(FakeRecognizer(), metrics).handle(build_delivery(body))

    assert outcome == 0
    assert caplog.messages == ["Message has no task id"]


def test_the_message_of_a_deleted_task_is_deleted(metrics: Metrics) -> None:
    recognizer = FakeRecognizer()

    outcome = build_handler(recognizer, metrics).handle(build_delivery_of(build_task()))

    assert outcome is None
    assert recognizer.pictures == []


def test_a_second_delivery_of_a_finished_task_is_dropped(task: Task, metrics: Metrics) -> None:
    build_handler(FakeRecognizer(), metrics).handle(build_delivery_of(task))
    task.refresh()
    finished_at = task.finished_at
    recognizer = FakeRecognizer()

    outcome = build_handler(recognizer, metrics).handle(build_delivery_of(task, 2))

    task.refresh()
    assert outcome is None
    assert recognizer.pictures == []
    assert task.finished_at == finished_at


def test_a_second_message_of_a_task_in_work_is_dropped(task: Task, metrics: Metrics) -> None:
    second = FakeRecognizer()
    first = FakeRecognizer(
        meanwhile=lambda: build_handler(second, metrics).handle(build_delivery_of(task))
    )

    build_handler(first, metrics).handle(build_delivery_of(task))

    assert (len(first.pictures), len(second.pictures)) == (1, 0)


def test_the_first_of_two_deliveries_at_once_wins(task: Task, metrics: Metrics) -> None:
    first = build_handler(FakeRecognizer(), metrics)
    second = build_handler(
        FakeRecognizer(
            UnreadableImageError(), meanwhile=lambda: first.handle(build_delivery_of(task, 2))
        ),
        metrics,
    )

    outcome = second.handle(build_delivery_of(task))

    task.refresh()
    assert outcome is None
    assert task.status == TaskStatus.SUCCEEDED


def test_a_task_that_is_deleted_during_the_work_stays_deleted(task: Task, metrics: Metrics) -> None:
    handler = build_handler(FakeRecognizer(meanwhile=task.delete), metrics)

    outcome = handler.handle(build_delivery_of(task))

    assert outcome is None
    assert Task.count() == 0


def test_failures_are_counted_by_code_and_in_all(task: Task, metrics: Metrics) -> None:
    handler = build_handler(FakeRecognizer(UnreadableImageError()), metrics)
    handler.handle(build_delivery_of(task))

    metrics.publish()

    assert get_values("ImagesFailed") == [1]
    assert get_values("ImagesFailed", ErrorCode="unreadable_image") == [1]
    assert get_values("ImagesRecognised") == []


def test_a_transient_error_is_not_counted_as_a_failure(task: Task, metrics: Metrics) -> None:
    build_handler(FakeRecognizer(TRANSIENT), metrics).handle(build_delivery_of(task))

    metrics.publish()

    assert get_values("TransientErrors") == [1]
    assert get_values("ImagesFailed") == []


def test_a_failed_delivery_stores_its_error_on_the_task(task: Task, metrics: Metrics) -> None:
    handler = build_handler(FakeRecognizer(RuntimeError("no disk")), metrics)

    handler.handle(build_delivery_of(task))

    task.refresh()
    [attempt] = task.attempts
    assert task.last_error == attempt.error == "RuntimeError: no disk"
    assert (attempt.worker, attempt.version) == ("worker-1", "dev")
    assert (attempt.receive_count, attempt.outcome) == (1, "delivered_again")


def test_the_last_delivery_names_the_cause(task: Task, metrics: Metrics) -> None:
    handler = build_handler(FakeRecognizer(RuntimeError("no disk")), metrics)

    handler.handle(build_delivery_of(task, MAX_RECEIVE_COUNT))

    task.refresh()
    assert task.last_error == "RuntimeError: no disk"
    assert [attempt.outcome for attempt in task.attempts] == ["failed"]
