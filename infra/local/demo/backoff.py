"""Pauses before retries, each chosen at random up to a bound that doubles.

When a service or a region comes back, its callers come back too. Without chance they would all come
in the same moments and be refused again.
https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from http import HTTPStatus

FIRST_SECONDS = 0.5
SLOWEST_SECONDS = 8.0

PASSING = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
"""Answers after which the same request may succeed."""


class Backoff:
    """The pauses before the tries of one request."""

    def __init__(self, first: float = FIRST_SECONDS, slowest: float = SLOWEST_SECONDS) -> None:
        self._bound = first
        self._slowest = slowest

    def next(self, headers: Mapping[str, str] | None = None) -> float:
        """Seconds to wait before the next try.

        Args:
            headers: Those of the answer, if there was one. The pause is never shorter than its
                `Retry-After`.
        """
        asked = float((headers or {}).get("Retry-After", 0))
        pause = asked + random.uniform(0, self._bound)
        self._bound = min(2 * self._bound, self._slowest)
        return pause
