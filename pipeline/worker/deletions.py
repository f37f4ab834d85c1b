"""The messages that have nothing left to do, deleted ten in a call."""

import logging
import threading

from pipeline.core.queue import BATCH_SIZE, Delivery, TaskQueue

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 0.2


class Deletions:
    """Collects messages and deletes them together: SQS charges each call, not each message.

    A process that dies with some of them loses nothing: they are delivered again and find
    finished tasks. Safe to share between threads.
    """

    def __init__(self, queue: TaskQueue) -> None:
        self._queue = queue
        self._lock = threading.Lock()
        self._waiting: list[Delivery] = []

    def add(self, delivery: Delivery) -> None:
        """Delete this message at the next flush, or now if that fills a call."""
        with self._lock:
            self._waiting.append(delivery)
            if len(self._waiting) < BATCH_SIZE:
                return
        self.flush()

    def flush(self) -> None:
        """Delete what has been added. Never raises."""
        with self._lock:
            deliveries, self._waiting = self._waiting, []
        try:
            refused = self._queue.delete_all(deliveries)
        except Exception:
            logger.exception("Messages could not be deleted")
        else:
            for delivery in refused:
                logger.warning("Delete refused", extra={"message_id": delivery.message_id})
