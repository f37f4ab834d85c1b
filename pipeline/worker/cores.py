"""As many pictures in the networks at once as there are cores."""

import time
from queue import SimpleQueue

from pipeline.worker.metrics import Metrics
from pipeline.worker.recognition import Recognize
from pipeline.worker.vision.recognizer import Recognition


class Cores:
    """Recognises at most as many pictures at once as there are cores.

    There are more slots than cores, so that a core has a downloaded picture at hand while other
    slots talk to AWS; here they wait for a core.
    """

    def __init__(self, recognize: Recognize, count: int, metrics: Metrics) -> None:
        self._recognize = recognize
        # One None for each idle core: a semaphore in C, and the one of `threading` is dear here.
        self._idle: SimpleQueue[None] = SimpleQueue()
        for _ in range(count):
            self._idle.put(None)
        self._metrics = metrics

    def recognize(self, data: bytes, *, min_confidence: float, max_labels: int) -> Recognition:
        """Say what is in the picture."""
        self._idle.get()
        started = time.perf_counter()
        try:
            return self._recognize(data, min_confidence=min_confidence, max_labels=max_labels)
        finally:
            self._idle.put(None)
            self._metrics.add_busy(time.perf_counter() - started)
