"""The record of an export in DynamoDB.

All exports of a user are one list, because the user's id is the hash key. Nobody can read an export
of somebody else, whatever id they send.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid4, uuid5

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta, is_condition_failure
from pipeline.core.errors import ExportNotFoundError, PipelineError

LIFETIME = timedelta(days=1)
"""How long an export is kept. S3's lifecycle rule deletes its file after the same time."""

MAX_EXPORTS = 5
"""Exports of one user that exist at once."""

MAX_PHOTOS = 100_000
MAX_BYTES = 20 * 10**9
"""The most that one export holds."""

STALE_AFTER = timedelta(minutes=5)
"""An open export that nothing has changed for so long has lost its message."""

_KEY_NAMESPACE = UUID("0d3d4c5e-9a3c-4c5b-8f0a-55b1c2d6a7e1")
"""Namespace of the ids that are computed from an Idempotency-Key. Never change it."""


class ExportFormat(StrEnum):
    """What an export holds."""

    NDJSON = "ndjson"  # Results as the API shows them, one a line
    CSV = "csv"  # A table with a row for each label or box
    COCO = "coco"  # Boxes as training programs read them
    XMP = "xmp"  # Keywords beside each photo, for photo managers
    ORIGINALS = "originals"  # The photos


_ENDINGS = {
    ExportFormat.NDJSON: ".ndjson",
    ExportFormat.CSV: ".csv",
    ExportFormat.COCO: "-coco.json",
    ExportFormat.XMP: "-xmp.zip",
    ExportFormat.ORIGINALS: "-photos.zip",
}


class ExportStatus(StrEnum):
    """Where an export is in its life."""

    WAITING = "waiting"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


OPEN_STATUSES = (ExportStatus.WAITING, ExportStatus.RUNNING)


class Export(Model):
    """One request to write a file."""

    class Meta(BaseMeta): ...

    owner_id = UnicodeAttribute(hash_key=True)
    export_id = UnicodeAttribute(range_key=True, default_for_new=lambda: str(uuid4()))
    created_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    updated_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    finished_at = UTCDateTimeAttribute(null=True)
    expires_at = TTLAttribute(default_for_new=LIFETIME)
    format = UnicodeAttribute()
    selection = JSONAttribute()
    """Written by `Selection`."""
    request_hash = UnicodeAttribute(null=True)
    """SHA-256 of a request with an Idempotency-Key: detects reuse of the key."""
    status = UnicodeAttribute(default_for_new=ExportStatus.WAITING.value)
    held_until = UTCDateTimeAttribute(null=True)
    """A function works on it until then at the latest."""
    photos = NumberAttribute(default_for_new=0)
    """Photos that are in the file so far."""
    total = NumberAttribute(null=True)
    """Photos that it will have, where that is known before."""
    size_bytes = NumberAttribute(default_for_new=0)
    error_code = UnicodeAttribute(null=True)
    error_message = UnicodeAttribute(null=True)

    @property
    def is_open(self) -> bool:
        return self.status in OPEN_STATUSES

    @property
    def is_stale(self) -> bool:
        """Whether nothing will go on by itself: its message was never sent."""
        return self.is_open and datetime.now(UTC) - self.updated_at > STALE_AFTER

    @property
    def file_name(self) -> str:
        """What the user's browser calls the file."""
        return f"spotter-{self.created_at:%Y-%m-%d-%H%M}{_ENDINGS[ExportFormat(self.format)]}"


def build_export_id(owner_id: str, idempotency_key: str | None) -> str:
    """A new id, or the one that every request with this key has."""
    if idempotency_key is None:
        return str(uuid4())
    return str(uuid5(_KEY_NAMESPACE, f"{owner_id} {idempotency_key}"))


def insert(export: Export) -> bool:
    """Save a new export.

    Returns:
        False if there is one with this id.
    """
    # DynamoDB deletes expired items days late.
    is_over = Export.expires_at < datetime.now(UTC)
    try:
        export.save(condition=Export.export_id.does_not_exist() | is_over)
    except PutError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def find_export(owner_id: str, export_id: str) -> Export | None:
    """The user's export with this id, or None. DynamoDB deletes expired items days late."""
    try:
        export = Export.get(owner_id, export_id, consistent_read=True)
    except Export.DoesNotExist:
        return None
    return export if export.expires_at > datetime.now(UTC) else None


def get_export(owner_id: str, export_id: str) -> Export:
    """The user's export with this id.

    Raises:
        ExportNotFoundError: There is none.
    """
    export = find_export(owner_id, export_id)
    if export is None:
        raise ExportNotFoundError
    return export


def list_exports(owner_id: str) -> list[Export]:
    """All exports of a user, newest first."""
    now = datetime.now(UTC)
    found = [it for it in Export.query(owner_id, consistent_read=True) if it.expires_at > now]
    return sorted(found, key=lambda export: export.created_at, reverse=True)


def hold(export: Export, until: datetime) -> bool:
    """Let one function alone work on it until then.

    Returns:
        False if another one does.
    """
    now = datetime.now(UTC)
    is_free = Export.held_until.does_not_exist() | (Export.held_until < now)
    return _update(
        export,
        is_free & Export.status.is_in(*OPEN_STATUSES),
        Export.held_until.set(until),
        Export.status.set(ExportStatus.RUNNING.value),
    )


def note_progress(export: Export, *, photos: int, size_bytes: int, total: int | None) -> bool:
    """Store how far it is.

    Returns:
        False if it was deleted meanwhile.
    """
    return _update(
        export,
        Export.status.is_in(*OPEN_STATUSES),
        Export.photos.set(photos),
        Export.size_bytes.set(size_bytes),
        Export.total.remove() if total is None else Export.total.set(total),
    )


def release(export: Export) -> bool:
    """Let another call work on it."""
    return _update(export, Export.export_id.exists(), Export.held_until.remove())


def succeed(export: Export, *, photos: int, size_bytes: int) -> bool:
    """Mark it as finished.

    Returns:
        False if it was deleted meanwhile.
    """
    return _finish(
        export,
        ExportStatus.SUCCEEDED,
        Export.photos.set(photos),
        Export.total.set(photos),
        Export.size_bytes.set(size_bytes),
    )


def fail(export: Export, error: PipelineError) -> bool:
    """Mark it as failed, with the reason.

    Returns:
        False if it was deleted meanwhile.
    """
    return _finish(
        export,
        ExportStatus.FAILED,
        Export.error_code.set(error.code),
        Export.error_message.set(str(error)),
    )


def _finish(export: Export, status: ExportStatus, *actions: Action) -> bool:
    now = datetime.now(UTC)
    # True if the answer to this same write was lost and botocore sends it again.
    is_repeat = (Export.status == status) & (Export.finished_at == now)
    return _update(
        export,
        Export.status.is_in(*OPEN_STATUSES) | is_repeat,
        Export.status.set(status.value),
        *actions,
        Export.finished_at.set(now),
        Export.held_until.remove(),
    )


def _update(export: Export, condition: Condition, *actions: Action) -> bool:
    try:
        export.update(
            actions=[*actions, Export.updated_at.set(datetime.now(UTC))],
            condition=Export.export_id.exists() & condition,
        )
    except UpdateError as error:
        if is_condition_failure(error):
            return False
        raise
    return True
