"""What Amazon Rekognition cost, day by day, as Django sees it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db import models

from pipeline.core.controls import Decision, read_controls
from pipeline.core.rekognition import BUDGET, MICRO, choose_budget, read_day
from portal.environment import env
from portal.remote.queryset import RemoteQuerySet

SHOWN_DAYS = 14


class DayQuerySet(RemoteQuerySet["Day"]):
    def read_rows(self) -> Iterator[Day]:
        controls = read_controls()
        decision = controls.find(BUDGET)
        today = datetime.now(UTC).date()
        for days_ago in range(SHOWN_DAYS):
            found = read_day(today - timedelta(days=days_ago))
            yield self.build(
                source=decision,
                date=found.day.isoformat(),
                spent_usd=found.spent_usd,
                pictures=found.pictures,
                refused=found.refused,
                budget_usd=choose_budget(controls, env.rekognition_usd_a_day) / MICRO,
                is_today=days_ago == 0,
            )


class Day(models.Model):
    """What was spent on Amazon Rekognition on one day, in UTC. It has no SQL table."""

    date = models.CharField(primary_key=True, max_length=10)
    spent_usd = models.FloatField("spent")
    pictures = models.IntegerField("pictures asked about")
    refused = models.IntegerField("pictures beyond the budget")
    budget_usd = models.FloatField("budget now")
    is_today = models.BooleanField()

    objects = DayQuerySet.as_manager()
    source: Decision | None

    class Meta:
        managed = False
        verbose_name = "Rekognition day"
        verbose_name_plural = "Rekognition days"
        default_permissions = ("view",)
        permissions = (("change_budget", "Can change the budget for Amazon Rekognition"),)

    def __str__(self) -> str:
        return self.date

    @property
    def most_usd(self) -> float:
        """The largest budget that Terraform allows. 0: Rekognition is not offered."""
        return env.rekognition_usd_a_day


def show_usd(usd: float) -> str:
    """Dollars with as many digits as the price of one picture has."""
    return f"{usd:,.5f}".rstrip("0").rstrip(".") + " USD"
