"""When an account is shut, its streams end and its sockets are closed, and nobody else's."""

from http import HTTPStatus

import pytest
from botocore.exceptions import ClientError

from pipeline.core.dynamo import bind
from pipeline.core.live.connections import add_connection, list_connections
from pipeline.core.live.ending import end_live
from pipeline.core.live.push import Push
from pipeline.core.live.streams import Stream, list_all_streams
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.live_gateway import LiveGateway


@pytest.fixture(autouse=True)
def _streams(_connections: None) -> None:
    bind("us-east-1", {Stream: "streams"})
    Stream.create_table()


def test_streams_end_and_sockets_are_closed_of_this_user_only(gateway: LiveGateway) -> None:
    for owner_id, socket in ((OWNER_ID, "a="), (OWNER_ID, "b="), (OTHER_OWNER_ID, "c=")):
        Stream.begin(owner_id, f"camera {socket}")
        add_connection(socket, owner_id)

    end_live(OWNER_ID, Push(gateway.url))

    assert sorted(gateway.closed) == ["a=", "b="]
    assert list_connections(OWNER_ID) == []
    assert list_connections(OTHER_OWNER_ID) == ["c="]
    assert [stream.owner_id for stream in list_all_streams()] == [OTHER_OWNER_ID]


def test_a_socket_that_is_gone_already_holds_up_no_other(gateway: LiveGateway) -> None:
    for socket in ("gone=", "open="):
        add_connection(socket, OWNER_ID)
    gateway.statuses["gone="] = HTTPStatus.GONE

    end_live(OWNER_ID, Push(gateway.url))

    assert gateway.closed == ["open="]
    assert list_connections(OWNER_ID) == []


def test_a_socket_that_cannot_be_closed_is_not_forgotten_and_holds_up_no_other(
    gateway: LiveGateway,
) -> None:
    for socket in ("a=", "b="):
        add_connection(socket, OWNER_ID)
    gateway.statuses["a="] = HTTPStatus.FORBIDDEN

    with pytest.raises(ClientError, match="Forbidden"):
        end_live(OWNER_ID, Push(gateway.url))

    assert gateway.closed == ["b="]
    assert list_connections(OWNER_ID) == ["a="]
