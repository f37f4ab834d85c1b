"""A task keeps the outcome of each attempt."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.errors import RetriesExhaustedError, TaskFinishedError, UnreadableImageError
from pipeline.core.queue import TaskQueue
from pipeline.core.tasks import flow, transitions
from pipeline.core.tasks.attempts import KEPT, Attempt, Outcome
from pipeline.core.tasks.deliveries import record_failed_delivery
from pipeline.core.tasks.history import NOT_REPORTED, list_attempts
from pipeline.core.tasks.record import RETRYING, Task, TaskStatus
from pipeline.core.tasks.transitions import StartedTask
from tests.clocks import stop_clock
from tests.core.tasks.test_transitions import save
from tests.examples import build_result


def start(task: Task, receive_count: int = 1, worker: str = "w1") -> StartedTask:
    return transitions.start(task.task_id, worker=worker, version="v1", receive_count=receive_count)


def build_attempt(error: str = "RuntimeError: no disk", receive_count: int = 1) -> Attempt:
    return Attempt(
        at=datetime.now(UTC),
        outcome=Outcome.DELIVERED_AGAIN.value,
        worker="w1",
        version="v1",
        receive_count=receive_count,
        error=error,
    )


def fail_delivery(task: Task, receive_count: int = 1, error: str = "RuntimeError: no disk") -> None:
    started = start(task, receive_count)
    record_failed_delivery(task.task_id, started.attempts, build_attempt(error, receive_count))


def list_retried() -> list[str]:
    return [task.task_id for task in Task.being_retried.query(RETRYING)]


def describe(task: Task) -> list[tuple[str, str | None]]:
    task.refresh()
    return [(attempt.outcome, attempt.error) for attempt in list_attempts(task)]


@pytest.fixture
def task() -> Task:
    return save(TaskStatus.QUEUED)


def test_a_failed_delivery_is_stored_and_listed(task: Task) -> None:
    fail_delivery(task)

    task.refresh()
    assert task.status == TaskStatus.PROCESSING
    assert task.last_error == "RuntimeError: no disk"
    assert describe(task) == [("delivered_again", "RuntimeError: no disk")]
    assert list_retried() == [task.task_id]


def test_a_success_ends_the_retrying_and_keeps_the_attempts(task: Task) -> None:
    fail_delivery(task)

    transitions.succeed(start(task, 2), build_result())

    assert list_retried() == []
    assert describe(task) == [
        ("delivered_again", "RuntimeError: no disk"),
        ("succeeded", None),
    ]
    assert list_attempts(task)[-1].version == "v1"


def test_the_last_delivery_keeps_its_cause(task: Task) -> None:
    fail_delivery(task)
    started = start(task, 5)
    attempt = build_attempt("ReadTimeoutError", 5)
    attempt.outcome = Outcome.FAILED.value

    transitions.fail(started, RetriesExhaustedError(), attempt)

    task.refresh()
    assert task.error_code == "retries_exhausted"
    assert task.last_error == "ReadTimeoutError"
    assert list_retried() == []
    assert describe(task)[-1] == ("failed", "ReadTimeoutError")


def test_a_permanent_error_is_the_attempts_error(task: Task) -> None:
    transitions.fail(start(task), UnreadableImageError())

    [(outcome, error)] = describe(task)
    assert outcome == "failed"
    assert error is not None
    assert error.startswith("unreadable_image: ")


def test_an_attempt_that_reported_no_end_is_recorded_as_lost(task: Task) -> None:
    start(task, worker="w1")

    start(task, 2, worker="w2")

    task.refresh()
    assert [(it.outcome, it.worker) for it in list_attempts(task)] == [
        ("lost", "w1"),
        ("running", "w2"),
    ]
    assert task.last_error == NOT_REPORTED
    assert list_retried() == [task.task_id]


def test_each_worker_that_a_picture_ends_is_named(task: Task) -> None:
    for receive_count in range(1, 5):
        start(task, receive_count, worker=f"w{receive_count}")

    task.refresh()
    assert [it.worker for it in list_attempts(task)] == ["w1", "w2", "w3", "w4"]


def test_a_start_that_is_sent_twice_loses_no_attempt(
    task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_delivery(task)
    stop_clock(monkeypatch, transitions, datetime.now(UTC))
    start(task, 2)
    start(task, 2)

    assert [outcome for outcome, _ in describe(task)] == ["delivered_again", "running"]


def test_a_retry_keeps_the_attempts(task: Task, queue: TaskQueue) -> None:
    fail_delivery(task)
    attempt = build_attempt("ReadTimeoutError", 5)
    transitions.fail(start(task, 5), RetriesExhaustedError(), attempt)
    task.refresh()

    flow.retry(task, queue)
    transitions.succeed(start(task), build_result())

    assert [outcome for outcome, _ in describe(task)] == [
        "delivered_again",
        "delivered_again",
        "succeeded",
    ]


def test_the_sweep_records_the_attempt_that_it_gives_up(task: Task) -> None:
    start(task)
    task.refresh()

    transitions.requeue(task)

    assert describe(task) == [("lost", NOT_REPORTED)]
    assert list_retried() == []


def test_only_the_newest_attempts_are_kept(task: Task) -> None:
    for number in range(KEPT + 3):
        fail_delivery(task, 1 if number == 0 else 2, f"Error {number}")

    assert [error for _, error in describe(task)] == [f"Error {n}" for n in range(3, KEPT + 3)]


def test_a_delivery_of_a_finished_task_stores_no_error(task: Task) -> None:
    started = start(task)
    transitions.succeed(started, build_result())

    with pytest.raises(TaskFinishedError):
        record_failed_delivery(task.task_id, started.attempts, build_attempt())

    task.refresh()
    assert task.last_error is None


def test_an_earlier_attempt_lies_before_a_later_one(task: Task) -> None:
    fail_delivery(task)
    transitions.succeed(start(task, 2), build_result())
    task.refresh()

    first, last = list_attempts(task)

    assert timedelta() <= last.at - first.at
