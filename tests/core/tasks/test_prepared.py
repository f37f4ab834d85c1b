"""A prepared update sends the same request as PynamoDB, with new values for each call."""

from datetime import UTC, datetime
from typing import Any

import pytest
from pynamodb.exceptions import UpdateError

from pipeline.core.tasks import transitions
from pipeline.core.tasks.prepared import PreparedUpdate, parameter
from pipeline.core.tasks.record import Task
from tests.examples import build_task

MOMENT = datetime(2026, 11, 23, 12, 30, tzinfo=UTC)

FINISH = PreparedUpdate(
    Task,
    Task.task_id.exists() & (Task.status != parameter("status", Task.status)),
    [
        Task.status.set(parameter("status", Task.status)),
        Task.finished_at.set(parameter("now", Task.finished_at)),
        Task.models.set(parameter("models", Task.models)),
        Task.requeue_count.set(3),
        Task.unfinished_since.remove(),
    ],
    returns="ALL_NEW",
)


@pytest.fixture
def task(aws: None) -> Task:
    task = build_task()
    transitions.insert(task)
    return task


def finish(task: Task, status: str) -> dict[str, Any]:
    values = {"status": status, "now": MOMENT, "models": {"detector": "ssd"}}
    return FINISH.apply(task.task_id, values)


def test_the_same_update_takes_other_values(task: Task) -> None:
    other = build_task()
    transitions.insert(other)

    finish(task, "failed")
    finish(other, "expired")

    assert [Task.get(one.task_id).status for one in (task, other)] == ["failed", "expired"]


def test_values_are_stored_as_pynamodb_stores_them(task: Task) -> None:
    answer = finish(task, "failed")

    stored = Task.get(task.task_id)
    assert stored.finished_at == MOMENT
    assert stored.models == {"detector": "ssd"}
    assert stored.requeue_count == 3
    assert stored.unfinished_since is None
    assert Task.from_raw_data(answer["Attributes"]).attribute_values == stored.attribute_values


def test_a_condition_that_does_not_hold_is_an_error(task: Task) -> None:
    finish(task, "failed")

    with pytest.raises(UpdateError) as caught:
        finish(task, "failed")
    assert caught.value.cause_response_code == "ConditionalCheckFailedException"


def test_a_missing_value_is_an_error(task: Task) -> None:
    with pytest.raises(KeyError, match="models"):
        FINISH.apply(task.task_id, {"status": "failed", "now": MOMENT})


def test_a_value_that_is_none_is_stored_as_null(task: Task) -> None:
    answer = FINISH.apply(task.task_id, {"status": "failed", "now": MOMENT, "models": None})

    assert answer["Attributes"]["models"] == {"NULL": True}
    assert Task.get(task.task_id).models is None
