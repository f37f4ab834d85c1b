"""One part of a page that may fail without taking the rest with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from portal.aws import AWS_ERRORS, describe_error

T = TypeVar("T")


@dataclass(frozen=True)
class Attempt(Generic[T]):
    """A value, or why there is none."""

    value: T | None = None
    error: str = ""


def attempt(read: Callable[[], T]) -> Attempt[T]:
    """Read something from AWS; an error becomes a line of text."""
    try:
        return Attempt(read())
    except AWS_ERRORS as error:
        return Attempt(error=describe_error(error))
