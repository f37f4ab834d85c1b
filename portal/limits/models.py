"""The limits of each user, as Django sees them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import models

from pipeline.core.controls import Decision, read_controls, unpack
from pipeline.core.settings import read_environment
from pipeline.core.user_limits import BOUNDS, Bounds, UserLimits, apply_decisions, is_whole
from portal.remote.queryset import RemoteQuerySet


@dataclass(frozen=True)
class Kind:
    """How people read a limit: its title, and what its number counts."""

    title: str
    meaning: str
    unit: str = ""
    scale: int = 1
    """How many of what is stored are one of `unit`."""

    def show(self, value: float) -> str:
        number = f"{value / self.scale:,.10g}"
        return f"{number} {self.unit}" if self.unit else number


KINDS = {
    "max_unfinished_tasks": Kind(
        "Unfinished pictures", "Pictures of one user that wait or are recognised at the same time"
    ),
    "uploads_per_second": Kind("Uploads a second", "In the long run; large pictures count more"),
    "upload_burst": Kind("Uploads at once", "After a pause"),
    "requests_per_second": Kind("Requests a second", "Of any kind, in the long run"),
    "request_burst": Kind("Requests at once", "After a pause"),
    "bytes_per_day": Kind("Sent in a day", "Size of all pictures in 24 hours", "GB", 10**9),
    "stored_bytes": Kind("Stored", "Size of all pictures in 30 days", "GB", 10**9),
    "megapixels_per_day": Kind(
        "Megapixels in a day", "Times the passes that opening a picture takes"
    ),
    "reposts_per_day": Kind(
        "Used forms posted in a day", "More lock the account out for a day: somebody wastes storage"
    ),
}


class LimitQuerySet(RemoteQuerySet["Limit"]):
    def read_rows(self) -> Iterator[Limit]:
        defaults, controls = UserLimits.model_validate(read_environment()), read_controls()
        current = apply_decisions(defaults, controls)
        for name in KINDS:
            decision = controls.find(name)
            yield self.build(
                source=decision,
                name=name,
                current=getattr(current, name),
                default=getattr(defaults, name),
                **unpack(decision, "changed"),
            )


class Limit(models.Model):
    """What each user may do at most. It has no SQL table."""

    name = models.CharField(primary_key=True, max_length=40)
    current = models.FloatField("now")
    default = models.FloatField()
    changed_at = models.DateTimeField("changed", null=True)
    changed_by = models.CharField("changed by", max_length=254)
    reason = models.TextField()

    objects = LimitQuerySet.as_manager()
    source: Decision | None

    class Meta:
        managed = False
        default_permissions = ("view",)
        permissions = (("change_limit", "Can change the limits of all users"),)

    def __str__(self) -> str:
        return self.kind.title

    @property
    def kind(self) -> Kind:
        return KINDS[self.name]

    @property
    def bounds(self) -> Bounds:
        return BOUNDS[self.name]

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return is_whole(self.name)

    @property
    def shown_current(self) -> str:
        return self.kind.show(self.current)

    @property
    def shown_default(self) -> str:
        return self.kind.show(self.default)

    @property
    def shown_bounds(self) -> str:
        return f"{self.kind.show(self.bounds.least)} to {self.kind.show(self.bounds.most)}"
