"""The notice of the operators, which the web page shows. It comes with the list of tasks."""

from __future__ import annotations

import time

from pynamodb.exceptions import PynamoDBException

from pipeline.core.controls import read_controls
from pipeline.lambdas.telemetry import logger

KEPT_SECONDS = 30
"""How old a notice may be. One process reads it so often at most."""

_known: tuple[float, str | None] | None = None


def read_notice() -> str | None:
    """What all users are told at the moment. Never raises: a list is worth more than a notice."""
    global _known
    now = time.monotonic()
    if _known is None or now - _known[0] >= KEPT_SECONDS:
        try:
            _known = now, read_controls().shown_notice
        except PynamoDBException:
            logger.warning("Notice could not be read", exc_info=True)
            return None
    return _known[1]
