"""The queue delivers a message at least once, until it is deleted."""

import boto3
import pytest

from pipeline.core.queue import TaskMessage, TaskQueue
from pipeline.core.settings import MAX_RECEIVE_COUNT
from tests.environment import settings
from tests.examples import OWNER_ID


def test_a_sent_task_is_received_with_its_count(queue: TaskQueue) -> None:
    queue.send("task-1", OWNER_ID)

    [delivery] = queue.receive(max_messages=10)

    assert TaskMessage.model_validate_json(delivery.body).task_id == "task-1"
    assert delivery.receive_count == 1


def test_a_received_message_is_hidden_until_it_is_given_back(queue: TaskQueue) -> None:
    queue.send("task-1", OWNER_ID)
    [delivery] = queue.receive()
    assert queue.receive() == []

    queue.hide(delivery, 0)

    [again] = queue.receive()
    assert again.receive_count == 2


def test_many_messages_are_hidden_and_given_back_together(queue: TaskQueue) -> None:
    for number in range(12):
        queue.send(f"task-{number}", OWNER_ID)
    deliveries = queue.receive(max_messages=10) + queue.receive(max_messages=10)
    assert len(deliveries) == 12

    refused = queue.hide_all(deliveries, 0)

    assert refused == []
    assert queue.get_depth() == 12


def test_a_message_that_cannot_be_hidden_is_returned(queue: TaskQueue) -> None:
    queue.send("task-1", OWNER_ID)
    queue.send("task-2", OWNER_ID)
    kept, deleted = queue.receive(max_messages=10)
    queue.delete(deleted)

    refused = queue.hide_all([kept, deleted], 60)

    assert refused == [deleted]


def test_a_deleted_message_is_gone(queue: TaskQueue) -> None:
    queue.send("task-1", OWNER_ID)
    [delivery] = queue.receive()
    queue.delete(delivery)

    assert queue.get_depth() == 0


def test_a_poison_message_ends_in_the_dead_letter_queue(queue: TaskQueue) -> None:
    queue.send("task-1", OWNER_ID)
    for _ in range(MAX_RECEIVE_COUNT):
        [delivery] = queue.receive()
        queue.hide(delivery, 0)

    assert queue.receive() == []

    assert TaskQueue(settings.task_queue_url + "-dlq").get_depth() == 1


@pytest.mark.parametrize("count", [0, 3])
def test_the_depth_counts_waiting_messages(queue: TaskQueue, count: int) -> None:
    for number in range(count):
        queue.send(f"task-{number}", OWNER_ID)

    assert queue.get_depth() == count


def test_a_caller_can_pass_its_own_client() -> None:
    client = boto3.client("sqs")

    assert TaskQueue(settings.task_queue_url, client).receive() == []


def test_the_messages_of_one_owner_form_a_group(queue: TaskQueue) -> None:
    queue.send("task-1", OWNER_ID)

    response = boto3.client("sqs").receive_message(
        QueueUrl=settings.task_queue_url, MessageSystemAttributeNames=["MessageGroupId"]
    )

    assert response["Messages"][0]["Attributes"]["MessageGroupId"] == OWNER_ID
