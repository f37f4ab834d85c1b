"""The heartbeat: it keeps the messages that this process works on hidden from other workers."""

import logging
import threading
import time
from collections.abc import Iterable

from pipeline.core.queue import Delivery, TaskQueue
from pipeline.core.settings import VISIBILITY_SECONDS

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = VISIBILITY_SECONDS / 3  # Two failed beats in a row do no harm.


class Heartbeat:
    """Extends the visibility timeout of this worker's messages in flight.

    A message is in flight from its receive until it is deleted or given back. Safe to share
    between threads.
    """

    def __init__(self, queue: TaskQueue) -> None:
        self._queue = queue
        # The lock is also held during calls to SQS. Otherwise a beat could hide a message again
        # that another thread has just given back.
        self._lock = threading.Lock()
        self._received_at: dict[Delivery, float] = {}

    def __len__(self) -> int:
        return len(self._received_at)

    def add(self, deliveries: Iterable[Delivery]) -> None:
        """Include these messages in every beat from now on."""
        with self._lock:
            self._received_at.update(dict.fromkeys(deliveries, time.monotonic()))

    def remove(self, delivery: Delivery) -> None:
        """Exclude a message from the beats. The caller deletes it or gives it back."""
        with self._lock:
            self._received_at.pop(delivery, None)

    def beat(self) -> None:
        """Hide all messages in flight for another `VISIBILITY_SECONDS`."""
        with self._lock:
            refused = self._queue.hide_all(list(self._received_at), VISIBILITY_SECONDS)
        for delivery in refused:
            logger.warning("Heartbeat refused", extra={"message_id": delivery.message_id})

    def give_back(self) -> int:
        """Make all messages in flight visible to other workers at once.

        Returns:
            The number of messages.
        """
        with self._lock:
            deliveries = list(self._received_at)
            self._received_at.clear()
            self._queue.hide_all(deliveries, 0)
        return len(deliveries)

    def get_longest_seconds(self) -> float:
        """How long the oldest message has been in flight; 0 if there is none."""
        with self._lock:
            now = time.monotonic()
            return now - min(self._received_at.values(), default=now)
