"""A message reaches all open sockets of its user and nobody else's."""

from http import HTTPStatus

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from pipeline.core.live.connections import add_connection, list_connections
from pipeline.core.live.push import Push
from tests.examples import OWNER_ID
from tests.live_gateway import LiveGateway

MESSAGE = {"type": "task", "taskId": "task-1", "status": "succeeded"}


def test_a_message_reaches_each_socket_of_its_user(gateway: LiveGateway) -> None:
    for socket, owner_id in (("a=", OWNER_ID), ("b=", OWNER_ID), ("c=", "somebody-else")):
        add_connection(socket, owner_id)

    sent = Push(gateway.url).push(OWNER_ID, MESSAGE)

    assert sent == 2
    assert gateway.messages == {"a=": [MESSAGE], "b=": [MESSAGE]}


def test_a_hint_reaches_the_socket_of_a_stream_too(gateway: LiveGateway) -> None:
    add_connection("door=", OWNER_ID, "door")

    assert Push(gateway.url).push(OWNER_ID, MESSAGE) == 1


def test_a_user_without_a_socket_gets_nothing(gateway: LiveGateway) -> None:
    assert Push(gateway.url).push(OWNER_ID, MESSAGE) == 0


def test_a_socket_that_is_gone_is_forgotten(gateway: LiveGateway) -> None:
    for socket in ("gone=", "open="):
        add_connection(socket, OWNER_ID)
    gateway.statuses["gone="] = HTTPStatus.GONE

    sent = Push(gateway.url).push(OWNER_ID, MESSAGE)

    assert sent == 1
    assert list_connections(OWNER_ID) == ["open="]


def test_a_failure_of_one_socket_is_told_after_all_others_were_tried(gateway: LiveGateway) -> None:
    for socket in ("a=", "bad=", "z="):
        add_connection(socket, OWNER_ID)
    gateway.statuses["bad="] = HTTPStatus.FORBIDDEN

    with pytest.raises(ClientError, match="Forbidden"):
        Push(gateway.url).push(OWNER_ID, MESSAGE)

    assert gateway.messages == {"a=": [MESSAGE], "z=": [MESSAGE]}
    assert sorted(list_connections(OWNER_ID)) == ["a=", "bad=", "z="]


def test_an_unreachable_gateway_is_told_and_forgets_no_socket() -> None:
    add_connection("a=", OWNER_ID)

    with pytest.raises(EndpointConnectionError):
        Push("http://127.0.0.1:9/live").push(OWNER_ID, MESSAGE)

    assert list_connections(OWNER_ID) == ["a="]
