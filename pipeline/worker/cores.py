"""Limits recognition to one picture for each core."""

import time
from queue import SimpleQueue

from pipeline.core.queue import Delivery
from pipeline.worker.deadline import Deadline
from pipeline.worker.metrics import Metrics
from pipeline.worker.vision.recognizer import Options, Recognition, Recognize


class Cores:
    """Recognises at most one picture for each core at the same time.

    There are more slots than cores, so that a core finds a downloaded picture while other slots
    wait for AWS. Here the slots wait for a core. Safe to share between threads.
    """

    def __init__(
        self, recognize: Recognize, count: int, metrics: Metrics, deadline: Deadline
    ) -> None:
        self._recognize = recognize
        # One None for each idle core. `threading.Semaphore` is written in Python and slower.
        self._idle: SimpleQueue[None] = SimpleQueue()
        for _ in range(count):
            self._idle.put(None)
        self._metrics = metrics
        self._deadline = deadline

    def recognize(self, delivery: Delivery, data: bytes, options: Options) -> Recognition:
        """Wait for a core and recognise the picture of a delivery."""
        self._idle.get()
        started = time.perf_counter()
        self._deadline.start(delivery)
        try:
            return self._recognize(data, options)
        finally:
            self._deadline.stop(delivery)
            self._idle.put(None)
            self._metrics.add_busy(time.perf_counter() - started)
