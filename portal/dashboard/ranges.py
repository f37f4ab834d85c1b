"""How far back a chart looks, and how much time one of its points stands for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True)
class Range:
    """One choice of the page."""

    name: str
    title: str
    length: timedelta
    period: timedelta
    """CloudWatch keeps minutes for 15 days and five minutes for 63 days."""
    form: str
    """How the time of a point is written."""

    @property
    def minutes(self) -> float:
        """Minutes that one point covers."""
        return self.period / timedelta(minutes=1)

    def list_points(self, now: datetime) -> list[datetime]:
        """The beginning of each period, oldest first. The last one is not over."""
        size = int(self.period.total_seconds())
        last = datetime.fromtimestamp(int(now.timestamp()) // size * size, now.tzinfo)
        count = int(self.length / self.period)
        return [last - self.period * back for back in reversed(range(count))]


RANGES = (
    Range("1h", "1 hour", timedelta(hours=1), timedelta(minutes=1), "%H:%M"),
    Range("24h", "24 hours", timedelta(hours=24), timedelta(minutes=15), "%d %b %H:%M"),
    Range("7d", "7 days", timedelta(days=7), timedelta(hours=2), "%d %b %H:%M"),
    Range("30d", "30 days", timedelta(days=30), timedelta(hours=6), "%d %b %H:%M"),
)
DEFAULT = RANGES[1]


def find_range(name: str) -> Range | None:
    return next((one for one in RANGES if one.name == name), None)
