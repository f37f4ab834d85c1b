"""Begin and delete exports. One user has one open export at a time."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.core.errors import (
    ExportOpenError,
    IdempotencyKeyReusedError,
    TooManyExportsError,
)
from pipeline.core.exports import record
from pipeline.core.exports.files import ExportFiles
from pipeline.core.exports.record import MAX_EXPORTS, Export
from pipeline.core.steps import StepMessage, StepQueue


class ExportMessage(StepMessage, frozen=True):
    """The body of a message in the queue of exports."""

    export_id: str


def begin(export: Export, queue: StepQueue, charge: Callable[[], None]) -> Export:
    """Save an export and let a function write it.

    Table, queue: if the process stops in between, the same request sends the message, and so does
    `revive`.

    Args:
        charge: Charges the user for a new export, or refuses it with an error.

    Returns:
        The export, or the one that an earlier request with the same id made.

    Raises:
        IdempotencyKeyReusedError: The earlier request asked for something else.
        ExportOpenError: Another export of this user is open.
        TooManyExportsError: The user has as many as one user may have.
    """
    first = record.find_export(export.owner_id, export.export_id)
    if first is None:
        _check_room(export)
        charge()
        if record.insert(export):
            _withdraw_beside_another(export)
            schedule(export, queue)
            return export
        first = record.get_export(export.owner_id, export.export_id)
    if first.request_hash != export.request_hash:
        raise IdempotencyKeyReusedError
    if first.status == record.ExportStatus.WAITING:
        schedule(first, queue)  # A message too many does no harm
    return first


def schedule(export: Export, queue: StepQueue) -> None:
    """Let a function write it."""
    queue.add(ExportMessage(owner_id=export.owner_id, export_id=export.export_id))


def revive(export: Export, queue: StepQueue) -> None:
    """Send the message of an open export again if nothing has happened for minutes."""
    if export.is_stale:
        schedule(export, queue)


def delete(export: Export, files: ExportFiles) -> None:
    """Delete an export and its file. A repeat does no harm.

    Bucket, table, bucket: while the record exists, a caller can repeat a deletion that broke off.
    A function that writes it stops when the record is gone, and deletes what it wrote.
    """
    files.delete_all(export.owner_id, export.export_id)
    export.delete()
    files.delete_all(export.owner_id, export.export_id)


def _check_room(export: Export) -> None:
    present = record.list_exports(export.owner_id)
    if any(each.is_open for each in present):
        raise ExportOpenError
    if len(present) >= MAX_EXPORTS:
        raise TooManyExportsError


def _withdraw_beside_another(export: Export) -> None:
    """Let at most one of several requests that come at the same time keep its export."""
    present = record.list_exports(export.owner_id)
    if any(each.is_open and each.export_id != export.export_id for each in present):
        export.delete()
        raise ExportOpenError
