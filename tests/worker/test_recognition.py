"""How one delivery changes its task and its message."""

import hashlib
import logging

import pytest

from pipeline.core.options import Detail, Feature, Options
from pipeline.core.storage import (
    ImageStore,
    build_prefixes,
    build_preview_key,
    build_thumbnail_key,
)
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.worker.metrics import Metrics
from tests.environment import settings
from tests.examples import CAT, FINGERPRINT, PROPERTIES, TEXT
from tests.worker.fakes import COPIES, PICTURE, FakeRecognizer, get_values
from tests.worker.handlers import TRANSIENT, build_delivery_of, build_handler


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


def test_the_life_of_a_task_is_logged(
    task: Task, metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="pipeline.worker")

    build_handler(FakeRecognizer(), metrics).handle(build_delivery_of(task))

    assert caplog.messages == ["Task started", "Task succeeded"]
    assert vars(caplog.records[1])["message_id"] == "message-1"


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
