"""The tasks of the pipeline, as Django sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import CharField, DateTimeField, IntegerField, Model, TextField

from pipeline.core.tasks import record as records
from portal.remote.dynamo import DynamoQuerySet, Source

STATUSES = [(status.value, status.replace("_", " ")) for status in records.TaskStatus]


class TaskQuerySet(DynamoQuerySet["Task"]):
    """Knows which status an error implies, so that a rare error is found without reading all."""

    def _choose_partitions(self) -> tuple[str, Sequence[str]]:
        if self.equal_to("retrying") is not None and self.equal_to("owner_id") is None:
            return super()._choose_partitions()
        asks_status = self.equal_to("status") is not None or self.equal_to("owner_id") is not None
        if self.equal_to("error_code") is not None and not asks_status:
            return "status", [records.TaskStatus.FAILED.value]
        return super()._choose_partitions()


@dataclass(frozen=True)
class Extra:
    """What one row shows beside its index."""

    file_name: str = ""
    receives: str = ""
    address: str = ""
    thumbnail_key: str = ""
    """Empty if the task has no thumbnail."""
    thumbnail_url: str = ""
    """Signed only for a page that the operator sees now."""


class Task(Model):
    """One request to recognise one image. It has no SQL table."""

    task_id = CharField("task", primary_key=True, max_length=36)
    status = CharField(max_length=16, choices=STATUSES)
    owner_id = CharField("owner", max_length=64)
    created_at = DateTimeField("created")
    queued_at = DateTimeField("queued", null=True)
    finished_at = DateTimeField("finished", null=True)
    error_code = CharField("error", max_length=40, null=True)
    worker = CharField(max_length=80, null=True)
    total_ms = IntegerField("total time", null=True)
    models = TextField("models", null=True)
    retrying = CharField("tried again", max_length=3, null=True)
    file_name = CharField("file", max_length=200, null=True)
    last_error = CharField("last error", max_length=200, null=True)

    objects = TaskQuerySet.as_manager()
    source_of_rows = Source(
        records.Task,
        "created_at",
        {"owner_id": "by_owner", "retrying": "being_retried", "status": "by_status"},
        "status",
    )
    source: records.Task
    extra: Extra = Extra()
    """What a list shows beside its index."""

    class Meta:
        managed = False
        ordering = ("-created_at",)
        default_permissions = ("view",)
        permissions = (
            ("retry_task", "Can retry a failed task"),
            ("recognise_task", "Can recognise a picture again with the models of today"),
            ("export_task", "Can export the list of tasks"),
            ("delete_task", "Can delete a task and its picture"),
        )

    def __str__(self) -> str:
        return self.task_id
