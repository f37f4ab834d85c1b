"""As many pictures in the networks at once as there are cores."""

import time
from threading import Semaphore

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
        self._idle = Semaphore(count)
        self._metrics = metrics

    def recognize(self, data: bytes, *, min_confidence: float, max_labels: int) -> Recognition:
        """Say what is in the picture."""
        with self._idle:
            started = time.perf_counter()
            try:
                return self._recognize(data, min_confidence=min_confidence, max_labels=max_labels)
            finally:
                self._metrics.add_busy(time.perf_counter() - started)
