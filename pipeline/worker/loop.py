"""The worker's loop: several pictures at once, none lost by a stop."""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from types import FrameType

from pipeline.core.queue import BATCH_SIZE, Delivery, TaskQueue
from pipeline.worker.deletions import Deletions
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

SUSPECT_RECEIVE_COUNT = 3
"""A message that comes for the third time may be what ended the process that had it."""

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
    """Handles as many messages at once as it has slots, and holds up to ten more.

    A message is deleted only after `handle` returns, so a crash at any line costs a redelivery,
    never a result. One that was redelivered twice is handled with nothing else in work: if its
    picture ends the process, no neighbour uses up its deliveries with it. If a receive fails, the
    worker stops and systemd starts a fresh one.
    """

    def __init__(
        self,
        queue: TaskQueue,
        hand: Hand,
        deletions: Deletions,
        handle: Handle,
        health: Health,
        *,
        slots: int,
    ) -> None:
        self._queue = queue
        self._hand = hand
        self._deletions = deletions
        self._handle = handle
        self._health = health
        self._slots = [
            threading.Thread(target=self._serve, name=f"slot-{number}", daemon=True)
            for number in range(slots)
        ]
        self._waiting: SimpleQueue[Delivery | None] = SimpleQueue()  # For a slot
        self._poller = threading.Thread(target=self._poll, name="poller", daemon=True)
        self._stopping = threading.Event()
        # Guards the next four, and tells of their changes.
        self._change = threading.Condition()
        self._in_work = 0  # In a slot or waiting for one
        self._awaited = 0  # Of them: what the poller waits for
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
        for thread in (*self._slots, self._poller):
            thread.start()
        reason = self._wait_for_reason()
        exit_code = self._explain(reason)
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
            with self._change:
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
        with self._change:
            self._stopping.set()
            self._change.notify_all()
        started = time.monotonic()
        while self._poller.is_alive() or self._in_work > self._abandoned:
            time.sleep(CHECK_SECONDS)
            waited = time.monotonic() - started
            impatient = self._has_signal() and waited > ONE_STOP_SECONDS
            if waited > GRACE_SECONDS or impatient:
                logger.warning("Not waiting any longer", extra={"in_hand": len(self._hand)})
                break
        for _ in self._slots:
            self._waiting.put(None)
        self._deletions.flush()
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
                # Ten in a call and, while those are fetched, still one for each slot.
                if self._wait_until_in_work(len(self._slots)):
                    self._receive()
        except Exception as error:
            self._mailbox.put(error)

    def _receive(self) -> None:
        deliveries = self._queue.receive(max_messages=BATCH_SIZE, wait_seconds=POLL_SECONDS)
        self._hand.take(deliveries)
        suspects = [one for one in deliveries if one.receive_count >= SUSPECT_RECEIVE_COUNT]
        for delivery in deliveries:
            if delivery not in suspects:
                self._start(delivery)
        for delivery in suspects:
            self._start_alone(delivery)

    def _start_alone(self, delivery: Delivery) -> None:
        """Handle a message while nothing else is in work."""
        while not (self._stopping.is_set() or self._wait_until_in_work(0)):
            self._touch_health()
        self._start(delivery)
        while not (self._stopping.is_set() or self._wait_until_in_work(0)):
            self._touch_health()

    def _wait_until_in_work(self, most: int) -> bool:
        """Wait a moment until at most so many messages are in work.

        Returns:
            Whether that is so.
        """
        with self._change:
            self._awaited = most
            return self._change.wait_for(lambda: self._in_work <= most, timeout=WAKE_SECONDS)

    def _start(self, delivery: Delivery) -> None:
        """Give a delivery to a slot. At a stop it stays in hand and is given back."""
        with self._change:
            if self._stopping.is_set():
                return
            self._in_work += 1
        self._waiting.put(delivery)

    def _serve(self) -> None:
        """Be a slot: handle one delivery after the other."""
        for delivery in iter(self._waiting.get, None):
            # What waited for a slot until the stop remains in hand and is given back.
            is_handled = not self._stopping.is_set()
            if is_handled:
                self._process(delivery)
            with self._change:
                self._in_work -= 1
                self._processed += is_handled
                # Not each time: to wake the poller for nothing is dear between two pictures.
                if self._in_work <= self._awaited:
                    self._change.notify_all()

    def _process(self, delivery: Delivery) -> None:
        try:
            hide_seconds = self._handle(delivery)
            self._settle(delivery, hide_seconds)
        except Exception:
            # Not settled: SQS delivers it again, and then it finds a finished task.
            logger.exception("Message could not be settled")
        finally:
            self._hand.release(delivery)

    def _settle(self, delivery: Delivery, hide_seconds: int | None) -> None:
        # No heartbeat from here on: it would hide the message for longer.
        self._hand.release(delivery)
        if hide_seconds is None:
            self._deletions.add(delivery)
        else:
            self._queue.hide(delivery, hide_seconds)

    def _touch_health(self) -> None:
        self._health.touch(
            in_hand=len(self._hand),
            longest_seconds=self._hand.get_longest_seconds(),
            processed=self._processed,
        )
