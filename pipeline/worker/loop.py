"""The worker's loop: several pictures at once, none lost by a stop."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import FrameType

from pipeline.core.queue import BATCH_SIZE, Delivery, TaskQueue
from pipeline.worker.health import Health
from pipeline.worker.heartbeat import Hand

logger = logging.getLogger(__name__)

POLL_SECONDS = 5
"""Less than SQS's 20 s, because nothing can cut a poll short and it must end before the process
does: a message that SQS gives to a closed connection stays hidden until its visibility timeout."""

GRACE_SECONDS = 8.5
"""For what is in hand at a stop; with the giving back it ends within 10 s."""

ONE_STOP_SECONDS = 1
"""Ctrl-C reaches the whole process group, and a supervisor then signals its children once more:
signals this close together mean one stop."""

ABANDONED_EXIT_CODE = 75
"""Of a process that ends because a picture hangs in it: start another at once."""

WAKE_SECONDS = 1
CHECK_SECONDS = 0.1

Handle = Callable[[Delivery], int | None]
"""Does what a message asks for. Returns None if it is to be deleted, otherwise the seconds after
which it is to be delivered again."""


class _AbandonedError(Exception):
    """A picture holds a slot and will not give it back."""


class Worker:
    """Handles as many messages at once as it has slots.

    A message is deleted only after `handle` returns, so a crash at any line costs a redelivery,
    never a result. If a receive fails, the worker stops and systemd starts a fresh one.
    """

    def __init__(
        self, queue: TaskQueue, hand: Hand, handle: Handle, health: Health, *, slots: int
    ) -> None:
        self._queue = queue
        self._hand = hand
        self._handle = handle
        self._health = health
        self._slot_count = slots
        self._free = threading.Semaphore(slots)
        self._slots = ThreadPoolExecutor(slots, thread_name_prefix="slot")
        self._poller = threading.Thread(target=self._poll, name="poller", daemon=True)
        self._stopping = threading.Event()
        self._processed = 0
        self._abandoned = 0
        # Of signals and errors, for the main thread. Its put may interrupt its get, which
        # threading.Event does not promise.
        self._mailbox: SimpleQueue[signal.Signals | Exception] = SimpleQueue()

    def run(self) -> int:
        """Work until a signal comes or a picture is abandoned. Runs in the main thread.

        Messages may still be in work in other threads after this; they are given back.

        Returns:
            The process's exit code.
        """
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._receive_signal)
        self._poller.start()
        reason = self._wait_for_reason()
        exit_code = self._explain(reason)
        self._stopping.set()
        self._finish()
        return exit_code

    def abandon(self, delivery: Delivery, *, settled: bool) -> None:
        """Stop receiving, let the other pictures finish and end: this one never will.

        Args:
            settled: The task has its end and the message can go. Otherwise it is given back.
        """
        try:
            if settled:
                self._settle(delivery, None)
        finally:
            self._abandoned += 1
            self._mailbox.put(_AbandonedError())

    def _explain(self, reason: signal.Signals | Exception) -> int:
        """Log why the work ends and return the exit code that tells it."""
        in_hand = {"in_hand": len(self._hand)}
        if isinstance(reason, _AbandonedError):
            logger.error("A picture was abandoned: stopping", extra=in_hand)
            return ABANDONED_EXIT_CODE
        if isinstance(reason, Exception):
            logger.error("The loop failed: stopping", exc_info=reason)
            return 1
        logger.info("%s: stopping", reason.name, extra=in_hand)
        return 0

    def _wait_for_reason(self) -> signal.Signals | Exception:
        """The signal or error that ends the work."""
        while True:
            # The system may give a signal to any thread, and that does not wake this one.
            with suppress(Empty):
                return self._mailbox.get(timeout=WAKE_SECONDS)

    def _receive_signal(self, signum: int, frame: FrameType | None) -> None:
        self._mailbox.put(signal.Signals(signum))

    def _finish(self) -> None:
        """Wait until the poll is over and every slot is free; in the end give back what is left."""
        started = time.monotonic()
        free_count = 0
        while free_count + self._abandoned < self._slot_count:
            free_count += self._free.acquire(timeout=CHECK_SECONDS)
            waited = time.monotonic() - started
            impatient = self._has_signal() and waited > ONE_STOP_SECONDS
            if waited > GRACE_SECONDS or impatient:
                logger.warning("Not waiting any longer", extra={"in_hand": len(self._hand)})
                break
        self._slots.shutdown(wait=False, cancel_futures=True)
        self._hand.give_back()

    def _has_signal(self) -> bool:
        try:
            return isinstance(self._mailbox.get_nowait(), signal.Signals)
        except Empty:
            return False

    def _poll(self) -> None:
        try:
            while not self._stopping.is_set():
                self._touch_health()
                self._receive(self._reserve_slots())
        except Exception as error:
            self._mailbox.put(error)

    def _receive(self, count: int) -> None:
        started = 0
        try:
            if count:
                deliveries = self._queue.receive(max_messages=count, wait_seconds=POLL_SECONDS)
                started = self._start(deliveries)
        finally:
            for _ in range(count - started):
                self._free.release()

    def _reserve_slots(self) -> int:
        """Wait until a slot is free and take all that are: no message comes to wait for one.

        Returns:
            How many; 0 if the wait was long, so that the loop keeps turning.
        """
        if not self._free.acquire(timeout=WAKE_SECONDS):
            return 0
        count = 1
        while count < BATCH_SIZE and self._free.acquire(blocking=False):
            count += 1
        return count

    def _start(self, deliveries: list[Delivery]) -> int:
        """Give each delivery to a slot.

        Returns:
            How many slots are taken by that.
        """
        if self._stopping.is_set():
            # They came during the last poll. Another worker can take them now.
            self._queue.hide_all(deliveries, 0)
            return 0
        self._hand.take(deliveries)
        for delivery in deliveries:
            self._slots.submit(self._process, delivery)
        return len(deliveries)

    def _process(self, delivery: Delivery) -> None:
        try:
            hide_seconds = self._handle(delivery)
            self._settle(delivery, hide_seconds)
        except Exception:
            # Not settled: SQS delivers it again, and then it finds a finished task.
            logger.exception("Message could not be settled")
        finally:
            self._hand.release(delivery)
            self._processed += 1
            self._free.release()

    def _settle(self, delivery: Delivery, hide_seconds: int | None) -> None:
        # No heartbeat from here on: it would hide the message for longer.
        self._hand.release(delivery)
        if hide_seconds is None:
            self._queue.delete(delivery)
        else:
            self._queue.hide(delivery, hide_seconds)

    def _touch_health(self) -> None:
        self._health.touch(
            in_hand=len(self._hand),
            longest_seconds=self._hand.get_longest_seconds(),
            processed=self._processed,
        )
