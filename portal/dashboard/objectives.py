"""What is promised, how fast its error budget burns, and what is left of it.

An objective of 99.9 % allows 0.1 % of a month to go wrong: the error budget. A burn rate of 1 uses
the budget in exactly 30 days. Google, "The Site Reliability Workbook", chapter 5, 2018.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import TypeAdapter

from portal.dashboard.metrics import Metric, read_values
from portal.environment import env
from portal.remote.answers import share

WINDOW = timedelta(days=30)
HOUR = timedelta(hours=1)
DAY_HOURS = 24
AGE = timedelta(minutes=5)
BURN_HOURS = (1, 6, 72)

FAST = 14.4
"""The burn rate that the alarm calls fast: the budget of 30 days is gone in 2 days."""


@dataclass(frozen=True)
class Objective:
    """One promise, hour by hour over 30 days, oldest first."""

    title: str
    promise: str
    counts: Sequence[float]
    """Requests or pictures."""
    bad: Sequence[float]
    """Those of them that went wrong."""
    days: Sequence[datetime]

    @property
    def left(self) -> float | None:
        """Percent of the budget that is left, below 0 when it is overdrawn; None if unused."""
        return self._compute_left(len(self.counts))

    @property
    def left_by_day(self) -> list[float | None]:
        """What was left at the end of each day."""
        return [self._compute_left((index + 1) * DAY_HOURS) for index in range(len(self.days))]

    @property
    def burns(self) -> list[tuple[int, float | None]]:
        """The burn rate of the last hours."""
        return [(hours, self._compute_burn(hours)) for hours in BURN_HOURS]

    @property
    def is_burning(self) -> bool:
        return any((burn or 0) > FAST for _, burn in self.burns)

    def _compute_left(self, hours: int) -> float | None:
        # The budget is that of the whole window, as far as it is known.
        allowed = sum(self.counts) * (1 - env.objective)
        return 100 * (1 - sum(self.bad[:hours]) / allowed) if allowed else None

    def _compute_burn(self, hours: int) -> float | None:
        count = sum(self.counts[-hours:])
        return sum(self.bad[-hours:]) / count / (1 - env.objective) if count else None


Values = Mapping[str, Mapping[datetime, float]]

PERCENT = f"{100 * env.objective:g} %"

_GATEWAY = {"ApiName": env.api_name}
_API = {
    "requests": Metric("AWS/ApiGateway", "Count", "Sum", _GATEWAY),
    "errors": Metric("AWS/ApiGateway", "5XXError", "Sum", _GATEWAY),
}
_RESULTS = {
    "results": Metric("Spotter", "SecondsToResult", "SampleCount"),
    "in_time": Metric("Spotter", "SecondsToResult", f"PR(:{env.result_seconds})"),
}

_OBJECTIVES = TypeAdapter(list[Objective])


def read_objectives() -> list[Objective]:
    """The objectives of this environment; none where CloudWatch cannot measure them."""
    if not env.api_name and not env.result_seconds:
        return []
    return share("objectives", AGE, _ask, _OBJECTIVES)


def _ask() -> list[Objective]:
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) + HOUR
    hours = [end - WINDOW + HOUR * index for index in range(WINDOW // HOUR)]
    metrics = {**(_API if env.api_name else {}), **(_RESULTS if env.result_seconds else {})}
    found = read_values(metrics, hours[0], end, HOUR)
    builders = {"requests": _build_availability, "results": _build_latency}
    return [build(found, hours) for key, build in builders.items() if key in metrics]


def _build_availability(found: Values, hours: Sequence[datetime]) -> Objective:
    counts = [found["requests"].get(hour, 0) for hour in hours]
    errors = [found["errors"].get(hour, 0) for hour in hours]
    promise = f"{PERCENT} of requests have no server error"
    return Objective("Availability", promise, counts, errors, _list_days(hours))


def _build_latency(found: Values, hours: Sequence[datetime]) -> Objective:
    counts = [found["results"].get(hour, 0) for hour in hours]
    late = [
        count * (1 - found["in_time"].get(hour, 100) / 100)
        for count, hour in zip(counts, hours, strict=True)
    ]
    promise = f"{PERCENT} of pictures have their result within {env.result_seconds} s"
    return Objective("Latency", promise, counts, late, _list_days(hours))


def _list_days(hours: Sequence[datetime]) -> list[datetime]:
    return list(hours[DAY_HOURS - 1 :: DAY_HOURS])
