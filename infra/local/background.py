"""Threads of the supervisor that repeat an action."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from httpx import HTTPError
from pynamodb.exceptions import PynamoDBException

logger = logging.getLogger(__name__)

STUMBLES = (BotoCoreError, ClientError, HTTPError, PynamoDBException)
"""Transient errors of the local AWS. The next run tries again, so one log line is enough."""


@contextmanager
def repeat(name: str, action: Callable[[], None], interval_seconds: float) -> Iterator[None]:
    """Repeat `action` in a thread until the block ends. Errors do not stop it."""
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            try:
                action()
            except STUMBLES as error:
                if not done.is_set():
                    logger.warning("%s failed, the next run tries again: %s", name, error)
            except Exception:
                if not done.is_set():
                    logger.exception("%s failed, the next run tries again", name)
            done.wait(interval_seconds)

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join(timeout=10)
