"""Disagreements of users and models, as Django sees them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import CharField, FloatField, IntegerField, Model

from portal.corrections import disagreements
from portal.remote.queryset import RemoteQuerySet


class DisagreementQuerySet(RemoteQuerySet["Disagreement"]):
    def read_rows(self) -> Iterator[Disagreement]:
        for found in disagreements.list_disagreements():
            yield self.build(
                source=found,
                key=found.key,
                kind=found.kind.value,
                found=found.found,
                right=found.right,
                models=found.models,
                photos=len(found.tasks),
                users=found.owner_count,
                confidence=found.confidence,
            )


class Disagreement(Model):
    """The same correction of results of the same models. It has no SQL table."""

    key = CharField(primary_key=True, max_length=24)
    kind = CharField(max_length=30)
    found = CharField("found", max_length=200)
    right = CharField("right", max_length=200)
    models = CharField(max_length=400)
    photos = IntegerField()
    users = IntegerField()
    confidence = FloatField(null=True)

    objects = DisagreementQuerySet.as_manager()
    source: disagreements.Disagreement

    class Meta:
        managed = False
        default_permissions = ("view",)
        permissions = (("export_disagreement", "Can export an evaluation set"),)

    def __str__(self) -> str:
        return " → ".join(name for name in (self.found, self.right or "nothing") if name)
