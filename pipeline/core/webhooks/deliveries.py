"""The deliveries of a webhook in DynamoDB: what is to be sent, and what became of it.

Each webhook has two lists: deliveries that are open, and those that are over. Their ids begin with
the time of the event, so both lists are in the order of events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from heapq import merge
from itertools import islice
from uuid import UUID

from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta, is_condition_failure
from pipeline.core.webhooks.errors import DeliveryNotFoundError

LIFETIME = timedelta(days=7)
"""How long a delivery can be seen and sent again."""

TRIED_FOR = timedelta(hours=24)
"""A delivery that did not succeed within this time has failed."""

WAITS = (5, 30, 120, 600, 1800, 3600, 7200, 14_400, 21_600, 34_000)
"""Seconds after each failed call of a delivery. With all of them it is tried for 23 h 9 min."""

KEPT_ATTEMPTS = 10
ANSWER_BYTES = 1024
"""How much is kept of what a receiver answered."""


class DeliveryStatus(StrEnum):
    """Where a delivery is in its life."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One call, and what came of it."""

    at: str
    """ISO 8601."""
    milliseconds: int
    status: int | None = None
    """The HTTP status of the answer; None if there was none."""
    error: str | None = None
    """Why there was no answer."""
    answer: str = ""
    """The first `ANSWER_BYTES` of the answer."""

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def reason(self) -> str:
        """Why it failed, for people."""
        return self.error or f"The receiver answered with status {self.status}."


class Delivery(Model):
    """One event for one webhook."""

    class Meta(BaseMeta): ...

    list_id = UnicodeAttribute(hash_key=True)
    delivery_id = UnicodeAttribute(range_key=True)
    webhook_id = UnicodeAttribute()
    owner_id = UnicodeAttribute()
    event = UnicodeAttribute()
    subject = UnicodeAttribute()
    """What the event is about. Of deliveries with the same subject a later one waits."""
    url = UnicodeAttribute()
    body = UnicodeAttribute()
    """The JSON text that is sent."""
    created_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    next_try_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    give_up_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC) + TRIED_FOR)
    tries = NumberAttribute(default_for_new=0)
    """Calls since it was created or sent again by hand."""
    attempts = JSONAttribute(default_for_new=list)
    """The newest `KEPT_ATTEMPTS` calls, oldest first: `Attempt`."""
    status = UnicodeAttribute(default_for_new=DeliveryStatus.WAITING.value)
    finished_at = UTCDateTimeAttribute(null=True)
    expires_at = TTLAttribute(default_for_new=LIFETIME)

    def list_attempts(self) -> list[Attempt]:
        """The newest calls, oldest first."""
        return [Attempt(**attempt) for attempt in self.attempts]


def build_open_list(webhook_id: str) -> str:
    return f"open#{webhook_id}"


def build_closed_list(webhook_id: str) -> str:
    return f"closed#{webhook_id}"


def build_delivery_id(webhook_id: str, event: str, subject: str, moment: datetime) -> str:
    """The same id for the same event, in the order of time: a UUID of version 7.

    https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7
    """
    milliseconds = int(moment.timestamp() * 1000)
    text = f"{webhook_id} {event} {subject} {moment.isoformat()}"
    digest = int.from_bytes(hashlib.sha256(text.encode()).digest()[:10], "big")
    number = (milliseconds << 80) | digest
    number = number & ~(0xF << 76) | (7 << 76)
    return str(UUID(int=number & ~(0b11 << 62) | (0b10 << 62)))


def insert(delivery: Delivery) -> bool:
    """Save a delivery.

    Returns:
        False if it was saved before, also if it is over.
    """
    if find_delivery(delivery.webhook_id, delivery.delivery_id):
        return False
    try:
        delivery.save(condition=Delivery.delivery_id.does_not_exist())
    except PutError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def find_delivery(webhook_id: str, delivery_id: str) -> Delivery | None:
    """The delivery, open or over; None if there is none."""
    for list_id in (build_open_list(webhook_id), build_closed_list(webhook_id)):
        try:
            return Delivery.get(list_id, delivery_id, consistent_read=True)
        except Delivery.DoesNotExist:
            continue
    return None


