"""The allowed changes of status, and the effect of a repeated write."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.errors import (
    HOPELESS_CODES,
    PermanentError,
    RetriesExhaustedError,
    TaskFinishedError,
    TaskNotFoundError,
    TaskNotRetryableError,
    UnreadableImageError,
)
from pipeline.core.options import Options
from pipeline.core.settings import RETENTION, VISIBILITY_SECONDS
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.tasks.transitions import StartedTask
from tests.examples import CAT, OTHER_OWNER_ID, OWNER_ID, build_result, build_task


def save(status: TaskStatus = TaskStatus.AWAITING_UPLOAD) -> Task:
    task = build_task(status=status.value)
    transitions.insert(task)
    return task


def start(task: Task, *, receive_count: int = 1) -> StartedTask:
    return transitions.start(task.task_id, worker="w1", receive_count=receive_count)


def test_a_new_task_awaits_its_picture_and_expires_with_it() -> None:
    before = datetime.now(UTC)

    task = save()

    stored = Task.get(task.task_id)
    assert stored.status == TaskStatus.AWAITING_UPLOAD
    # TTL counts whole seconds.
    assert before.replace(microsecond=0) <= stored.expires_at - RETENTION <= datetime.now(UTC)


def test_an_id_is_saved_once() -> None:
    task = save()
    twin = build_task(task_id=task.task_id, file_name="other.jpg")

    assert not transitions.insert(twin)

    assert Task.get(task.task_id).file_name is None


def test_a_new_task_replaces_an_expired_one_of_the_same_id() -> None:
    expired = save(TaskStatus.EXPIRED)
    twin = build_task(task_id=expired.task_id, file_name="other.jpg")

    assert transitions.insert(twin)

    stored = Task.get(expired.task_id)
    assert (stored.status, stored.file_name) == (TaskStatus.AWAITING_UPLOAD, "other.jpg")


def test_a_task_succeeds_with_its_result() -> None:
    task = save()
    transitions.mark_queued(task)

    transitions.succeed(start(task), build_result())

    stored = Task.get(task.task_id)
    assert stored.status == TaskStatus.SUCCEEDED
    assert stored.get_labels() == [CAT]
    assert (stored.width, stored.height, stored.decode_ms) == (640, 480, 12.3)
    assert stored.total_ms >= stored.queued_ms >= 0


def test_a_result_has_the_waiting_time_and_the_total_time() -> None:
    task = start(save(TaskStatus.QUEUED))
    queued_at = datetime.now(UTC) - timedelta(seconds=5)
    started_at = queued_at + timedelta(seconds=3)

    transitions.succeed(replace(task, queued_at=queued_at, started_at=started_at), build_result())

    stored = Task.get(task.task_id)
    assert stored.queued_ms == 3000
    assert 5000 <= stored.total_ms < 60_000


def test_a_second_message_of_a_started_task_is_dropped() -> None:
    task = save(TaskStatus.QUEUED)
    start(task)

    with pytest.raises(TaskFinishedError):
        start(task)


@pytest.mark.usefixtures("every_write_twice")
def test_a_start_that_is_sent_twice_succeeds() -> None:
    task = save(TaskStatus.QUEUED)

    start(task)

    assert Task.get(task.task_id).status == TaskStatus.PROCESSING


@pytest.mark.usefixtures("every_write_twice")
def test_a_retry_that_is_sent_twice_succeeds() -> None:
    task = save(TaskStatus.FAILED)

    transitions.retry(task)

    assert Task.get(task.task_id).status == TaskStatus.QUEUED


@pytest.mark.usefixtures("every_write_twice")
def test_a_requeue_that_is_sent_twice_counts_once() -> None:
    task = save(TaskStatus.PROCESSING)

    transitions.requeue(task)

    assert Task.get(task.task_id).requeue_count == 1


def test_a_second_delivery_of_the_same_message_takes_over_from_a_dead_worker() -> None:
    task = save(TaskStatus.QUEUED)
    start(task)

    again = start(task, receive_count=2)

    assert Task.get(task.task_id).started_at == again.started_at


def test_a_new_message_takes_over_after_the_visibility_timeout() -> None:
    task = save(TaskStatus.QUEUED)
    long_ago = datetime.now(UTC) - timedelta(seconds=VISIBILITY_SECONDS + 1)
    start(task)
    task.update(actions=[Task.started_at.set(long_ago)])

    start(task)

    assert Task.get(task.task_id).started_at > long_ago


def test_a_task_can_start_before_its_sender_marks_it_as_queued() -> None:
    task = save()

    started = start(task)

    assert not transitions.mark_queued(task)
    stored = Task.get(task.task_id)
    assert stored.status == TaskStatus.PROCESSING
    assert stored.queued_at == started.queued_at


def test_the_first_result_is_final() -> None:
    task = save()
    first, second = start(task), start(task, receive_count=2)
    transitions.succeed(first, build_result())

    with pytest.raises(TaskFinishedError):
        transitions.succeed(second, build_result())
    with pytest.raises(TaskFinishedError):
        transitions.fail(second, UnreadableImageError())
    with pytest.raises(TaskFinishedError):
        start(task)

    assert Task.get(task.task_id).status == TaskStatus.SUCCEEDED


def build_started(task: Task) -> StartedTask:
    """The task as a worker started it. Its record may have changed since."""
    now = datetime.now(UTC)
    return StartedTask(task.task_id, task.image_key, Options(), queued_at=now, started_at=now)


@pytest.mark.parametrize(
    "write",
    [
        lambda task: start(task),
        lambda task: transitions.succeed(build_started(task), build_result()),
        lambda task: transitions.fail(build_started(task), UnreadableImageError()),
        lambda task: transitions.fail(task, UnreadableImageError()),
        lambda task: transitions.requeue(task),
        lambda task: transitions.expire(task),
    ],
)
def test_a_deleted_task_does_not_come_back(write: Callable[[Task], object]) -> None:
    task = save()
    task.delete()

    with pytest.raises(TaskFinishedError):
        write(task)

    with pytest.raises(Task.DoesNotExist):
        Task.get(task.task_id)


def test_a_failed_task_has_an_error_code_and_can_be_retried() -> None:
    task = save()
    transitions.fail(start(task), RetriesExhaustedError())
    failed = Task.get(task.task_id)
    assert (failed.status, failed.error_code) == (TaskStatus.FAILED, "retries_exhausted")
    assert failed.error_message

    transitions.retry(failed)

    stored = Task.get(task.task_id)
    assert stored.status == TaskStatus.QUEUED
    assert stored.error_code is None
    assert stored.finished_at is None


HOPELESS = [it for it in PermanentError.__subclasses__() if not it.keeps_picture]


@pytest.mark.parametrize("error", HOPELESS)
def test_a_task_that_failed_because_of_its_picture_cannot_be_retried(
    error: type[PermanentError],
) -> None:
    task = save()
    transitions.fail(start(task), error())

    with pytest.raises(TaskNotRetryableError):
        transitions.retry(task)

    assert Task.get(task.task_id).status == TaskStatus.FAILED
    assert error.code in HOPELESS_CODES


@pytest.mark.parametrize("status", [s for s in TaskStatus if s is not TaskStatus.FAILED])
def test_only_a_failed_task_can_be_retried(status: TaskStatus) -> None:
    task = save(status)

    with pytest.raises(TaskNotRetryableError):
        transitions.retry(task)

    assert Task.get(task.task_id).status == status


def test_a_stuck_task_is_requeued_unless_it_changed() -> None:
    task = save(TaskStatus.QUEUED)
    seen_by_sweep = Task.get(task.task_id)
    transitions.requeue(seen_by_sweep)
    assert Task.get(task.task_id).requeue_count == 1
    seen_again = Task.get(task.task_id)
    start(task)

    with pytest.raises(TaskFinishedError):
        transitions.requeue(seen_again)

    assert Task.get(task.task_id).status == TaskStatus.PROCESSING


def test_a_task_expires_only_without_a_picture() -> None:
    empty, queued = save(), save(TaskStatus.QUEUED)

    transitions.expire(empty)
    with pytest.raises(TaskFinishedError):
        transitions.expire(queued)

    assert Task.get(empty.task_id).status == TaskStatus.EXPIRED
    assert Task.get(queued.task_id).status == TaskStatus.QUEUED


def test_the_task_of_another_user_is_reported_as_missing() -> None:
    task = save()

    with pytest.raises(TaskNotFoundError):
        Task.get_owned(task.task_id, OTHER_OWNER_ID)
    with pytest.raises(TaskNotFoundError):
        Task.get_owned("no-such-task", OWNER_ID)

    assert Task.get_owned(task.task_id, OWNER_ID).task_id == task.task_id


def test_both_indexes_list_newest_first() -> None:
    start_at = datetime(2026, 1, 1, tzinfo=UTC)
    for minute in range(3):
        transitions.insert(build_task(created_at=start_at + timedelta(minutes=minute)))

    mine = [
        task.created_at.minute for task in Task.by_owner.query(OWNER_ID, scan_index_forward=False)
    ]
    waiting = [
        task.created_at.minute
        for task in Task.by_status.query(TaskStatus.AWAITING_UPLOAD, scan_index_forward=False)
    ]

    assert mine == waiting == [2, 1, 0]
