"""When a request is sent again, and after which pause.

Uploads and exports carry an Idempotency-Key, so that a repeat makes no second one. The few requests
that cannot be repeated say so where they are sent.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from http import HTTPStatus

from spotter_client.errors import ApiError, UnreachableError

AGAIN = frozenset(
    {
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)


@dataclass(frozen=True)
class Retries:
    """How patient a client is."""

    count: int = 8
    """Most repeats of one request."""

    patience_seconds: float = 60.0
    """The longest pause. If the service asks for a longer one, its error is raised at once."""

    first_pause_seconds: float = 0.2
    """Pause before the first repeat where the service asks for none. It doubles each time."""

    def choose_pause(self, repeat: int, error: ApiError | UnreachableError) -> float | None:
        """Seconds until the request is sent again, or None if it is not.

        A random part is added, so that many clients do not come back at the same moment.

        Args:
            repeat: How often the request has been repeated.
            error: What became of it.
        """
        asked = error.retry_after_seconds if isinstance(error, ApiError) else None
        is_final = isinstance(error, ApiError) and error.status not in AGAIN
        if is_final or repeat >= self.count or (asked or 0) > self.patience_seconds:
            return None
        own = min(self.patience_seconds, self.first_pause_seconds * 2.0**repeat)
        if asked is None:
            return random.uniform(0.5 * own, own)
        return asked + random.uniform(0, min(own, 1.0))
