"""A line chart of one series, drawn on the server as SVG: no script, and readable as text."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from portal.remote.spans import describe_seconds

WIDTH, HEIGHT = 240, 40


def draw(values: Sequence[float | None], title: str, threshold: float | None = None) -> SafeString:
    """Draw one value a minute as lines; leave gaps where nothing is known."""
    known = [value for value in values if value is not None]
    if not known:
        return mark_safe('<p class="spark-empty">No data yet</p>')
    top = max([*known, threshold or 0]) or 1
    lines = format_html_join(
        "",
        '<path class="spark-area" d="{}"/><path class="spark-line" d="{}"/>',
        [(_area(run), _line(run)) for run in _split(values, top)],
    )
    limit = ""
    if threshold is not None:
        y = _y(threshold, top)
        limit = format_html('<path class="spark-limit" d="M0 {} H{}"/>', y, WIDTH)
    return format_html(
        '<svg class="spark" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" '
        'aria-label="{}: at most {} in the last {}, now {}">{}{}</svg>',
        WIDTH,
        HEIGHT,
        title,
        _say(max(known)),
        describe_seconds(len(values) * 60),
        _say(known[-1]),
        lines,
        limit,
    )


Point = tuple[float, float]


def _split(values: Sequence[float | None], top: float) -> list[list[Point]]:
    """The runs of neighbouring known values as points."""
    runs: list[list[Point]] = [[]]
    step = WIDTH / max(len(values) - 1, 1)
    for index, value in enumerate(values):
        if value is None:
            if runs[-1]:
                runs.append([])
        else:
            runs[-1].append((round(index * step, 1), _y(value, top)))
    return [run for run in runs if run]


def _line(points: Sequence[Point]) -> str:
    if len(points) == 1:
        # A single minute would be an invisible dot.
        ((x, y),) = points
        points = [(x - 1, y), (x + 1, y)]
    return "M" + " L".join(f"{x} {y}" for x, y in points)


def _area(points: Sequence[Point]) -> str:
    return f"{_line(points)} L{points[-1][0]} {HEIGHT} L{points[0][0]} {HEIGHT} Z"


def _y(value: float, top: float) -> float:
    return round(HEIGHT - 2 - value * (HEIGHT - 4) / top, 1)


def _say(value: float) -> str:
    return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.2f}"
