"""What is in hand stays hidden; what is given back is not."""

import threading
from collections.abc import Sequence

import pytest

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.core.settings import VISIBILITY_SECONDS
from pipeline.worker import heartbeat
from pipeline.worker.heartbeat import Hand
from tests.clocks import HandClock
from tests.environment import settings
from tests.examples import OWNER_ID

TIMEOUT = 60


SHORTLY = 0.1
"""Seconds: what was given back is visible after them, what was hidden is not."""


@pytest.fixture
def clock(aws: None, monkeypatch: pytest.MonkeyPatch) -> HandClock:
    """The clock of the queues and of the hand."""
    clock = HandClock()
    clock.move_queues(monkeypatch)
    monkeypatch.setattr(heartbeat, "time", clock)
    return clock


def test_a_slow_task_stays_hidden(queue: TaskQueue, clock: HandClock) -> None:
    queue.send("task-1", OWNER_ID)
    queue.send("task-2", OWNER_ID)
    held, forgotten = queue.receive(max_messages=10)
    hand = Hand(queue)
    hand.take([held])

    clock.go(VISIBILITY_SECONDS - SHORTLY)
    hand.beat()
    clock.go(VISIBILITY_SECONDS - SHORTLY)

    [back] = queue.receive(max_messages=10)
    assert back.message_id == forgotten.message_id


def test_a_released_message_is_no_longer_hidden(queue: TaskQueue, clock: HandClock) -> None:
    queue.send("task-1", OWNER_ID)
    [delivery] = queue.receive()
    hand = Hand(queue)
    hand.take([delivery])

    clock.go(VISIBILITY_SECONDS - SHORTLY)
    hand.release(delivery)
    hand.beat()
    clock.go(2 * SHORTLY)

    assert len(queue.receive()) == 1


def test_everything_is_given_back_at_once(queue: TaskQueue, clock: HandClock) -> None:
    for number in range(12):
        queue.send(f"task-{number}", OWNER_ID)
    hand = Hand(queue)
    hand.take(queue.receive(max_messages=10) + queue.receive(max_messages=10))
    hand.beat()

    assert hand.give_back() == 12

    clock.go(SHORTLY)
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
        assert self.allowed.wait(timeout=TIMEOUT)
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
    assert slow_queue.begun.wait(timeout=TIMEOUT)
    release.start()
    release.join(timeout=0.2)  # It would be over by then
    assert release.is_alive()
    slow_queue.allowed.set()
    beat.join()
    release.join()
    queue.hide(delivery, 0)

    assert len(queue.receive()) == 1


def test_a_message_that_was_deleted_does_not_disturb_the_others(
    queue: TaskQueue, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    queue.send("task-1", OWNER_ID)
    queue.send("task-2", OWNER_ID)
    deleted, held = queue.receive(max_messages=10)
    hand = Hand(queue)
    hand.take([deleted, held])
    queue.delete(deleted)

    clock.go(VISIBILITY_SECONDS - SHORTLY)
    hand.beat()
    clock.go(VISIBILITY_SECONDS - SHORTLY)

    assert caplog.messages == ["Heartbeat refused"]
    assert queue.receive() == []


def test_the_oldest_delivery_is_known(queue: TaskQueue, clock: HandClock) -> None:
    hand = Hand(queue)
    assert hand.get_longest_seconds() == 0
    for number in range(2):
        queue.send(f"task-{number}", OWNER_ID)

    hand.take(queue.receive())
    clock.go(7)
    hand.take(queue.receive())
    clock.go(5)

    assert hand.get_longest_seconds() == 12
