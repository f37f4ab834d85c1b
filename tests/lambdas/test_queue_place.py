"""A task that really waits says how many wait before it and about how long it will take."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.core.queue import TaskQueue
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.get_result import handler
from pipeline.lambdas.queue_view import RECENT, SHOWN_AFTER_SECONDS
from tests.examples import OTHER_OWNER_ID, build_task
from tests.lambdas.events import request

LONG_AGO = timedelta(seconds=SHOWN_AFTER_SECONDS + 1)


def save(status: TaskStatus = TaskStatus.QUEUED, waited: timedelta = LONG_AGO) -> Task:
    task = build_task(status=status.value, queued_at=datetime.now(UTC) - waited)
    transitions.insert(task)
    return task


def finish(*seconds_ago: float) -> None:
    """Tasks of somebody else that succeeded then."""
    now = datetime.now(UTC)
    for seconds in seconds_ago:
        end = now - timedelta(seconds=seconds)
        transitions.insert(build_task(OTHER_OWNER_ID, status="succeeded", finished_at=end))


def find_place(task: Task) -> Any:
    return request(handler, "GET", f"/results/{task.task_id}").body["queue"]


def fill(queue: TaskQueue, count: int) -> None:
    for number in range(count):
        queue.send(str(number), OTHER_OWNER_ID)


def test_the_place_is_the_depth_of_the_queue_and_the_time_follows_the_speed(
    queue: TaskQueue,
) -> None:
    fill(queue, 31)
    finish(5, 7, 9, 11)  # Half a task a second

    assert find_place(save()) == {"ahead": 30, "etaSeconds": 60}


def test_without_recent_successes_nobody_knows_how_long_it_takes(queue: TaskQueue) -> None:
    fill(queue, 3)
    finish(RECENT.total_seconds() + 1, RECENT.total_seconds() + 2)

    assert find_place(save()) == {"ahead": 2, "etaSeconds": None}


def test_an_empty_queue_has_nobody_ahead(queue: TaskQueue) -> None:
    assert find_place(save()) == {"ahead": 0, "etaSeconds": None}


@pytest.mark.parametrize("status", [each for each in TaskStatus if each != TaskStatus.QUEUED])
def test_only_a_task_that_waits_has_a_place(status: TaskStatus, queue: TaskQueue) -> None:
    assert find_place(save(status)) is None


def test_a_task_that_was_queued_just_now_costs_no_question(queue: TaskQueue) -> None:
    assert find_place(save(waited=timedelta())) is None


def test_a_process_asks_once_in_a_while(queue: TaskQueue) -> None:
    task = save()
    before = find_place(task)

    fill(queue, 10)

    assert find_place(task) == before
