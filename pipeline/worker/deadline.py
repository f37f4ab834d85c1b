"""The deadline of a picture: how long decoding and recognising it may take.

Python cannot end a thread that is in C code. So when a picture hangs, its task fails, the other
messages are finished and the process ends; its supervisor starts a new one within two seconds. If
the C code does not let any other thread run, a timer outside of Python ends the process.
"""

import faulthandler
import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

CHECK_SECONDS = 1
FROZEN_SECONDS = 30
"""If no other thread runs for this long, the C timer ends the process. Its messages come back after
their visibility timeout."""


Work = TypeVar("Work")
"""What is measured: the delivery of a photo, or a frame."""


def postpone_end() -> None:
    """End the process in `FROZEN_SECONDS`, unless this is called again before.

    The timer is a C thread. Before it ends the process it writes all stack traces to stderr.
    """
    faulthandler.dump_traceback_later(FROZEN_SECONDS, exit=True)


class Deadline(Generic[Work]):
    """Measures how long each picture has been in the networks. Safe to share between threads.

    The time that a picture waits for AWS or for a core does not count.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._lock = threading.Lock()
        self._started_at: dict[Work, float] = {}

    def start(self, work: Work) -> None:
        """Start the time of a picture."""
        with self._lock:
            self._started_at[work] = time.monotonic()

    def stop(self, work: Work) -> None:
        """Stop its time: the picture is recognised or failed."""
        with self._lock:
            self._started_at.pop(work, None)

    def check(self, abandon: Callable[[Work], None]) -> None:
        """Call `abandon` once for each picture that is over the deadline."""
        for work in self._take_overdue():
            # The stack traces show where the picture hangs.
            faulthandler.dump_traceback(all_threads=True)
            abandon(work)

    def _take_overdue(self) -> list[Work]:
        limit = time.monotonic() - self._seconds
        with self._lock:
            overdue = [one for one, started in self._started_at.items() if started < limit]
            for work in overdue:
                del self._started_at[work]
        return overdue
