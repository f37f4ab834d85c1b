"""The list of tasks as a CSV file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, StreamingHttpResponse

from pipeline.core.tasks.version_ids import get_user_id
from portal.access.models import get_operator
from portal.actions import audit
from portal.actions.csv_export import send_csv
from portal.remote.changelist import RemoteChangeList

LIMIT = 10_000
PERMISSION = "tasks.export_task"
FIELDS = (
    "task_id",
    "status",
    "error_code",
    "owner_id",
    "created_at",
    "queued_at",
    "finished_at",
    "total_ms",
    "worker",
)
"""What the index has, so that a file of 10,000 rows needs no other reads."""


def export(request: HttpRequest, changelist: RemoteChangeList) -> StreamingHttpResponse:
    """Send what the list shows, the newest first, and audit the export."""
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    if changelist.problem:
        raise BadRequest(f"{changelist.problem}. Nothing was exported.")
    query = request.GET.urlencode() or "everything"
    audit.record(get_operator(request), "Export", "tasks.task/*", query)
    return send_csv("tasks", FIELDS, _read(changelist))


def _read(changelist: RemoteChangeList) -> Iterator[list[Any]]:
    for task in islice(changelist.queryset.iterator(), LIMIT):
        task.owner_id = get_user_id(task.owner_id)  # A version has an owner of its own
        values = (getattr(task, name) for name in FIELDS)
        yield ["" if value is None else value for value in values]
