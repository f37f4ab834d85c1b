"""Filters of our templates."""

from __future__ import annotations

from datetime import datetime, timedelta

from django import template
from django.template.defaultfilters import date as date_format
from django.utils.html import format_html

from portal.remote.spans import describe_seconds, describe_span

register = template.Library()


@register.filter
def humanise(value: object) -> str:
    """A code as words: `too_many_pixels` to "too many pixels"."""
    return str(value or "").replace("_", " ").lower()


@register.filter
def percent(ratio: float) -> str:
    """A ratio as a CSS length."""
    return f"{ratio * 100:.2f}%"


@register.filter
def seconds(value: float) -> str:
    return describe_seconds(value)


@register.filter
def milliseconds(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else describe_seconds(value / 1000)


@register.filter
def utc(value: datetime | None, form: str) -> str:
    """A moment in UTC, to which the browser adds its own time. `form` is one of Django's."""
    if value is None:
        return ""
    return format_html(
        '<time datetime="{}">{} UTC</time>', value.isoformat(), date_format(value, form)
    )


@register.filter
def span(value: timedelta) -> str:
    return describe_span(value)
