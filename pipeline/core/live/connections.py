"""The open sockets of users, one item each. `push` looks here for where to send a message."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from pynamodb.attributes import TTLAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.indexes import GlobalSecondaryIndex, KeysOnlyProjection
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta

LONGEST_CONNECTION = timedelta(hours=2)
"""API Gateway closes every socket after this time.

https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html
"""

MAX_CONNECTIONS_PER_USER = 10
"""Open sockets of one user: that many tabs and programs. It bounds what one message can cost."""


class TooManyConnectionsError(Exception):
    """This user has as many open sockets as one user may have."""


class OwnerConnectionIndex(GlobalSecondaryIndex["Connection"]):
    """The open sockets of one user. It follows the table within milliseconds."""

    class Meta:
        index_name = "by_owner"
        projection = KeysOnlyProjection()

    owner_id = UnicodeAttribute(hash_key=True)


class StreamConnectionIndex(GlobalSecondaryIndex["Connection"]):
    """The sockets that were opened with the ticket of one stream."""

    class Meta:
        index_name = "by_stream"
        projection = KeysOnlyProjection()

    stream_id = UnicodeAttribute(hash_key=True)


class Connection(Model):
    """One open socket."""

    class Meta(BaseMeta): ...

    connection_id = UnicodeAttribute(hash_key=True)
    """API Gateway's name of the socket."""
    owner_id = UnicodeAttribute()
    """Cognito's `sub` of the user whose ticket opened it."""
    stream_id = UnicodeAttribute(null=True)
    """The stream whose ticket opened it: of all frames it gets only those of this stream."""
    connected_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    expires_at = TTLAttribute(default_for_new=LONGEST_CONNECTION)
    """API Gateway may fail to tell us that a socket was closed."""

    by_owner = OwnerConnectionIndex()
    by_stream = StreamConnectionIndex()


def add_connection(connection_id: str, owner_id: str, stream_id: str | None = None) -> None:
    """Note that this user has opened a socket, with the ticket of a stream or with another one.

    Sockets that open within the same few milliseconds can exceed the limit, because the index
    follows the table with that delay.

    Raises:
        TooManyConnectionsError: The user has too many open sockets.
    """
    open_count = Connection.by_owner.count(owner_id, limit=MAX_CONNECTIONS_PER_USER)
    if open_count >= MAX_CONNECTIONS_PER_USER:
        raise TooManyConnectionsError
    Connection(connection_id, owner_id=owner_id, stream_id=stream_id).save()


def remove_connection(connection_id: str) -> None:
    """Forget a socket. It does no harm to forget it twice."""
    Connection(connection_id).delete()


def list_connections(owner_id: str) -> list[str]:
    """The ids of this user's open sockets, and perhaps of some that were closed just now."""
    return [found.connection_id for found in Connection.by_owner.query(owner_id)]


def list_listeners(owner_id: str, stream_id: str) -> list[str]:
    """The ids of the sockets that get the frames of a stream.

    Those are the sockets that were opened with its ticket. If there is none, as on the web page,
    all sockets of its owner get them. So several cameras of one user do not get each other's.
    """
    found = [it.connection_id for it in Connection.by_stream.query(stream_id)]
    return found or list_connections(owner_id)
