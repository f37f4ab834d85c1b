"""How one delivery changes its task and its message."""

import hashlib
import logging
from datetime import UTC, datetime

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError

from pipeline.core.errors import (
    PermanentError,
    RetriesExhaustedError,
    TooManyPixelsError,
    UnreadableImageError,
    UnsupportedFormatError,
)
from pipeline.core.options import Detail, Feature, Options
from pipeline.core.queue import Delivery, TaskMessage
from pipeline.core.settings import MAX_RECEIVE_COUNT
from pipeline.core.storage import (
    ImageStore,
    build_prefixes,
    build_preview_key,
    build_thumbnail_key,
)
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.worker.cores import Cores
from pipeline.worker.deadline import Deadline
from pipeline.worker.metrics import Metrics
from pipeline.worker.recognition import TaskHandler
from tests.environment import settings
from tests.examples import CAT, FINGERPRINT, PROPERTIES, TEXT, build_task
from tests.worker.fakes import COPIES, PICTURE, FakeRecognizer, get_values

TRANSIENT = EndpointConnectionError(endpoint_url="cable pulled")


def build_handler(
    recognizer: FakeRecognizer, metrics: Metrics, store: ImageStore | None = None
) -> TaskHandler:
    cores = Cores(recognizer.recognize, 1, metrics, Deadline(seconds=60))
    store = store or ImageStore(settings.images_bucket)
    return TaskHandler(cores, store, metrics, worker="worker-1")


def build_delivery(body: str, receive_count: int = 1) -> Delivery:
    return Delivery("message-1", "handle-1", body, receive_count, datetime.now(UTC))


def build_delivery_of(task: Task, receive_count: int = 1) -> Delivery:
    return build_delivery(TaskMessage(task_id=task.task_id).model_dump_json(), receive_count)


def test_a_picture_becomes_a_stored_result(task: Task, metrics: Metrics) -> None:
    recognizer = FakeRecognizer()

    outcome = build_handler(recognizer, metrics).handle(build_delivery_of(task))

    task.refresh()
    assert outcome is None
    assert recognizer.pictures == [PICTURE]
    assert task.status == TaskStatus.SUCCEEDED
    assert task.get_labels() == [CAT]
    assert task.get_properties() == PROPERTIES
    assert task.get_text() == TEXT
    assert task.get_fingerprint() == FINGERPRINT
    assert (task.width, task.height) == (640, 480)
    assert task.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert (task.worker, task.receive_count) == ("worker-1", 1)


def test_the_copies_of_a_picture_are_beside_it(
    task: Task, metrics: Metrics, store: ImageStore
) -> None:
    build_handler(FakeRecognizer(), metrics).handle(build_delivery_of(task))

    task.refresh()
    assert task.has_preview
    assert task.has_thumbnail
    assert store.download(build_preview_key(task.image_key)) == COPIES.preview
    assert store.download(build_thumbnail_key(task.image_key)) == COPIES.thumbnail


class StoreWithoutPut(ImageStore):
    def put(self, key: str, data: bytes, content_type: str) -> None:
        raise TRANSIENT


def test_a_copy_that_cannot_be_stored_fails_nothing(
    task: Task, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    handler = build_handler(
        FakeRecognizer(), metrics, store=StoreWithoutPut(settings.images_bucket)
    )

    outcome = handler.handle(build_delivery_of(task))

    task.refresh()
    assert outcome is None
    assert task.status == TaskStatus.SUCCEEDED
    assert (task.has_preview, task.has_thumbnail) == (False, False)
    assert caplog.messages.count("Copy not stored: the page shows the picture itself") == 2


def test_a_task_that_is_deleted_meanwhile_leaves_no_copy(
    task: Task, metrics: Metrics, store: ImageStore
) -> None:
    recognizer = FakeRecognizer(meanwhile=lambda: flow.delete(task, store))

    build_handler(recognizer, metrics).handle(build_delivery_of(task))

    for prefix in build_prefixes(task.owner_id, task.task_id):
        assert store.list_page(prefix) == []


def test_a_second_delivery_leaves_the_copies_of_the_first(
    task: Task, metrics: Metrics, store: ImageStore
) -> None:
    def finish_first() -> None:
        second = FakeRecognizer()
        build_handler(second, metrics).handle(build_delivery_of(task, receive_count=2))

    recognizer = FakeRecognizer(meanwhile=finish_first)

    build_handler(recognizer, metrics).handle(build_delivery_of(task))

    assert store.has(build_preview_key(task.image_key))
    assert store.has(build_thumbnail_key(task.image_key))


def test_the_options_of_the_task_reach_the_networks(
    task: Task, metrics: Metrics, store: ImageStore
) -> None:
    task.update(
        actions=[
            Task.min_confidence.set(72.5),
            Task.max_labels.set(3),
            Task.features.set({"labels", "properties"}),
            Task.detail.set("fine"),
        ]
    )
    recognizer = FakeRecognizer()

    build_handler(recognizer, metrics).handle(build_delivery_of(task))

    assert recognizer.options == [
        Options(
            min_confidence=72.5,
            max_labels=3,
            features=(Feature.LABELS, Feature.PROPERTIES),
            detail=Detail.FINE,
        )
    ]


def test_a_task_of_an_earlier_release_asks_for_labels(task: Task, metrics: Metrics) -> None:
    recognizer = FakeRecognizer()

    build_handler(recognizer, metrics).handle(build_delivery_of(task))

    assert task.features is None
    assert recognizer.options[0] == Options(min_confidence=50, max_labels=20)


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


def test_a_recognised_picture_is_counted_with_its_duration(task: Task, metrics: Metrics) -> None:
    build_handler(FakeRecognizer(), metrics).handle(build_delivery_of(task))

    metrics.publish()

    assert get_values("ImagesRecognised") == [1]
    assert len(get_values("ReceiveAge")) == 1
    assert get_values("StageSeconds", Stage="decode") == [0.012]
    assert get_values("StageSeconds", Stage="inference") == [0.099]
    for stage in ("download", "store", "total"):
        [seconds] = get_values("StageSeconds", Stage=stage)
        assert seconds > 0


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


def test_the_life_of_a_task_is_logged(
    task: Task, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="pipeline.worker")

    build_handler(FakeRecognizer(), metrics).handle(build_delivery_of(task))

    assert caplog.messages == ["Task started", "Task succeeded"]
    assert vars(caplog.records[1])["message_id"] == "message-1"


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


def test_a_picture_that_is_recognised_at_once_takes_two_writes_and_stores_no_attempt(
    task: Task, metrics: Metrics
) -> None:
    client = Task._get_connection().connection.client
    calls: list[str] = []

    def note(model: object, **rest: object) -> None:
        calls.append(str(getattr(model, "name", model)))

    client.meta.events.register("before-call.dynamodb", note)
    try:
        build_handler(FakeRecognizer(), metrics).handle(build_delivery_of(task))
    finally:
        client.meta.events.unregister("before-call.dynamodb", note)

    task.refresh()
    assert calls == ["UpdateItem", "UpdateItem"]
    assert task.attempts is None
    assert task.worker_version == "dev"
