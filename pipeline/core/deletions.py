"""Deletions of accounts that users asked for themselves: one item each in the table of tasks.

The item is the receipt. It stays for 400 days, as the receipts of the portal do, and holds no
address. It lacks the keys of the tasks' indexes, so no list shows it.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import (
    JSONAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
    VersionAttribute,
)
from pynamodb.exceptions import PutError
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta, is_condition_failure
from pipeline.core.erasure import SECOND_LOOK_AFTER, Receipt, build_receipt
from pipeline.core.steps import StepMessage, StepQueue

KEPT = timedelta(days=400)

STALE_AFTER = timedelta(minutes=5)
"""A deletion that nothing has changed for so long has lost its message."""


class Deletion(Model):
    """One user's deletion of their account."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="task_id")
    version = VersionAttribute()
    """If two processes work on it at the same time, one fails and comes back later."""
    number = UnicodeAttribute()
    """What the user and the operators call it."""
    receipt = JSONAttribute()
    changed_at = UTCDateTimeAttribute()
    expires_at = TTLAttribute(default_for_new=KEPT)

    @property
    def is_deleted(self) -> bool:
        """Whether all data and the account are gone. A second look may follow."""
        return "account_deleted_at" in self.receipt

    @property
    def looks_again_at(self) -> datetime | None:
        """When the second look is due; None before the account is deleted."""
        if not self.is_deleted:
            return None
        return datetime.fromisoformat(self.receipt["account_deleted_at"]) + SECOND_LOOK_AFTER

    @property
    def is_done(self) -> bool:
        return "looked_again_at" in self.receipt

    @property
    def is_stale(self) -> bool:
        return not self.is_deleted and datetime.now(UTC) - self.changed_at > STALE_AFTER


class DeletionMessage(StepMessage, frozen=True):
    """The body of a message in the queue of erasures."""


def find_deletion(owner_id: str) -> Deletion | None:
    """What this user asked for, or None."""
    try:
        return Deletion.get(_build_key(owner_id), consistent_read=True)
    except Deletion.DoesNotExist:
        return None


def begin(owner_id: str, account: str, queue: StepQueue) -> Deletion:
    """Delete all data of a user and the account. A repeat gets the same deletion.

    Table, queue: if the process stops in between, a repeat sends the message.

    Args:
        account: Its name in the user pool.
    """
    deletion = find_deletion(owner_id) or _insert(owner_id, account)
    if not deletion.is_deleted:
        schedule(owner_id, queue)  # A message too many does no harm
    return deletion


def revive(deletion: Deletion, owner_id: str, queue: StepQueue) -> None:
    """Send the message again if nothing has happened for minutes."""
    if deletion.is_stale:
        schedule(owner_id, queue)


def schedule(owner_id: str, queue: StepQueue, *, delay_seconds: int = 0) -> None:
    """Let a function go on with it."""
    queue.add(DeletionMessage(owner_id=owner_id), delay_seconds=delay_seconds)


def note(deletion: Deletion, receipt: Receipt) -> None:
    """Store how far it is.

    Raises:
        PutError: Another process works on it.
    """
    deletion.receipt = receipt
    deletion.changed_at = datetime.now(UTC)
    deletion.save()


def _insert(owner_id: str, account: str) -> Deletion:
    now = datetime.now(UTC)
    deletion = Deletion(
        _build_key(owner_id),
        number=f"{now:%Y%m%d}-{secrets.token_hex(4).upper()}",
        receipt=build_receipt(owner_id, account),
        changed_at=now,
    )
    try:
        deletion.save()  # The version makes it fail if there is one
    except PutError as error:
        first = find_deletion(owner_id)
        if not is_condition_failure(error) or first is None:
            raise
        return first
    return deletion


def _build_key(owner_id: str) -> str:
    return f"deletion:{owner_id}"
