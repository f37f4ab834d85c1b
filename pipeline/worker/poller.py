"""The poller: it receives messages and hands them to the slots."""

import logging
import threading

from pipeline.core.queue import BATCH_SIZE, Delivery, TaskQueue
from pipeline.worker.controls import ControlsWatch
from pipeline.worker.health import Health
from pipeline.worker.heartbeat import Heartbeat
from pipeline.worker.slots import Slots

logger = logging.getLogger(__name__)

POLL_SECONDS = 5
"""How long a receive waits for the first message. SQS allows 20 s, but a poll cannot be cancelled
and must end before the process does. A message that SQS sends to a closed connection stays hidden
until its visibility timeout ends."""

SUSPECT_RECEIVE_COUNT = 3
"""Receive count from which a message is suspected of having ended the earlier processes."""

WAKE_SECONDS = 1
"""How often the poller checks for a stop and reports health while it waits for the slots."""


class Poller:
    """Receives ten messages at a time, as soon as each slot has at most one.

    Messages beyond an owner's share of the slots do not count: the next receive brings those of
    other owners first.

    While the queue is paused it receives nothing. Messages in flight are finished.

    A message that was delivered twice before is processed alone. If its picture ends the process,
    no other message loses a delivery with it.
    """

    def __init__(
        self,
        queue: TaskQueue,
        heartbeat: Heartbeat,
        slots: Slots,
        health: Health,
        stopping: threading.Event,
        controls: ControlsWatch,
    ) -> None:
        self._controls = controls
        self._was_paused = False
        self._queue = queue
        self._heartbeat = heartbeat
        self._slots = slots
        self._health = health
        self._stopping = stopping

    def run(self) -> None:
        """Poll until `stopping` is set.

        Raises:
            Exception: A receive failed, or the health file cannot be written at the start.
        """
        while not self._stopping.is_set():
            self._touch_health()
            if self._is_paused():
                self._stopping.wait(WAKE_SECONDS)
                continue
            # While the next ten messages are fetched, each slot still has one to work on.
            if self._slots.wait_for_room(WAKE_SECONDS):
                self._receive()

    def _is_paused(self) -> bool:
        """Whether nothing may be received. A change is logged once."""
        is_paused = self._controls.is_paused
        if is_paused != self._was_paused:
            logger.info("Paused: receiving nothing" if is_paused else "Resumed")
            self._was_paused = is_paused
        return is_paused

    def _receive(self) -> None:
        deliveries = self._queue.receive(max_messages=BATCH_SIZE, wait_seconds=POLL_SECONDS)
        deliveries = self._drop_held(deliveries)
        self._heartbeat.add(deliveries)
        suspects = [one for one in deliveries if one.receive_count >= SUSPECT_RECEIVE_COUNT]
        for delivery in deliveries:
            if delivery not in suspects:
                self._slots.submit(delivery)
        for delivery in suspects:
            self._process_alone(delivery)

    def _drop_held(self, deliveries: list[Delivery]) -> list[Delivery]:
        """Delete the messages of users whose queue is held, and return the others.

        The tasks stay queued. A release sends their messages again. If the messages stayed in the
        queue, each receive would bring them closer to the dead-letter queue. A task that was
        started before goes on, because the sweep would fail it in the end.
        """
        held = [
            delivery
            for delivery in deliveries
            if delivery.receive_count == 1 and self._controls.is_held(delivery.owner_id)
        ]
        if held:
            self._queue.delete_all(held)
            logger.info("Messages of held users dropped", extra={"messages": len(held)})
        return [delivery for delivery in deliveries if delivery not in held]

    def _process_alone(self, delivery: Delivery) -> None:
        self._wait_until_all_finished()
        self._slots.submit(delivery)
        self._wait_until_all_finished()

    def _wait_until_all_finished(self) -> None:
        while not (self._stopping.is_set() or self._slots.wait_for_all(WAKE_SECONDS)):
            self._touch_health()

    def _touch_health(self) -> None:
        self._health.touch(
            in_flight=len(self._heartbeat),
            longest_seconds=self._heartbeat.get_longest_seconds(),
            processed=self._slots.processed,
        )
