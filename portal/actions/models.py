"""The audit log and background runs, as Django sees them. They have no SQL table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import models

from portal.access.apps import LABEL
from portal.actions.items import AUDIT_RETENTION, AuditItem, RunItem
from portal.remote.dynamo import DynamoQuerySet, Source


class AuditSource(Source):
    def get_partitions(self, queryset: DynamoQuerySet) -> Sequence[str]:
        now = datetime.now(UTC)
        count = AUDIT_RETENTION.days // 30 + 1
        months = [now.year * 12 + now.month - 1 - back for back in range(count)]
        return [f"{month // 12}-{month % 12 + 1:02d}" for month in months]


class AuditQuerySet(DynamoQuerySet["AuditEntry"]):
    """The audit log."""


class AuditEntry(models.Model):
    """One thing that an operator did: to which thing, when and why."""

    audit_id = models.CharField(primary_key=True, max_length=40)
    at = models.DateTimeField("when")
    operator = models.CharField(max_length=254)
    action = models.CharField(max_length=60)
    target = models.CharField(max_length=300)
    detail = models.TextField("outcome")
    reason = models.TextField()

    objects = AuditQuerySet.as_manager()
    source_of_rows = AuditSource(
        AuditItem,
        "at",
        {"target": "by_target", "operator": "by_operator", "month": "by_month"},
        "month",
    )

    source: AuditItem

    # The names by which Django's "Recent actions" and History read an entry.
    is_addition = is_deletion = False
    content_type = None

    class Meta:
        app_label = LABEL
        managed = False
        ordering = ("-at",)
        default_permissions = ("view",)
        permissions = (("export_auditentry", "Can export the audit log"),)
        verbose_name_plural = "audit log"

    def __str__(self) -> str:
        return f"{self.action} {self.target_name}"

    @property
    def things(self) -> Sequence[str]:
        """Keys of the things, if the entry tells of several."""
        return [str(thing) for thing in self.source.things or ()]

    @property
    def target_model(self) -> str:
        return self.target.partition("/")[0]

    @property
    def target_name(self) -> str:
        return self.target.partition("/")[2]


class RunState(models.TextChoices):
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    CANCELLED = "cancelled"
    STOPPED = "stopped"


class RunQuerySet(DynamoQuerySet["Run"]):
    """The background runs."""


class Run(models.Model):
    """An operation on everything that matches a filter."""

    run_id = models.CharField(primary_key=True, max_length=40)
    created_at = models.DateTimeField("started")
    state = models.CharField(max_length=12, choices=RunState.choices)
    operator = models.CharField(max_length=254)
    model = models.CharField(max_length=60)
    operation = models.CharField(max_length=40)
    done_count = models.IntegerField("done")
    skipped_count = models.IntegerField("skipped")
    failed_count = models.IntegerField("failed")

    objects = RunQuerySet.as_manager()
    source_of_rows = Source(RunItem, "created_at", {"state": "by_state"}, "state")
    source: RunItem

    class Meta:
        app_label = LABEL
        managed = False
        ordering = ("-created_at",)
        default_permissions = ("view",)
        permissions = (("cancel_run", "Can cancel a background run"),)
        verbose_name = "background run"

    def __str__(self) -> str:
        return self.run_id
