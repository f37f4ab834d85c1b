"""The bodies of answers about the days on which somebody has tasks."""

from datetime import datetime

from pydantic import Field

from pipeline.core.labels import ApiModel


class DayView(ApiModel):
    """A day on which the caller has tasks."""

    newest_at: datetime = Field(
        description="When its newest task was created.", examples=["2026-11-22T12:00:00.104000Z"]
    )


class DaysView(ApiModel):
    """The days on which the caller has tasks."""

    days: list[DayView] = Field(description="Newest first.")
