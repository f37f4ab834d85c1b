"""Threads of the supervisor that do something again and again."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

logger = logging.getLogger(__name__)


@contextmanager
def repeat(name: str, action: Callable[[], None], interval_seconds: float) -> Iterator[None]:
    """Run `action` in a thread every so often until the block ends; its errors are logged."""
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            try:
                action()
            except Exception:
                if not done.is_set():
                    logger.exception("%s failed and goes on", name)
            done.wait(interval_seconds)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(timeout=10)
