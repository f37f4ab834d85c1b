"""A user's open sockets are known, and only so many are allowed."""

from datetime import UTC, datetime

import pytest

from pipeline.core.live.connections import (
    LONGEST_CONNECTION,
    MAX_CONNECTIONS_PER_USER,
    Connection,
    TooManyConnectionsError,
    add_connection,
    list_connections,
    remove_connection,
)
from tests.examples import OWNER_ID


def test_a_users_open_sockets_are_listed_and_no_others() -> None:
    add_connection("socket-1", OWNER_ID)
    add_connection("socket-2", OWNER_ID)
    add_connection("socket-3", "somebody-else")

    assert sorted(list_connections(OWNER_ID)) == ["socket-1", "socket-2"]


def test_a_closed_socket_is_forgotten_however_often_it_is_told() -> None:
    add_connection("socket-1", OWNER_ID)

    remove_connection("socket-1")
    remove_connection("socket-1")

    assert list_connections(OWNER_ID) == []


def test_one_user_has_only_so_many_open_sockets() -> None:
    for number in range(MAX_CONNECTIONS_PER_USER):
        add_connection(f"socket-{number}", OWNER_ID)

    with pytest.raises(TooManyConnectionsError):
        add_connection("one-too-many", OWNER_ID)
    add_connection("of-somebody-else", "somebody-else")

    assert len(list_connections(OWNER_ID)) == MAX_CONNECTIONS_PER_USER


def test_a_socket_is_forgotten_when_the_gateway_must_have_closed_it() -> None:
    add_connection("socket-1", OWNER_ID)

    stored = Connection.get("socket-1")
    left = stored.expires_at - datetime.now(UTC)
    assert LONGEST_CONNECTION.total_seconds() - left.total_seconds() < 60
