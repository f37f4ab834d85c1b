"""The audit log can be searched and exported, and its export is safe to open."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from portal.actions.items import AuditItem

TASK = "00000000-0000-4000-8000-000000000001"


def read(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def write(operator: str, action: str, reason: str = "", days_ago: int = 0) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    AuditItem(
        operator=operator,
        action=action,
        target=f"tasks.task/{TASK}",
        reason=reason,
        at=at,
        month=f"{at:%Y-%m}",
    ).save()


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=ann@example.com", 2),
        (f"q=tasks.task/{TASK}", 3),
        (f"q={TASK}", 3),
        ("q=nobody", 0),
        ("action=Delete", 1),
        ("q=ann@example.com&action=Delete", 1),
    ],
)
def test_entries_are_found_by_operator_target_and_action(
    viewer: Client, query: str, count: int
) -> None:
    write("ann@example.com", "Delete")
    write("ann@example.com", "Retry")
    write("bob@example.com", "Retry", days_ago=100)

    page = viewer.get(f"/operators/auditentry/?{query}").content.decode()

    assert page.count("data-row ") == count


def test_only_an_admin_exports_and_that_is_audited(operator: Client, admin: Client) -> None:
    write("ann@example.com", "Delete", reason="Asked for it")
    write("bob@example.com", "Retry")
    path = "/operators/auditentry/export/?q=ann@example.com"

    refused = operator.post(path).status_code
    response = admin.post(path)

    content = read(response)
    rows = list(csv.DictReader(io.StringIO(content)))
    assert refused == 403
    assert [(row["operator"], row["reason"]) for row in rows] == [
        ("ann@example.com", "Asked for it")
    ]
    assert "attachment" in response["Content-Disposition"]
    assert "Export" in [entry.action for entry in AuditItem.scan()]


@pytest.mark.parametrize("reason", ["=1+1", "+1", "-1", "@SUM(A1)"])
def test_an_export_contains_no_formula_that_a_spreadsheet_runs(admin: Client, reason: str) -> None:
    write("ann@example.com", "Delete", reason=reason)

    response = admin.post("/operators/auditentry/export/?action=Delete")

    content = read(response)
    [row] = csv.DictReader(io.StringIO(content))
    assert row["reason"] == f"'{reason}"
