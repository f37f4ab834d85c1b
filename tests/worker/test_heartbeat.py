"""What is in hand stays hidden; what is given back is not."""

import threading
import time
from collections.abc import Sequence

import boto3
import pytest

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.core.settings import settings
from pipeline.worker.heartbeat import Hand
from tests.examples import OWNER_ID


@pytest.fixture
def queue(queue: TaskQueue) -> TaskQueue:
    """A queue that shows a message again after one second."""
    boto3.client("sqs").set_queue_attributes(
        QueueUrl=settings.task_queue_url, Attributes={"VisibilityTimeout": "1"}
    )
    return queue


def test_a_slow_task_stays_hidden(queue: TaskQueue) -> None:
    queue.send("task-1", OWNER_ID)
    queue.send("task-2", OWNER_ID)
    held, forgotten = queue.receive(max_messages=10)
    hand = Hand(queue)
    hand.take([held])

    hand.beat()
    time.sleep(1.1)

    [back] = queue.receive(max_messages=10)
    assert back.message_id == forgotten.message_id


def test_a_released_message_is_no_longer_hidden(queue: TaskQueue) -> None:
    queue.send("task-1", OWNER_ID)
    [delivery] = queue.receive()
    hand = Hand(queue)
    hand.take([delivery])

    hand.release(delivery)
    hand.beat()
    time.sleep(1.1)

    assert len(queue.receive()) == 1


def test_everything_is_given_back_at_once(queue: TaskQueue) -> None:
    for number in range(12):
        queue.send(f"task-{number}", OWNER_ID)
    hand = Hand(queue)
    hand.take(queue.receive(max_messages=10) + queue.receive(max_messages=10))
    hand.beat()

    assert hand.give_back() == 12

    assert queue.get_depth() == 12
    assert len(hand) == 0


class QueueWithSlowCalls(TaskQueue):
    """Tells when a call has begun, and ends it when allowed."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.begun = threading.Event()
        self.allowed = threading.Event()

    def hide_all(self, deliveries: Sequence[Delivery], seconds: int) -> list[Delivery]:
        self.begun.set()
        assert self.allowed.wait(timeout=10)
        return super().hide_all(deliveries, seconds)


def test_a_beat_under_way_cannot_hide_what_is_released_after_it(queue: TaskQueue) -> None:
    queue.send("task-1", OWNER_ID)
    [delivery] = queue.receive()
    slow_queue = QueueWithSlowCalls(settings.task_queue_url)
    hand = Hand(slow_queue)
    hand.take([delivery])
    beat = threading.Thread(target=hand.beat)
    release = threading.Thread(target=hand.release, args=(delivery,))

    beat.start()
    assert slow_queue.begun.wait(timeout=10)
    release.start()
    release.join(timeout=0.2)
    assert release.is_alive()
    slow_queue.allowed.set()
    beat.join()
    release.join()
    queue.hide(delivery, 0)

    assert len(queue.receive()) == 1


def test_a_message_that_was_deleted_does_not_disturb_the_others(
    queue: TaskQueue, caplog: pytest.LogCaptureFixture
) -> None:
    queue.send("task-1", OWNER_ID)
    queue.send("task-2", OWNER_ID)
    deleted, held = queue.receive(max_messages=10)
    hand = Hand(queue)
    hand.take([deleted, held])
    queue.delete(deleted)

    hand.beat()
    time.sleep(1.1)

    assert caplog.messages == ["Heartbeat refused"]
    assert queue.receive() == []


def test_the_oldest_delivery_is_known(queue: TaskQueue) -> None:
    hand = Hand(queue)
    assert hand.get_longest_seconds() == 0
    queue.send("task-1", OWNER_ID)

    hand.take(queue.receive())
    time.sleep(0.05)

    assert 0.05 <= hand.get_longest_seconds() < 5
