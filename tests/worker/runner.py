"""Runs a worker in the thread of a test, on an in-memory queue and with real signals."""

import os
import signal
from pathlib import Path

from pipeline.core.queue import TaskQueue
from pipeline.worker.deletions import Deletions
from pipeline.worker.health import Health
from pipeline.worker.heartbeat import Heartbeat
from pipeline.worker.loop import Handle, Worker
from tests.clocks import HandClock
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


def send_signal(signum: signal.Signals = signal.SIGTERM) -> None:
    os.kill(os.getpid(), signum)


def send(queue: TaskQueue, count: int) -> None:
    for number in range(count):
        queue.send(f"task-{number}", OWNER_ID)


def count_messages(queue: TaskQueue) -> int:
    """Messages that another worker could take now."""
    return len(queue.receive(max_messages=10))
