"""Lengths of time as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.html import format_html

UNITS = ((86400, "d"), (3600, "h"), (60, "min"))


def describe_seconds(seconds: float) -> str:
    """Short, with the two largest units: "2 h 5 min", "850 ms"."""
    if seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    rest = int(seconds)
    parts = []
    for size, unit in UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2])


def show_moment(moment: datetime | None) -> str:
    """A moment in a list: short for people, exact for programs."""
    if moment is None:
        return ""
    return format_html(
        '<time datetime="{}">{}</time>', moment.isoformat(), f"{moment:%d %b %H:%M:%S}"
    )


def describe_span(span: timedelta) -> str:
    return describe_seconds(span.total_seconds())
