"""Numbers in the bodies of requests."""

from typing import Annotated

from pydantic import BeforeValidator


def _accept_whole_number(value: object) -> object:
    """Take 1000.0 for 1000: JSON Schema calls both integers."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


WHOLE = BeforeValidator(_accept_whole_number)
"""Stands behind bounds, so that the document has them: Annotated[int, Field(ge=1), WHOLE]."""

Integer = Annotated[int, WHOLE]


def round_confidence(min_confidence: float) -> float:
    """Keep two digits: finer steps mean nothing, and DynamoDB refuses numbers like 1e-300."""
    return round(min_confidence, 2)
