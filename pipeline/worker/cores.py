"""The networks, one set for each core."""

import time
from collections.abc import Callable
from queue import LifoQueue

from pipeline.worker.metrics import Metrics
from pipeline.worker.recognition import Recognize
from pipeline.worker.vision.recognizer import Recognition


class Cores:
    """Recognises at most as many pictures at once as there are sets of networks.

    There are more slots than cores, so that a core has a downloaded picture at hand while other
    slots talk to AWS; here they wait for a core.
    """

    def __init__(self, load: Callable[[], Recognize], count: int, metrics: Metrics) -> None:
        # Last in, first out: the set that was used last is still in the processor's caches.
        self._idle: LifoQueue[Recognize] = LifoQueue()
        for _ in range(count):
            self._idle.put(load())
        self._metrics = metrics

    def recognize(self, data: bytes, *, min_confidence: float, max_labels: int) -> Recognition:
        """Say what is in the picture."""
        recognize = self._idle.get()
        started = time.perf_counter()
        try:
            return recognize(data, min_confidence=min_confidence, max_labels=max_labels)
        finally:
            self._idle.put(recognize)
            self._metrics.add_busy(time.perf_counter() - started)
