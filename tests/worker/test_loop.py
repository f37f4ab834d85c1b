"""The worker's loop on an in-memory queue: deletes, repeats, slots and errors."""

import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.worker import health as health_module
from pipeline.worker import poller
from pipeline.worker.health import Pulse
from tests.environment import settings
from tests.worker.processes import TIMEOUT, wait_until
from tests.worker.runner import Runner, count_messages, send


def test_a_handled_message_is_deleted_and_the_next_is_taken(queue: TaskQueue, run: Runner) -> None:
    send(queue, 3)
    handled: list[Delivery] = []

    def handle(delivery: Delivery) -> None:
        handled.append(delivery)
        if len(handled) == 3:
            run.stop()

    exit_code = run(handle)

    assert exit_code == 0
    assert len({delivery.message_id for delivery in handled}) == 3
    for delivery in handled:
        assert queue.hide_all([delivery], 0) == [delivery]  # SQS does not know it any more


def test_a_message_is_not_deleted_before_it_is_handled(queue: TaskQueue, run: Runner) -> None:
    send(queue, 1)
    refused: list[list[Delivery]] = []

    def handle(delivery: Delivery) -> None:
        refused.append(queue.hide_all([delivery], 60))
        run.stop()

    run(handle)

    assert refused == [[]]


@pytest.mark.parametrize(("seconds", "back"), [(0, 1), (60, 0)])
def test_a_message_to_retry_comes_back_after_its_delay(
    queue: TaskQueue, run: Runner, seconds: int, back: int
) -> None:
    send(queue, 1)

    def handle(delivery: Delivery) -> int:
        run.stop()  # Or this worker could take the message again
        return seconds

    run(handle)

    assert count_messages(queue) == back


def test_an_error_of_the_handler_leaves_the_message_and_the_loop_continues(
    queue: TaskQueue, run: Runner, caplog: pytest.LogCaptureFixture
) -> None:
    send(queue, 2)
    handled: list[Delivery] = []

    def handle(delivery: Delivery) -> None:
        handled.append(delivery)
        if len(handled) == 1:
            raise RuntimeError
        run.stop()

    run(handle)

    assert caplog.messages.count("Message could not be settled") == 1
    assert queue.hide_all(handled, 0) == handled[1:]


def test_each_slot_handles_one_message_at_the_same_time(queue: TaskQueue, run: Runner) -> None:
    send(queue, 3)
    together = threading.Barrier(3, action=run.stop)

    def handle(delivery: Delivery) -> None:
        together.wait(timeout=TIMEOUT)

    assert run(handle, slots=3) == 0


def test_the_worker_receives_ten_messages_and_more_before_the_last_is_done(
    queue: TaskQueue, run: Runner
) -> None:
    send(queue, 12)
    left: list[int] = []

    def handle(delivery: Delivery) -> None:
        left.append(queue.get_depth())
        if len(left) == 10:
            wait_until(lambda: queue.get_depth() == 0)
            run.stop()

    run(handle)

    assert left[:9] == [2] * 9


def test_a_message_that_came_back_twice_is_handled_without_others(
    queue: TaskQueue, run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poller, "WAKE_SECONDS", 0.05)
    monkeypatch.setattr(health_module, "WRITE_SECONDS", 0)
    send(queue, 1)
    for _ in range(2):
        queue.hide_all(queue.receive(), 0)
    send(queue, 4)
    at_work: set[Delivery] = set()
    pairs: list[tuple[int, int]] = []  # Receive counts of messages that were handled at once
    finished: list[Delivery] = []

    def handle(delivery: Delivery) -> None:
        pairs.extend((other.receive_count, delivery.receive_count) for other in at_work.copy())
        at_work.add(delivery)
        wait_for_pulse(run.health_file)  # The poller had time to start all other messages.
        at_work.remove(delivery)
        finished.append(delivery)
        if len(finished) == 5:
            run.stop()

    run(handle, slots=5)

    assert sorted(one.receive_count for one in finished) == [1, 1, 1, 1, 3]
    assert all(pair == (1, 1) for pair in pairs)


def wait_for_pulse(health_file: Path) -> None:
    """Wait for two more pulses of the poller, which it writes while it waits for slots."""
    seen: set[datetime] = set()

    def is_seen() -> bool:
        seen.add(Pulse.model_validate_json(health_file.read_bytes()).at)
        return len(seen) > 2

    wait_until(is_seen)


class QueueThatBreaks(TaskQueue):
    """Returns one message at the first receive. The second fails when the message is handled."""

    def __init__(self, url: str, handled: threading.Event) -> None:
        super().__init__(url)
        self._handled = handled
        self._received = False

    def receive(self, *, max_messages: int = 1, wait_seconds: int = 0) -> list[Delivery]:
        if self._received:
            assert self._handled.wait(TIMEOUT)
            raise EndpointConnectionError(endpoint_url="cable pulled")
        self._received = True
        return super().receive(max_messages=1, wait_seconds=wait_seconds)


def test_a_receive_that_fails_ends_the_worker_after_the_messages_in_flight(
    queue: TaskQueue, run: Runner, caplog: pytest.LogCaptureFixture
) -> None:
    send(queue, 1)
    finished: list[Delivery] = []
    begun = threading.Event()

    def handle(delivery: Delivery) -> None:
        begun.set()
        run.wait_for_patience()
        finished.append(delivery)

    exit_code = run(handle, queue=QueueThatBreaks(settings.task_queue_url, begun), slots=2)

    assert exit_code == 1
    assert len(finished) == 1
    assert "The poller failed: stopping" in caplog.messages


class QueueThatCannotDelete(TaskQueue):
    """Deletes no message, as if the network failed after the result was stored."""

    def delete_all(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        raise EndpointConnectionError(endpoint_url="cable pulled")


def test_a_message_that_could_not_be_deleted_does_not_stop_the_loop(
    queue: TaskQueue, run: Runner
) -> None:
    send(queue, 2)
    handled: list[Delivery] = []

    def handle(delivery: Delivery) -> None:
        handled.append(delivery)
        if len(handled) == 2:
            run.stop()

    assert run(handle, queue=QueueThatCannotDelete(settings.task_queue_url)) == 0
    assert queue.hide_all(handled, 0) == []
