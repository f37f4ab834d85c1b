"""The sweep repairs tasks whose event or message was lost, within minutes."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.core import alarms, controls
from pipeline.core.errors import PermanentError, RetriesExhaustedError, UnreadableImageError
from pipeline.core.images.strip import strip_metadata
from pipeline.core.queue import TaskQueue
from pipeline.core.regions import Regions
from pipeline.core.storage import ImageStore, build_upload_key
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas import sweep
from pipeline.lambdas.sweep import MAX_REQUEUES, handler
from tests.examples import OTHER_OWNER_ID, OWNER_ID, build_task
from tests.lambdas.events import call, get_metrics
from tests.pictures import build_quadrants, encode


def save(age: timedelta, status: TaskStatus, **values: Any) -> Task:
    """A task that has not changed for `age`."""
    moment = datetime.now(UTC) - age
    task = build_task(status=status.value, created_at=moment, updated_at=moment, **values)
    transitions.insert(task)
    return task


def run(remaining_ms: int = 30_000) -> dict[str, int]:
    done: dict[str, int] = call(handler, {}, remaining_ms=remaining_ms)
    return {outcome: tasks for outcome, tasks in done.items() if outcome != sweep.NOTHING}


def get_status(task: Task) -> str:
    return str(Task.get(task.task_id).status)


@pytest.mark.parametrize("form", [True, False])
@pytest.mark.parametrize("age", [timedelta(minutes=2), timedelta(hours=2)])
def test_an_arrived_picture_without_an_event_is_queued(
    age: timedelta,
    form: bool,
    queue: TaskQueue,
    store: ImageStore,
    capsys: pytest.CaptureFixture[str],
) -> None:
    task = save(age, TaskStatus.AWAITING_UPLOAD)
    if form:
        task.update(actions=[Task.image_key.remove()])
    key = build_upload_key(task.owner_id, task.task_id) if form else task.image_key
    store.put(key, b"picture", "image/jpeg")

    assert run() == {"UploadsFound": 1}

    assert get_status(task) == TaskStatus.QUEUED
    assert store.download(Task.get(task.task_id).image_key) == b"picture"
    [delivery] = queue.receive(max_messages=10)
    assert task.task_id in delivery.body
    assert get_metrics(capsys.readouterr().out) == {"UploadsFound": 1}


def test_metadata_is_removed_without_an_event_too(store: ImageStore) -> None:
    task = save(timedelta(minutes=2), TaskStatus.AWAITING_UPLOAD)
    task.update(actions=[Task.image_key.remove(), Task.strip_metadata.set(True)])
    picture = encode(build_quadrants(), "JPEG", comment=b"a private comment")
    store.put(build_upload_key(task.owner_id, task.task_id), picture, "image/jpeg")

    assert run() == {"UploadsFound": 1}

    assert store.download(Task.get(task.task_id).image_key) == strip_metadata(picture)


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(minutes=2), TaskStatus.AWAITING_UPLOAD),
        (timedelta(minutes=59), TaskStatus.AWAITING_UPLOAD),
        (timedelta(minutes=61), TaskStatus.EXPIRED),
    ],
)
def test_a_task_without_a_picture_expires_after_an_hour(
    age: timedelta, status: TaskStatus, queue: TaskQueue
) -> None:
    task = save(age, TaskStatus.AWAITING_UPLOAD)

    run()

    assert get_status(task) == status
    assert queue.receive() == []


def test_a_young_task_is_not_touched(queue: TaskQueue, store: ImageStore) -> None:
    task = save(timedelta(seconds=30), TaskStatus.AWAITING_UPLOAD)
    store.put(task.image_key, b"picture", "image/jpeg")

    assert run() == {}

    assert queue.receive() == []


@pytest.mark.parametrize("status", [TaskStatus.PROCESSING, TaskStatus.QUEUED])
def test_a_stuck_task_is_queued_again_once_in_ten_minutes(
    status: TaskStatus, queue: TaskQueue
) -> None:
    task = save(timedelta(minutes=11), status)

    assert run() == {"TasksRequeued": 1}
    assert run() == {}

    assert get_status(task) == TaskStatus.QUEUED
    assert Task.get(task.task_id).requeue_count == 1
    assert len(queue.receive(max_messages=10)) == 1


@pytest.mark.parametrize("status", [TaskStatus.PROCESSING, TaskStatus.QUEUED])
def test_a_task_that_changed_recently_is_not_stuck(status: TaskStatus) -> None:
    task = save(timedelta(minutes=9), status)
    old = build_task(status=status.value, created_at=task.created_at - timedelta(hours=5))
    transitions.insert(old)

    assert run() == {}


def test_a_task_that_gets_stuck_again_and_again_fails(queue: TaskQueue) -> None:
    task = save(timedelta(minutes=11), TaskStatus.PROCESSING, requeue_count=MAX_REQUEUES)

    assert run() == {"TasksFailed": 1}

    stored = Task.get(task.task_id)
    assert (stored.status, stored.error_code) == (TaskStatus.FAILED, "retries_exhausted")
    assert queue.receive() == []


def test_a_queued_task_does_not_fail_after_a_long_wait() -> None:
    task = save(timedelta(days=1), TaskStatus.QUEUED, requeue_count=50)

    assert run() == {"TasksRequeued": 1}

    assert get_status(task) == TaskStatus.QUEUED


def test_queued_tasks_are_not_sent_again_while_the_queue_is_paused(queue: TaskQueue) -> None:
    task = save(timedelta(minutes=11), TaskStatus.QUEUED)
    controls.pause("ann", "Storage is down", datetime.now(UTC) + timedelta(minutes=5))
    while_paused = run()
    controls.resume()

    assert (while_paused, run()) == ({}, {"TasksRequeued": 1})
    assert get_status(task) == TaskStatus.QUEUED


def test_the_tasks_of_a_held_user_are_not_sent_again(queue: TaskQueue) -> None:
    save(timedelta(minutes=11), TaskStatus.QUEUED)
    other = save(timedelta(minutes=11), TaskStatus.QUEUED, owner_id=OTHER_OWNER_ID)
    controls.hold(OWNER_ID)

    assert run()["TasksRequeued"] == 1

    [delivery] = queue.receive(max_messages=10)
    assert other.task_id in delivery.body


def test_queued_tasks_are_not_sent_again_during_a_backlog(queue: TaskQueue) -> None:
    save(timedelta(minutes=11), TaskStatus.QUEUED)
    processing = save(timedelta(minutes=11), TaskStatus.PROCESSING)
    for number in range(alarms.DEPTH.threshold + 1):
        queue.send(f"task-{number}", OWNER_ID)

    assert run() == {"TasksRequeued": 1}

    assert get_status(processing) == TaskStatus.QUEUED


@pytest.mark.parametrize("status", [TaskStatus.SUCCEEDED, TaskStatus.FAILED, TaskStatus.EXPIRED])
def test_a_finished_task_is_not_touched(status: TaskStatus) -> None:
    task = save(timedelta(days=2), status)

    assert run() == {}

    assert get_status(task) == status


@pytest.mark.parametrize(
    ("error", "is_kept"), [(UnreadableImageError(), False), (RetriesExhaustedError(), True)]
)
def test_the_picture_of_a_hopeless_failure_is_deleted(
    error: PermanentError, is_kept: bool, store: ImageStore
) -> None:
    task = save(timedelta(minutes=2), TaskStatus.QUEUED)
    store.put(task.image_key, b"not a picture", "image/jpeg")
    transitions.fail(task, error)

    assert run() == ({} if is_kept else {"PicturesDiscarded": 1})
    assert run() == {}

    assert store.has(task.image_key) == is_kept
    assert bool(Task.get(task.task_id).image_key) == is_kept


def test_an_error_in_one_task_does_not_stop_the_repair_of_others(queue: TaskQueue) -> None:
    broken = save(timedelta(minutes=12), TaskStatus.PROCESSING)
    broken.update(actions=[Task.owner_id.remove()])  # No message can be sent without it
    stuck = save(timedelta(minutes=11), TaskStatus.PROCESSING)

    assert run() == {"SweepErrors": 1, "TasksRequeued": 1}

    assert get_status(stuck) == TaskStatus.QUEUED


def test_one_run_is_bounded_in_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "MAX_TASKS", 2)
    for _ in range(3):
        save(timedelta(hours=2), TaskStatus.AWAITING_UPLOAD)

    assert run() == {"TasksExpired": 2}
    assert run() == {"TasksExpired": 1}


def test_one_run_is_bounded_in_time() -> None:
    task = save(timedelta(hours=2), TaskStatus.AWAITING_UPLOAD)

    assert run(remaining_ms=1_000) == {}
    assert get_status(task) == TaskStatus.AWAITING_UPLOAD

    assert run() == {"TasksExpired": 1}


@pytest.fixture
def _two_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweep, "regions", Regions("us-east-1", ("us-east-1", "eu-west-1")))


@pytest.mark.usefixtures("_two_regions")
@pytest.mark.parametrize("status", [TaskStatus.AWAITING_UPLOAD, TaskStatus.QUEUED])
@pytest.mark.parametrize("age", [timedelta(minutes=11), timedelta(hours=2)])
def test_a_task_of_another_region_is_left_alone(
    status: TaskStatus, age: timedelta, queue: TaskQueue, store: ImageStore
) -> None:
    task = save(age, status, home_region="eu-west-1")
    store.put(task.image_key, b"picture", "image/jpeg")
    before = Task.get(task.task_id).serialize()

    assert run() == {}

    assert Task.get(task.task_id).serialize() == before
    assert queue.receive() == []


@pytest.mark.usefixtures("_two_regions")
@pytest.mark.parametrize("home", [None, "us-east-1"])
def test_tasks_of_the_oldest_region_are_repaired_by_it(home: str | None, queue: TaskQueue) -> None:
    save(timedelta(minutes=11), TaskStatus.QUEUED, home_region=home)

    assert run() == {"TasksRequeued": 1}

    assert len(queue.receive()) == 1
