"""A worker in this process. Each test ends it with a real signal."""

import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.worker import health as health_module
from pipeline.worker import loop, poller
from pipeline.worker.deletions import Deletions
from pipeline.worker.health import Health, Pulse, find_problem
from pipeline.worker.heartbeat import Heartbeat
from pipeline.worker.loop import Handle, Worker
from tests.clocks import HandClock
from tests.environment import settings
from tests.examples import OWNER_ID
from tests.worker.processes import TIMEOUT, wait_until


class StopClock(HandClock):
    """The clock of a stop. It counts how often the worker looks at it while it waits."""

    looks = 0

    def monotonic(self) -> float:
        self.looks += 1
        return super().monotonic()


class Runner:
    """Runs a worker until `stop` is called, from another thread."""

    def __init__(self, queue: TaskQueue, health_file: Path, clock: StopClock) -> None:
        self.queue = queue
        self.health_file = health_file
        self.clock = clock
        self._worker: Worker | None = None

    def __call__(self, handle: Handle, *, queue: TaskQueue | None = None, slots: int = 1) -> int:
        queue = queue or self.queue
        health = Health(self.health_file, "test")
        self._worker = Worker(
            queue, Heartbeat(queue), Deletions(queue), handle, health, slots=slots
        )
        return self._worker.run()

    def stop(self, signum: signal.Signals = signal.SIGTERM) -> None:
        """Send a signal, and wait until the worker takes no more messages."""
        send_signal(signum)
        assert self._worker
        assert self._worker.stopping.wait(TIMEOUT)

    def wait_for_patience(self) -> None:
        """Until the stopping worker has decided twice more to wait for its slots."""
        looks = self.clock.looks + 3
        wait_until(lambda: self.clock.looks >= looks)


@pytest.fixture
def run(queue: TaskQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    clock = StopClock()
    monkeypatch.setattr(loop, "time", clock)
    monkeypatch.setattr(poller, "POLL_SECONDS", 1)
    yield Runner(queue, tmp_path / "health.json", clock)
    # The threads that a worker left behind must not disturb the next test.
    for thread in threading.enumerate():
        if thread.name.startswith(("slot", "poller")):
            thread.join(TIMEOUT)


def send_signal(signum: signal.Signals = signal.SIGTERM) -> None:
    os.kill(os.getpid(), signum)


def send(queue: TaskQueue, count: int) -> None:
    for number in range(count):
        queue.send(f"task-{number}", OWNER_ID)


def count_messages(queue: TaskQueue) -> int:
    """Messages that another worker could take now."""
    return len(queue.receive(max_messages=10))


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
