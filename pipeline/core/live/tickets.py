"""Tickets: each opens one socket, once, within a minute.

A browser cannot send a header with a WebSocket, so its credential is part of the URL, which logs
and histories may keep. A ticket that was used is worth nothing, and the table holds only its hash.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from pynamodb.attributes import TTLAttribute, UnicodeAttribute
from pynamodb.constants import ALL_OLD
from pynamodb.exceptions import DeleteError
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta, is_condition_failure

TICKET_LIFETIME = timedelta(seconds=60)

TICKET_BYTES = 32


@dataclass(frozen=True)
class IssuedTicket:
    """A ticket as its user gets it."""

    ticket: str
    expires_at: datetime


@dataclass(frozen=True)
class Pass:
    """What a consumed ticket says."""

    owner_id: str
    stream_id: str | None
    """The stream that it was given out with."""


class Ticket(Model):
    """What is stored of a ticket.

    It is in the table of connections, but lacks the keys of their indexes, so no list shows it.
    """

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="connection_id")
    user_id = UnicodeAttribute()
    """Not `owner_id`: the index of connections would show the ticket."""
    for_stream = UnicodeAttribute(null=True)
    """Not `stream_id`, for the same reason."""
    expires_at = TTLAttribute()


def issue_ticket(owner_id: str, stream_id: str | None = None) -> IssuedTicket:
    """Make a ticket for this user, for a socket of this stream if one is named."""
    ticket = secrets.token_urlsafe(TICKET_BYTES)
    expires_at = datetime.now(UTC).replace(microsecond=0) + TICKET_LIFETIME
    Ticket(_build_key(ticket), user_id=owner_id, for_stream=stream_id, expires_at=expires_at).save()
    return IssuedTicket(ticket, expires_at)


def redeem_ticket(ticket: str) -> Pass | None:
    """Consume a ticket with one conditional delete, so that it cannot be used twice.

    Returns:
        Its user and stream, or None if the ticket was used before, has expired or was made up.
    """
    table = Ticket._get_connection()  # A model's own `delete` does not return what it deleted
    try:
        answer = table.delete_item(
            _build_key(ticket),
            # DynamoDB deletes an expired item up to two days late.
            condition=Ticket.expires_at > datetime.now(UTC),
            return_values=ALL_OLD,
        )
    except DeleteError as error:
        if is_condition_failure(error):
            return None
        raise
    values = answer["Attributes"]
    stream = values.get(Ticket.for_stream.attr_name)
    return Pass(values[Ticket.user_id.attr_name]["S"], stream["S"] if stream else None)


def _build_key(ticket: str) -> str:
    return f"ticket:{sha256(ticket.encode()).hexdigest()}"
