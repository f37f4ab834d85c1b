"""The audit log as a CSV file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse

from portal.access.models import get_operator
from portal.actions import audit
from portal.actions.csv_export import send_csv
from portal.actions.items import AuditItem
from portal.actions.models import AuditEntry

LIMIT = 10_000
RUN_ITEMS = 1000
FIELDS = ("at", "operator", "action", "target", "detail", "reason", "things")


def export(request: HttpRequest, entries: Iterable[AuditEntry]) -> StreamingHttpResponse:
    """Send the entries, those of runs with what they did to each thing, and audit the export."""
    query = request.GET.urlencode() or "everything"
    audit.record(get_operator(request), "Export", "operators.auditentry/*", query)
    found = islice(_expand(entries), LIMIT)
    rows = ([_read_field(entry, name) for name in FIELDS] for entry in found)
    return send_csv("audit", FIELDS, rows)


def _expand(entries: Iterable[AuditEntry]) -> Iterator[AuditEntry | AuditItem]:
    """Each entry, and after the entry of a run what it did to each thing."""
    for entry in entries:
        yield entry
        if entry.source.run_id:
            yield from audit.list_of_run(entry.source.run_id, RUN_ITEMS)


def _read_field(entry: AuditEntry | AuditItem, name: str) -> Any:
    value = getattr(entry, name)
    return " ".join(value or ()) if name == "things" else value