def get_delivery(webhook_id: str, delivery_id: str) -> Delivery:
    """The delivery, open or over.

    Raises:
        DeliveryNotFoundError: There is none, or it has expired.
    """
    delivery = find_delivery(webhook_id, delivery_id)
    if delivery is None or delivery.expires_at < datetime.now(UTC):
        raise DeliveryNotFoundError
    return delivery


def list_open(webhook_id: str, limit: int, after: str | None = None) -> list[Delivery]:
    """Open deliveries, oldest first.

    Args:
        after: Only those with a larger id.
    """
    condition = Delivery.delivery_id > after if after else None
    found = Delivery.query(
        build_open_list(webhook_id), condition, consistent_read=True, limit=limit, page_size=limit
    )
    return list(found)


def list_newest(webhook_id: str, limit: int, before: str | None = None) -> list[Delivery]:
    """Deliveries, open or over, newest first.

    Args:
        before: Only those with a smaller id.
    """
    lists = (build_open_list(webhook_id), build_closed_list(webhook_id))
    pages = (_list_newest(list_id, limit, before) for list_id in lists)
    # One that was just closed may still be in the first list.
    by_id: dict[str, Delivery] = {}
    for delivery in merge(*pages, key=lambda it: str(it.delivery_id), reverse=True):
        by_id[delivery.delivery_id] = delivery
    now = datetime.now(UTC)
    return list(islice((it for it in by_id.values() if it.expires_at > now), limit))


def note_attempt(delivery: Delivery, attempt: Attempt, next_try_at: datetime) -> bool:
    """Store a call that failed.

    Returns:
        False if the delivery was deleted.
    """
    actions: list[Action] = [
        Delivery.attempts.set(_add(delivery, attempt)),
        Delivery.tries.set(int(delivery.tries) + 1),
        Delivery.next_try_at.set(next_try_at),
    ]
    try:
        delivery.update(actions=actions, condition=Delivery.delivery_id.exists())
    except UpdateError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def close(delivery: Delivery, status: DeliveryStatus, attempt: Attempt | None = None) -> None:
    """Move a delivery to the list of those that are over.

    If the process stops in between, the delivery is in both lists and is sent once more.
    """
    if attempt:
        delivery.attempts = _add(delivery, attempt)
        delivery.tries = int(delivery.tries) + 1
    _move(delivery, build_closed_list(delivery.webhook_id), status, datetime.now(UTC))


def reopen(delivery: Delivery) -> None:
    """Send a delivery again, from its first try on. An open one is tried at once."""
    now = datetime.now(UTC)
    delivery.tries, delivery.next_try_at, delivery.give_up_at = 0, now, now + TRIED_FOR
    delivery.expires_at = now + LIFETIME
    _move(delivery, build_open_list(delivery.webhook_id), DeliveryStatus.WAITING, None)


def delete_some(webhook_id: str, limit: int) -> int:
    """Delete deliveries of a webhook, both open and over.

    Returns:
        How many. Fewer than `limit` are all that there were.
    """
    found = list_some_keys(webhook_id, limit)
    with Delivery.batch_write() as batch:
        for delivery in found:
            batch.delete(delivery)
    return len(found)


def list_some_keys(webhook_id: str, limit: int) -> list[Delivery]:
    """Some deliveries of a webhook, with nothing but their keys."""
    names = [Delivery.list_id.attr_name, Delivery.delivery_id.attr_name]
    lists = (build_open_list(webhook_id), build_closed_list(webhook_id))
    found = (
        delivery
        for list_id in lists
        for delivery in Delivery.query(
            list_id, consistent_read=True, limit=limit, attributes_to_get=names
        )
    )
    return list(islice(found, limit))


def _list_newest(list_id: str, limit: int, before: str | None) -> Iterator[Delivery]:
    condition = Delivery.delivery_id < before if before else None
    yield from Delivery.query(
        list_id, condition, consistent_read=True, scan_index_forward=False, limit=limit
    )


def _move(
    delivery: Delivery, list_id: str, status: DeliveryStatus, finished_at: datetime | None
) -> None:
    old = Delivery(delivery.list_id, delivery.delivery_id)
    delivery.list_id, delivery.status, delivery.finished_at = list_id, status.value, finished_at
    delivery.save()
    if old.list_id != list_id:
        old.delete()


def _add(delivery: Delivery, attempt: Attempt) -> list[dict[str, object]]:
    return [*delivery.attempts, asdict(attempt)][-KEPT_ATTEMPTS:]
