"""Threads of the supervisor that do something again and again."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botocore.exceptions import BotoCoreError, ClientError
from httpx import HTTPError
from pynamodb.exceptions import PynamoDBException

logger = logging.getLogger(__name__)

STUMBLES = (BotoCoreError, ClientError, HTTPError, PynamoDBException)
"""Of the local AWS. The next turn tries again; the line of the error says all that there is."""


@contextmanager
def repeat(name: str, action: Callable[[], None], interval_seconds: float) -> Iterator[None]:
    """Run `action` in a thread every so often until the block ends, also after an error."""
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            try:
                action()
            except STUMBLES as error:
                if not done.is_set():
                    logger.warning("%s failed and tries again: %s", name, error)
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
