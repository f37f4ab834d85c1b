"""Charts as data: the browser draws them with Chart.js, and each has a table behind it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from portal.dashboard.metrics import Series
from portal.remote.spans import describe_seconds

LINE, BAR = "line", "bar"
UNKNOWN = "\N{EN DASH}"


@dataclass(frozen=True)
class Line:
    """One series of a chart."""

    label: str
    values: Sequence[float | None]
    kind: str = LINE
    is_limit: bool = False
    """A threshold: dashed and red."""

    @property
    def known(self) -> list[float]:
        return [value for value in self.values if value is not None]


@dataclass(frozen=True)
class Chart:
    """Some series over the same points of time."""

    title: str
    unit: str
    labels: Sequence[str]
    lines: Sequence[Line]
    note: str = ""
    marks: Sequence[tuple[int, str]] = field(default_factory=list)
    """Deploys: the number of the point and the version."""
    is_small: bool = False
    """Whether it is drawn on a card: without a legend and with few numbers on the axes."""

    @property
    def is_empty(self) -> bool:
        return not any(line.known for line in self.lines if not line.is_limit)

    @property
    def data(self) -> str:
        """What charts.js reads."""
        return json.dumps(
            {
                "labels": list(self.labels),
                "unit": self.unit,
                "small": self.is_small,
                "marks": [{"at": at, "label": label} for at, label in self.marks],
                "lines": [
                    {
                        "label": line.label,
                        "values": [_round(value) for value in line.values],
                        "kind": line.kind,
                        "limit": line.is_limit,
                    }
                    for line in self.lines
                ],
            }
        )

    @property
    def summary(self) -> str:
        """The chart in one sentence, for those who cannot see it."""
        parts = [
            f"{line.label} at most {say(max(line.known))}, last {say(line.known[-1])}"
            for line in self.lines
            if line.known and not line.is_limit
        ]
        unit = f", in {self.unit}" if self.unit else ""
        return f"{self.title}{unit}: {'; '.join(parts)}"

    @property
    def rows(self) -> Iterator[tuple[str, list[str]]]:
        """The table behind the chart, newest first."""
        for index in reversed(range(len(self.labels))):
            yield self.labels[index], [say(line.values[index]) for line in self.lines]


def build_small(series: Series, title: str, limit: float | None = None) -> Chart:
    """The chart of a card: one value a minute until now."""
    count = len(series.values)
    labels = [_say_ago(count - 1 - index) for index in range(count)]
    lines = [Line(title, series.values)]
    if limit is not None:
        lines.append(Line("Alarm", [limit] * count, is_limit=True))
    return Chart(title, "", labels, lines, is_small=True)


def say(value: float | None) -> str:
    """A number with as many digits as a person reads."""
    if value is None:
        return UNKNOWN
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.2f}"


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _say_ago(minutes: int) -> str:
    return f"{describe_seconds(minutes * 60)} ago" if minutes else "now"
