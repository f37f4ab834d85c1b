"""Deletes finished messages, ten in a call."""

import logging
import threading

from pipeline.core.queue import BATCH_SIZE, Delivery, TaskQueue

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 1
"""With a full queue, ten messages come together sooner. A shorter interval would split them."""


class Deletions:
    """Collects messages and deletes them together, because SQS charges for each call.

    If the process dies first, SQS delivers these messages again, and their tasks are already
    finished. Safe to share between threads.
    """

    def __init__(self, queue: TaskQueue) -> None:
        self._queue = queue
        self._lock = threading.Lock()
        self._waiting: list[Delivery] = []

    def add(self, delivery: Delivery) -> None:
        """Delete this message at the next flush, or now if there are ten of them."""
        with self._lock:
            self._waiting.append(delivery)
            if len(self._waiting) < BATCH_SIZE:
                return
        self.flush()

    def flush(self) -> None:
        """Delete the collected messages. Never raises."""
        with self._lock:
            deliveries, self._waiting = self._waiting, []
        try:
            refused = self._queue.delete_all(deliveries)
        except Exception:
            logger.exception("Messages could not be deleted")
        else:
            for delivery in refused:
                logger.warning("Delete refused", extra={"message_id": delivery.message_id})
