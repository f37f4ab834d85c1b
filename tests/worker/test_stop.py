"""A worker that is stopped finishes or gives back what it has."""

import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.worker import loop
from pipeline.worker.health import find_problem
from tests.environment import settings
from tests.examples import OWNER_ID
from tests.worker.processes import TIMEOUT, wait_until
from tests.worker.runner import Runner, count_messages, send, send_signal


def test_messages_that_wait_for_a_slot_are_given_back_at_a_stop(
    queue: TaskQueue, run: Runner
) -> None:
    send(queue, 3)
    handled: list[Delivery] = []

    def handle(delivery: Delivery) -> None:
        handled.append(delivery)
        run.stop()

    exit_code = run(handle)

    assert exit_code == 0
    assert len(handled) == 1
    assert count_messages(queue) == 2


class QueueWithStopInPoll(TaskQueue):
    """Stops its worker during the long poll, and then returns a message."""

    def __init__(self, url: str, stop: Callable[[], None]) -> None:
        super().__init__(url)
        self._stop = stop

    def receive(self, *, max_messages: int = 1, wait_seconds: int = 0) -> list[Delivery]:
        self._stop()
        self.send("task-1", OWNER_ID)
        return super().receive(max_messages=max_messages, wait_seconds=wait_seconds)


def test_a_message_that_arrives_while_stopping_is_given_back(queue: TaskQueue, run: Runner) -> None:
    handled: list[Delivery] = []

    exit_code = run(handled.append, queue=QueueWithStopInPoll(settings.task_queue_url, run.stop))

    assert exit_code == 0
    assert handled == []
    assert count_messages(queue) == 1


def test_messages_in_flight_are_finished(queue: TaskQueue, run: Runner) -> None:
    send(queue, 2)
    finished: list[Delivery] = []
    both_begun = threading.Barrier(2)

    def handle(delivery: Delivery) -> None:
        both_begun.wait(timeout=TIMEOUT)
        run.stop()
        run.wait_for_patience()
        finished.append(delivery)

    run(handle, slots=2)

    assert len(finished) == 2
    assert queue.hide_all(finished, 0) == finished


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_message_that_is_not_finished_in_time_is_given_back(
    queue: TaskQueue,
    run: Runner,
    signum: signal.Signals,
) -> None:
    send(queue, 1)
    released = threading.Event()

    def handle(delivery: Delivery) -> None:
        run.stop(signum)
        run.wait_for_patience()
        run.clock.go(loop.GRACE_SECONDS + 0.1)
        released.wait(timeout=TIMEOUT)

    exit_code = run(handle)
    left = count_messages(queue)
    released.set()

    assert exit_code == 0
    assert left == 1


def test_a_second_signal_ends_the_wait(queue: TaskQueue, run: Runner) -> None:
    send(queue, 1)
    released = threading.Event()

    def handle(delivery: Delivery) -> None:
        run.stop()
        run.wait_for_patience()
        run.clock.go(loop.ONE_STOP_SECONDS + 0.1)
        send_signal()
        released.wait(timeout=TIMEOUT)

    run(handle)
    left = count_messages(queue)
    released.set()

    assert left == 1


def test_two_signals_at_once_cause_one_stop(queue: TaskQueue, run: Runner) -> None:
    send(queue, 1)
    finished: list[Delivery] = []

    def handle(delivery: Delivery) -> None:
        run.stop(signal.SIGINT)
        run.wait_for_patience()
        send_signal(signal.SIGTERM)
        run.wait_for_patience()
        finished.append(delivery)

    run(handle)

    assert len(finished) == 1
    assert count_messages(queue) == 0


class QueueThatTellsSettling(TaskQueue):
    """Stops its worker while it hides a message."""

    def __init__(self, url: str, run: Runner) -> None:
        super().__init__(url)
        self._run = run
        self.hidden: Sequence[Delivery] = ()

    def hide(self, delivery: Delivery, seconds: int) -> None:
        self._run.stop()
        self._run.wait_for_patience()
        super().hide(delivery, seconds)
        self.hidden = [delivery]


def test_a_stop_waits_for_a_message_that_is_being_settled(queue: TaskQueue, run: Runner) -> None:
    send(queue, 1)
    slow_queue = QueueThatTellsSettling(settings.task_queue_url, run)

    run(lambda delivery: 60, queue=slow_queue)

    assert len(slow_queue.hidden) == 1


def test_an_idle_worker_is_healthy_and_stops(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    def stop_when_healthy() -> None:
        wait_until(run.health_file.exists)
        run.stop()

    with ThreadPoolExecutor(1) as pool:
        stopped = pool.submit(stop_when_healthy)
        exit_code = run(lambda delivery: None, slots=3)
        stopped.result()

    assert exit_code == 0
    assert find_problem(run.health_file) is None
    assert "Not waiting any longer" not in caplog.messages
