"""Writes the audit log: who did what to which thing, when and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Model

from portal.actions.items import AuditItem

if TYPE_CHECKING:
    from portal.access.models import Operator

DETAIL_LENGTH = 1000


def get_target(row: Model) -> str:
    """How the log names a thing: model and key."""
    return f"{row._meta.label_lower}/{row.pk}"


def record(
    operator: Operator,
    action: str,
    target: str,
    detail: str = "",
    reason: str = "",
    *,
    receipt: Mapping[str, object] | None = None,
) -> AuditItem:
    """Write one entry."""
    entry = AuditItem(
        operator=operator.get_username(),
        action=action,
        target=target,
        detail=detail[:DETAIL_LENGTH],
        reason=reason,
        receipt=receipt,
    )
    entry.save()
    return entry


def complete(entry: AuditItem, detail: str) -> None:
    """Add to an entry what became of it."""
    entry.update(actions=[AuditItem.detail.set(detail[:DETAIL_LENGTH])])
