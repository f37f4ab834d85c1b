"""The limits at which operators are notified about a queue.

Terraform reads these numbers from contract.json; the local system and the portal import them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Alarm:
    """Fires when the largest value of each of `periods` periods in a row is above `threshold`."""

    threshold: int
    period_seconds: int = 60
    periods: int = 1


DEPTH = Alarm(threshold=100)
"""Waiting messages in the task queue."""

AGE = Alarm(threshold=120, periods=3)
"""Seconds that the oldest waiting message is old: two visibility timeouts, which is longer than
one lost worker explains."""

DEAD_LETTERS = Alarm(threshold=0)
"""Messages in the dead-letter queue."""
