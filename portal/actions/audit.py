"""Writes the audit log: who did what to which thing, when and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db.models import Model

from portal.actions.items import AuditItem, build_run_place

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
    things: Sequence[str] = (),
    run_id: str = "",
    whole_run: str = "",
) -> AuditItem:
    """Write one entry.

    Args:
        things: Keys of the things that it tells of, if these are several.
        run_id: The entry stands below the one of this run, and not in the list of all.
        whole_run: The entry tells of this run.
    """
    entry = AuditItem(
        operator=operator.get_username(),
        action=action,
        target=target,
        detail=detail[:DETAIL_LENGTH],
        reason=reason,
        receipt=receipt,
        things=list(things) or None,
        run_id=whole_run or None,
    )
    if run_id:
        entry.month = build_run_place(run_id)
    entry.save()
    return entry


def complete(entry: AuditItem, detail: str) -> None:
    """Add to an entry what became of it."""
    entry.update(actions=[AuditItem.detail.set(detail[:DETAIL_LENGTH])])


def list_of_run(run_id: str, limit: int) -> list[AuditItem]:
    """What a run did to each thing, newest first."""
    entries = AuditItem.by_month.query(
        build_run_place(run_id), scan_index_forward=False, limit=limit
    )
    return list(entries)
