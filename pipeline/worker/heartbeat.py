"""The messages that this process holds, kept hidden from other workers while it works on them."""

import logging
import threading
import time
from collections.abc import Iterable

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.core.settings import VISIBILITY_SECONDS

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = VISIBILITY_SECONDS / 3  # Two lost beats in a row do no harm


class Hand:
    """The deliveries in hand. Safe to share between threads."""

    def __init__(self, queue: TaskQueue) -> None:
        self._queue = queue
        # Held during calls to SQS too: a beat that is under way must not hide a message again
        # that another thread has just given back.
        self._lock = threading.Lock()
        self._taken_at: dict[Delivery, float] = {}

    def __len__(self) -> int:
        return len(self._taken_at)

    def take(self, deliveries: Iterable[Delivery]) -> None:
        """Keep these hidden from now on."""
        with self._lock:
            self._taken_at.update(dict.fromkeys(deliveries, time.monotonic()))

    def release(self, delivery: Delivery) -> None:
        """Let go of a message: what becomes of it is the caller's business."""
        with self._lock:
            self._taken_at.pop(delivery, None)

    def beat(self) -> None:
        """Hide everything in hand for another `VISIBILITY_SECONDS`."""
        with self._lock:
            refused = self._queue.hide_all(list(self._taken_at), VISIBILITY_SECONDS)
        for delivery in refused:
            logger.warning("Heartbeat refused", extra={"message_id": delivery.message_id})

    def give_back(self) -> int:
        """Show everything in hand to other workers at once.

        Returns:
            How many messages that were.
        """
        with self._lock:
            deliveries = list(self._taken_at)
            self._taken_at.clear()
            self._queue.hide_all(deliveries, 0)
        return len(deliveries)

    def get_longest_seconds(self) -> float:
        """How long the oldest delivery has been in hand; 0 with empty hands."""
        with self._lock:
            now = time.monotonic()
            return now - min(self._taken_at.values(), default=now)
