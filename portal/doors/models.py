"""What can be closed for everybody, as Django sees it."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import models

from pipeline.core import doors
from pipeline.core.controls import Decision, unpack
from portal.remote.queryset import RemoteQuerySet

LABELS = {doors.Door.UPLOADS.value: "Uploads", doors.Door.SIGN_UP.value: "Sign-up"}


class DoorQuerySet(RemoteQuerySet["Door"]):
    def read_rows(self) -> Iterator[Door]:
        for name in doors.Door:
            closure = doors.find_closure(name)
            yield self.build(
                source=closure,
                name=name.value,
                **unpack(closure, "closed"),
            )


class Door(models.Model):
    """Uploads, or sign-up. It has no SQL table."""

    name = models.CharField(primary_key=True, max_length=20)
    closed_at = models.DateTimeField("closed since", null=True)
    closed_by = models.CharField("closed by", max_length=254)
    reason = models.TextField()

    objects = DoorQuerySet.as_manager()
    source: Decision | None

    class Meta:
        managed = False
        default_permissions = ("view",)
        permissions = (("change_door", "Can close and open a door"),)

    def __str__(self) -> str:
        return LABELS[self.name]

    @property
    def is_closed(self) -> bool:
        return self.source is not None
