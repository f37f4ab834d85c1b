"""Messages that are done are deleted."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from botocore.exceptions import EndpointConnectionError

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.worker.deletions import Deletions
from tests.environment import settings
from tests.examples import OWNER_ID


class CountingQueue(TaskQueue):
    """Records the number of messages of each call."""

    def __init__(self) -> None:
        super().__init__(settings.task_queue_url)
        self.sizes: list[int] = []

    def delete_all(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        self.sizes.append(len(deliveries))
        return super().delete_all(deliveries)


def receive(queue: TaskQueue, count: int) -> list[Delivery]:
    for number in range(count):
        queue.send(f"task-{number}", OWNER_ID)
    return queue.receive(max_messages=10) + queue.receive(max_messages=10)


def test_one_call_deletes_ten_messages_and_the_next_flush_the_rest() -> None:
    queue = CountingQueue()
    deletions = Deletions(queue)
    deliveries = receive(queue, 12)

    for delivery in deliveries:
        deletions.add(delivery)
    before = list(queue.sizes)
    deletions.flush()

    assert (before, queue.sizes) == ([10], [10, 2])
    assert queue.hide_all(deliveries, 0) == deliveries  # SQS does not know them any more


def test_the_log_names_a_message_that_sqs_did_not_delete(
    queue: TaskQueue, caplog: pytest.LogCaptureFixture
) -> None:
    deletions = Deletions(queue)
    [delivery] = receive(queue, 1)

    deletions.add(replace(delivery, receipt_handle="never given"))
    deletions.flush()

    assert caplog.messages == ["Delete refused"]


class BrokenQueue(TaskQueue):
    """Fails like a queue without a network."""

    def delete_all(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        raise EndpointConnectionError(endpoint_url="cable pulled")


def test_sqs_keeps_the_messages_of_a_failed_call(
    queue: TaskQueue, caplog: pytest.LogCaptureFixture
) -> None:
    deletions = Deletions(BrokenQueue(settings.task_queue_url))
    deliveries = receive(queue, 1)

    deletions.add(deliveries[0])
    deletions.flush()

    assert caplog.messages == ["Messages could not be deleted"]
    assert queue.hide_all(deliveries, 0) == []
