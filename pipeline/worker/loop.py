"""The worker: it runs the poller and the slots until a signal comes, and stops without a loss."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import FrameType

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.worker.controls import ControlsWatch
from pipeline.worker.deletions import Deletions
from pipeline.worker.health import Health
from pipeline.worker.heartbeat import Heartbeat
from pipeline.worker.poller import Poller
from pipeline.worker.slots import Slots

logger = logging.getLogger(__name__)

GRACE_SECONDS = 8.5
"""How long a stop waits for messages in flight. With the time to give the rest back, a stop takes
less than 10 s."""

ONE_STOP_SECONDS = 1
"""Signals within this time count as one stop. Ctrl-C reaches the whole process group, and a
supervisor then signals its children once more."""

ABANDONED_EXIT_CODE = 75
"""Exit code of a process that ends because a picture hangs. Start another at once."""

WAKE_SECONDS = 1
CHECK_SECONDS = 0.1

Handle = Callable[[Delivery], int | None]
"""Does what a message asks for. Returns None if the message is to be deleted, otherwise the
seconds after which it is to be delivered again."""


class _AbandonedError(Exception):
    """A picture hangs and blocks its slot for good."""


class Worker:
    """Works on as many messages at once as it has slots, and holds up to ten more.

    It also holds the messages of an owner who has no slot left.

    A message is deleted only after `handle` returns. So a crash at any line costs a redelivery,
    never a result. If a receive fails, the worker stops and systemd starts a new one.
    """

    def __init__(
        self,
        queue: TaskQueue,
        heartbeat: Heartbeat,
        deletions: Deletions,
        handle: Handle,
        health: Health,
        *,
        slots: int,
        share: int | None = None,
        controls: ControlsWatch | None = None,
    ) -> None:
        self.stopping = threading.Event()
        self._queue = queue
        self._heartbeat = heartbeat
        self._deletions = deletions
        self._handle = handle
        self._slots = Slots(self._process, slots, self.stopping, share=share)
        self._poller = Poller(
            queue, heartbeat, self._slots, health, self.stopping, controls or ControlsWatch()
        )
        self._poller_thread = threading.Thread(target=self._poll, name="poller", daemon=True)
        # Signals and errors for the main thread. A signal handler may call its `put` while the
        # same thread is in `get`; threading.Event does not promise that.
        self._mailbox: SimpleQueue[signal.Signals | Exception] = SimpleQueue()

    def run(self) -> int:
        """Work until a signal comes, a receive fails or a picture is abandoned.

        Call it from the main thread. Other threads may still work on messages when it returns;
        those messages have been given back.

        Returns:
            The process's exit code.
        """
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._receive_signal)
        self._slots.start()
        self._poller_thread.start()
        reason = self._wait_for_reason()
        exit_code = self._explain(reason)
        self._finish()
        return exit_code

    def abandon(self, delivery: Delivery, *, settled: bool) -> None:
        """Stop receiving, finish the other messages and end the process: this picture hangs.

        Args:
            settled: The task is finished, so the message is deleted. Otherwise it is given back.
        """
        try:
            if settled:
                self._settle(delivery, None)
        finally:
            self._slots.abandon(delivery)
            self._mailbox.put(_AbandonedError())

    def end_because_of_a_frame(self) -> None:
        """Stop receiving, finish the messages in flight and end the process: a frame hangs."""
        self._mailbox.put(_AbandonedError())

    def _explain(self, reason: signal.Signals | Exception) -> int:
        """Log why the worker stops and return the exit code for it."""
        in_flight = {"in_flight": len(self._heartbeat)}
        if isinstance(reason, _AbandonedError):
            logger.error("A picture was abandoned: stopping", extra=in_flight)
            return ABANDONED_EXIT_CODE
        if isinstance(reason, Exception):
            logger.error("The poller failed: stopping", exc_info=reason)
            return 1
        logger.info("%s: stopping", reason.name, extra=in_flight)
        return 0

    def _wait_for_reason(self) -> signal.Signals | Exception:
        """Wait for the signal or error that ends the work."""
        while True:
            # The kernel may give a signal to any thread, and that does not wake this one.
            with suppress(Empty):
                return self._mailbox.get(timeout=WAKE_SECONDS)

    def _receive_signal(self, signum: int, frame: FrameType | None) -> None:
        self._mailbox.put(signal.Signals(signum))

    def _finish(self) -> None:
        """Wait for the poller and the slots for a limited time, then give back the rest."""
        self.stopping.set()
        started = time.monotonic()
        while not self._is_idle():
            waited = time.monotonic() - started
            is_second_stop = self._has_signal() and waited > ONE_STOP_SECONDS
            if waited > GRACE_SECONDS or is_second_stop:
                extra = {"in_flight": len(self._heartbeat)}
                logger.warning("Not waiting any longer", extra=extra)
                break
        self._slots.close()
        self._deletions.flush()
        self._heartbeat.give_back()

    def _is_idle(self) -> bool:
        """Wait a moment until the poller has ended and no delivery is unfinished."""
        self._poller_thread.join(CHECK_SECONDS)
        if self._poller_thread.is_alive():
            return False  # It may still submit deliveries.
        return self._slots.wait_for_all(CHECK_SECONDS)

    def _has_signal(self) -> bool:
        try:
            return isinstance(self._mailbox.get_nowait(), signal.Signals)
        except Empty:
            return False

    def _poll(self) -> None:
        try:
            self._poller.run()
        except Exception as error:
            self._mailbox.put(error)

    def _process(self, delivery: Delivery) -> None:
        """Handle and settle one delivery. Runs in the slots."""
        try:
            self._settle(delivery, self._handle(delivery))
        except Exception:
            # SQS delivers the message again. The next delivery finds a finished task.
            logger.exception("Message could not be settled")
            self._heartbeat.remove(delivery)

    def _settle(self, delivery: Delivery, hide_seconds: int | None) -> None:
        # No beat may follow: it would hide the message for longer.
        self._heartbeat.remove(delivery)
        if hide_seconds is None:
            self._deletions.add(delivery)
        else:
            self._queue.hide(delivery, hide_seconds)
