"""The notice of the operators, which the web page shows. It comes with the list of tasks."""

from __future__ import annotations

from pynamodb.exceptions import PynamoDBException

from pipeline.core.controls import know_controls
from pipeline.lambdas.telemetry import logger


def read_notice() -> str | None:
    """What all users are told at the moment. Never raises: a list is worth more than a notice."""
    try:
        return know_controls().shown_notice
    except PynamoDBException:
        logger.warning("Notice could not be read", exc_info=True)
        return None
