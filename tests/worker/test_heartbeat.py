"""Messages in flight stay hidden; messages that are given back do not."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.core.settings import VISIBILITY_SECONDS
from pipeline.worker import heartbeat
from pipeline.worker.heartbeat import Heartbeat
from tests.clocks import HandClock
from tests.environment import settings
from tests.examples import OWNER_ID
from tests.worker.processes import TIMEOUT, wait_until
from tests.worker.threads import count_threads_in

SHORTLY = 0.1
"""Seconds after which a message that was given back is visible and a hidden one is not."""


@pytest.fixture
def clock(aws: None, monkeypatch: pytest.MonkeyPatch) -> HandClock:
    """The clock of the queues and of the heartbeat."""
    clock = HandClock()
    clock.move_queues(monkeypatch)
    monkeypatch.setattr(heartbeat, "time", clock)
    return clock


def test_a_slow_task_stays_hidden(queue: TaskQueue, clock: HandClock) -> None:
    queue.send("task-1", OWNER_ID)
    queue.send("task-2", OWNER_ID)
    held, forgotten = queue.receive(max_messages=10)
    beats = Heartbeat(queue)
    beats.add([held])

    clock.go(VISIBILITY_SECONDS - SHORTLY)
    beats.beat()
    clock.go(VISIBILITY_SECONDS - SHORTLY)

    [back] = queue.receive(max_messages=10)
    assert back.message_id == forgotten.message_id


def test_a_removed_message_is_no_longer_hidden(queue: TaskQueue, clock: HandClock) -> None:
    queue.send("task-1", OWNER_ID)
    [delivery] = queue.receive()
    beats = Heartbeat(queue)
    beats.add([delivery])

    clock.go(VISIBILITY_SECONDS - SHORTLY)
    beats.remove(delivery)
    beats.beat()
    clock.go(2 * SHORTLY)

    assert len(queue.receive()) == 1


def test_all_messages_are_given_back_at_once(queue: TaskQueue, clock: HandClock) -> None:
    for number in range(12):
        queue.send(f"task-{number}", OWNER_ID)
    beats = Heartbeat(queue)
    beats.add(queue.receive(max_messages=10) + queue.receive(max_messages=10))
    beats.beat()

    assert beats.give_back() == 12

    clock.go(SHORTLY)
    assert queue.get_depth() == 12
    assert len(beats) == 0


class QueueWithSlowCalls(TaskQueue):
    """A queue whose calls report their start and wait for permission to end."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.begun = threading.Event()
        self.allowed = threading.Event()

    def hide_all(self, deliveries: Sequence[Delivery], seconds: int) -> list[Delivery]:
        self.begun.set()
        assert self.allowed.wait(timeout=TIMEOUT)
        return super().hide_all(deliveries, seconds)


def test_a_beat_cannot_hide_a_message_that_is_being_given_back(
    queue: TaskQueue,
) -> None:
    queue.send("task-1", OWNER_ID)
    [delivery] = queue.receive()
    slow_queue = QueueWithSlowCalls(settings.task_queue_url)
    beats = Heartbeat(slow_queue)
    beats.add([delivery])

    def give_back() -> None:
        beats.remove(delivery)
        queue.hide(delivery, 0)

    with ThreadPoolExecutor(2) as pool:
        beat = pool.submit(beats.beat)
        assert slow_queue.begun.wait(timeout=TIMEOUT)
        given_back = pool.submit(give_back)
        wait_until(lambda: count_threads_in(Heartbeat.remove) == 1 or given_back.done())
        slow_queue.allowed.set()
        beat.result()
        given_back.result()

    assert len(queue.receive()) == 1


def test_a_deleted_message_does_not_stop_the_heartbeat_of_the_others(
    queue: TaskQueue, clock: HandClock, caplog: pytest.LogCaptureFixture
) -> None:
    queue.send("task-1", OWNER_ID)
    queue.send("task-2", OWNER_ID)
    deleted, held = queue.receive(max_messages=10)
    beats = Heartbeat(queue)
    beats.add([deleted, held])
    queue.delete(deleted)

    clock.go(VISIBILITY_SECONDS - SHORTLY)
    beats.beat()
    clock.go(VISIBILITY_SECONDS - SHORTLY)

    assert caplog.messages == ["Heartbeat refused"]
    assert queue.receive() == []


def test_the_age_of_the_oldest_delivery_is_known(queue: TaskQueue, clock: HandClock) -> None:
    beats = Heartbeat(queue)
    assert beats.get_longest_seconds() == 0
    for number in range(2):
        queue.send(f"task-{number}", OWNER_ID)

    beats.add(queue.receive())
    clock.go(7)
    beats.add(queue.receive())
    clock.go(5)

    assert beats.get_longest_seconds() == 12
