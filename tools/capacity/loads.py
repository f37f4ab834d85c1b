"""The arrival rates of pictures during a simulation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

Rate = Callable[[float], float]
"""Maps seconds since the start to images per second."""

FLASH_AT, FLASH_SECONDS = 600.0, 900.0
DAY_SECONDS = 24 * 3600.0
ZONE_LOST_AT = 600.0


@dataclass(frozen=True)
class Load:
    """The input of a simulation."""

    name: str
    rate: Rate
    peak: float  # The highest value of `rate`
    seconds: float
    zone_lost_at: float | None = None


def steady(rate: float, seconds: float = 1800) -> Load:
    return Load("Steady", lambda at: rate, rate, seconds)


def flash_crowd(rate: float, peak: float) -> Load:
    """The usual rate, then suddenly `peak` times as many for 15 minutes."""

    def follow(at: float) -> float:
        return rate * peak if FLASH_AT <= at < FLASH_AT + FLASH_SECONDS else rate

    return Load("Flash crowd", follow, rate * peak, 3600)


def daily_cycle(rate: float) -> Load:
    """The full rate of all users at noon and a tenth of it at midnight."""

    def follow(at: float) -> float:
        return rate * (0.55 - 0.45 * math.cos(2 * math.pi * at / DAY_SECONDS))

    return Load("Daily cycle", follow, rate, DAY_SECONDS)


def zone_loss(rate: float) -> Load:
    """All instances of one zone end at once, with their messages in flight."""
    return Load("Zone loss", lambda at: rate, rate, 2400, zone_lost_at=ZONE_LOST_AT)
