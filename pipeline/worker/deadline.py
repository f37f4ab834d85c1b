"""The seconds that a picture may take.

No thread can be ended while it is in C code. So a wedged picture's task is failed, its neighbours
finish, and the process ends: a fresh one is at work two seconds later. If the C code does not let
any other thread run, a timer outside of Python ends the process at once.
"""

import faulthandler
import functools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.core.queue import Delivery
from pipeline.worker.loop import Handle
from pipeline.worker.recognition import Recognize
from pipeline.worker.vision.recognizer import Recognition

logger = logging.getLogger(__name__)

CHECK_SECONDS = 1
FROZEN_SECONDS = 30
"""So long without a turn of any other thread, and the process is ended from outside of Python.
Its messages come back by their visibility timeout."""


def postpone_end() -> None:
    """End the process in `FROZEN_SECONDS`, unless this is called again before.

    The timer is a thread of C. It writes where each thread was to stderr before it ends us.
    """
    faulthandler.dump_traceback_later(FROZEN_SECONDS, exit=True)


@dataclass(frozen=True)
class _Run:
    delivery: Delivery
    began_at: float


class Deadline:
    """Knows how long each picture has been in the networks. Safe to share between threads.

    The wait for AWS or for a core does not count: no picture is to blame for it.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._in_thread = threading.local()
        self._runs: dict[int, _Run] = {}

    def follow(self, handle: Handle) -> Handle:
        """Remember which delivery a thread works on."""

        @functools.wraps(handle)
        def followed(delivery: Delivery) -> int | None:
            self._in_thread.delivery = delivery
            return handle(delivery)

        return followed

    def watch(self, recognize: Recognize) -> Recognize:
        """Take the time of each picture that is recognised for a followed delivery."""

        def watched(data: bytes, *, min_confidence: float, max_labels: int) -> Recognition:
            thread = threading.get_ident()
            with self._lock:
                self._runs[thread] = _Run(self._in_thread.delivery, time.monotonic())
            try:
                return recognize(data, min_confidence=min_confidence, max_labels=max_labels)
            finally:
                with self._lock:
                    self._runs.pop(thread, None)

        return watched

    def check(self, abandon: Callable[[Delivery], None]) -> None:
        """Call `abandon`, once, for each delivery whose picture is over the deadline."""
        for delivery in self._take_overdue():
            # Where it hangs, for whoever mends the decoder
            faulthandler.dump_traceback(all_threads=True)
            abandon(delivery)

    def _take_overdue(self) -> list[Delivery]:
        since = time.monotonic() - self._seconds
        with self._lock:
            late = [thread for thread, run in self._runs.items() if run.began_at < since]
            return [self._runs.pop(thread).delivery for thread in late]
