"""The limits of each user: what the settings say, within which bounds operators may change it, and
what holds now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel

from pipeline.core.controls import Controls


class UserLimits(BaseModel, frozen=True):
    """The limits by the names of the environment's variables."""

    # The page waits and repeats: it sends a hundred photos in 15 s.
    max_unfinished_tasks: int = 100
    """Unfinished tasks. It bounds what a burst of one user puts into the queue before others."""
    uploads_per_second: float = 5
    """Average. The smallest fleet recognises more, so one user alone cannot fill it."""
    upload_burst: int = 30
    """Uploads that may come at once after a pause."""
    requests_per_second: float = 30
    """Requests of any route, on average. The page asks for the results of a hundred photos."""
    request_burst: int = 300
    """Requests that may come at once after a pause."""

    # Limits of what one account can cost. Half may come at once: 10,000 photos of a phone.
    bytes_per_day: int = 40_000_000_000
    """Bytes that may be sent in any 24 hours."""
    stored_bytes: int = 120_000_000_000
    """Bytes that may be sent in the time for which pictures are kept."""
    reposts_per_day: int = 100
    """Posts of forms whose task has its picture, in any 24 hours. More lock the account out."""
    megapixels_per_day: int = 240_000
    """Megapixels, times the decoder's passes over them, in any 24 hours."""


@dataclass(frozen=True)
class Bounds:
    """The least and the most that an operator may set."""

    least: float
    most: float

    def allow(self, value: float) -> bool:
        return self.least <= value <= self.most


BOUNDS = {
    "max_unfinished_tasks": Bounds(1, 1000),
    "uploads_per_second": Bounds(0.1, 50),
    "upload_burst": Bounds(1, 300),
    "requests_per_second": Bounds(5, 100),
    "request_burst": Bounds(50, 1000),
    "bytes_per_day": Bounds(1_000_000_000, 400_000_000_000),
    "stored_bytes": Bounds(1_000_000_000, 1_200_000_000_000),
    "reposts_per_day": Bounds(10, 1000),
    "megapixels_per_day": Bounds(5_000, 2_400_000),
}
"""At the least, the page works and one picture of the largest size passes. The most is about ten
times of what holds without a decision: one user with more gets a quota of their own."""


def is_whole(name: str) -> bool:
    """Whether a limit is a whole number."""
    return UserLimits.model_fields[name].annotation is int


LimitsT = TypeVar("LimitsT", bound=UserLimits)


def apply_decisions(limits: LimitsT, controls: Controls) -> LimitsT:
    """The limits as operators decided. A decision outside of the bounds counts as none."""
    decided: dict[str, float] = {}
    for name, bounds in BOUNDS.items():
        decision = controls.find(name)
        if decision is not None and decision.value is not None and bounds.allow(decision.value):
            decided[name] = int(decision.value) if is_whole(name) else float(decision.value)
    return limits.model_copy(update=decided) if decided else limits
