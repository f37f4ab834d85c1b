"""Repeats an action in the background."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)


@contextmanager
def every(seconds: float, action: Callable[[], None], name: str) -> Iterator[None]:
    """Call `action` every `seconds` in a thread of its own, until the block ends.

    The first call comes after `seconds`. A failure is logged, and the next call comes as usual.
    """
    done = threading.Event()

    def repeat() -> None:
        while not done.wait(seconds):
            try:
                action()
            except Exception:
                logger.warning("%s failed", name, exc_info=True)

    # The thread is not joined: a call that hangs must not delay the stop.
    threading.Thread(target=repeat, name=name, daemon=True).start()
    try:
        yield
    finally:
        done.set()
