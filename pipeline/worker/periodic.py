"""Something done again and again beside the work."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)


@contextmanager
def every(seconds: float, action: Callable[[], None], name: str) -> Iterator[None]:
    """Call `action` in a thread of its own, first after `seconds`, until the block ends.

    A failure is logged, and the next turn tries again.
    """
    done = threading.Event()

    def repeat() -> None:
        while not done.wait(seconds):
            try:
                action()
            except Exception:
                logger.warning("%s failed", name, exc_info=True)

    # Not joined at the end: a call that hangs must not hold up the stop.
    threading.Thread(target=repeat, name=name, daemon=True).start()
    try:
        yield
    finally:
        done.set()
