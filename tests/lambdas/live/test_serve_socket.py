"""An opened socket is noted under its user, and a closed one is forgotten."""

from typing import Any

from pipeline.core.live.connections import (
    MAX_CONNECTIONS_PER_USER,
    list_connections,
    list_listeners,
)
from pipeline.lambdas import serve_socket
from tests.examples import OWNER_ID
from tests.lambdas.events import call


def tell(kind: str, connection_id: str = "socket=", **allowed: str) -> int:
    authorizer = {"principalId": OWNER_ID, **allowed}
    context = {"eventType": kind, "connectionId": connection_id, "authorizer": authorizer}
    answer: Any = call(serve_socket.handler, {"requestContext": context})
    return int(answer["statusCode"])


def test_an_opened_socket_belongs_to_its_user_until_it_is_closed() -> None:
    assert tell("CONNECT") == 200
    assert list_connections(OWNER_ID) == ["socket="]

    assert tell("DISCONNECT") == 200
    assert list_connections(OWNER_ID) == []


def test_a_socket_of_a_stream_gets_the_frames_of_this_stream_alone() -> None:
    tell("CONNECT", "page=")
    tell("CONNECT", "door=", streamId="door")

    assert list_listeners(OWNER_ID, "door") == ["door="]
    assert list_listeners(OWNER_ID, "another") == list_connections(OWNER_ID)


def test_a_user_with_too_many_sockets_opens_no_other() -> None:
    for number in range(MAX_CONNECTIONS_PER_USER):
        assert tell("CONNECT", f"socket-{number}") == 200

    assert tell("CONNECT", "one-too-many") == 429
    assert "one-too-many" not in list_connections(OWNER_ID)
