"""During a deployment, workers and functions of two releases read what the other one wrote.

`make chaos` tries it with an earlier commit's real workers; these are the cheap half.
"""

from typing import Any

import boto3
import pytest

from pipeline.core.queue import TaskMessage
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from tests.environment import settings
from tests.examples import CAT, build_task, succeed

LATER_FIELD = {"S": "of a later release"}
LATER_ADDITIONS = ("requeue_count", "file_name", "request_hash")
"""Attributes that a record may lack, because an earlier release did not know them."""


def change_record(task: Task, **attributes: Any) -> None:
    """Write a record as another release does. None removes an attribute."""
    client = boto3.client("dynamodb")
    item = read_record(task)
    for name, value in attributes.items():
        item.pop(name, None)
        if value is not None:
            item[name] = value
    client.put_item(TableName=settings.tasks_table, Item=item)


def read_record(task: Task) -> dict[str, Any]:
    key = {"task_id": {"S": task.task_id}}
    return boto3.client("dynamodb").get_item(TableName=settings.tasks_table, Key=key)["Item"]


@pytest.fixture
def task() -> Task:
    task = build_task(status=TaskStatus.QUEUED.value)
    transitions.insert(task)
    return task


def test_a_record_of_a_later_release_is_worked_on_and_keeps_its_unknown_fields(task: Task) -> None:
    change_record(task, later_field=LATER_FIELD)

    succeed(task.task_id)

    assert Task.get(task.task_id).get_labels() == [CAT]
    assert read_record(task)["later_field"] == LATER_FIELD


def test_a_record_of_an_earlier_release_is_worked_on(task: Task) -> None:
    change_record(task, **dict.fromkeys(LATER_ADDITIONS))

    succeed(task.task_id)

    assert Task.get(task.task_id).get_labels() == [CAT]


def test_a_stuck_record_of_an_earlier_release_is_sent_again(task: Task) -> None:
    change_record(task, **dict.fromkeys(LATER_ADDITIONS))

    transitions.requeue(Task.get(task.task_id))

    assert Task.get(task.task_id).requeue_count == 1


def test_a_message_of_a_later_release_names_its_task() -> None:
    body = '{"task_id": "t1", "later_field": {"any": 1}}'

    assert TaskMessage.model_validate_json(body).task_id == "t1"
