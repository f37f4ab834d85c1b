"""Answers go to the sockets of their stream, which are looked up now and then."""

from collections.abc import Iterator
from http import HTTPStatus

import pytest
from botocore.exceptions import ClientError

from pipeline.core.dynamo import bind
from pipeline.core.live.connections import Connection, add_connection
from pipeline.core.live.push import Push
from pipeline.worker.live import listeners
from pipeline.worker.live.listeners import KNOWN_SECONDS, Listeners
from tests.clocks import HandClock
from tests.examples import OWNER_ID
from tests.live_gateway import LiveGateway, running_live_gateway

FIRST, SECOND = {"frame": 1}, {"frame": 2}


@pytest.fixture
def gateway(_aws: None) -> Iterator[LiveGateway]:
    bind("us-east-1", {Connection: "connections"})
    Connection.create_table()
    with running_live_gateway() as running:
        yield running


def test_a_frame_reaches_only_the_sockets_of_its_stream(gateway: LiveGateway) -> None:
    add_connection("page=", OWNER_ID)
    for stream_id in ("door", "garden"):
        add_connection(f"{stream_id}=", OWNER_ID, stream_id)

    Listeners(Push(gateway.url)).send(OWNER_ID, "door", FIRST)

    assert gateway.messages == {"door=": [FIRST]}


def test_a_frame_of_a_stream_without_a_socket_reaches_all_of_its_owner(
    gateway: LiveGateway,
) -> None:
    for socket, owner_id in (("page=", OWNER_ID), ("c=", "somebody-else")):
        add_connection(socket, owner_id)

    Listeners(Push(gateway.url)).send(OWNER_ID, "door", FIRST)

    assert gateway.messages == {"page=": [FIRST]}


def test_a_socket_that_opens_in_place_of_one_that_is_gone_gets_the_same_answer(
    gateway: LiveGateway,
) -> None:
    send = Listeners(Push(gateway.url)).send
    add_connection("door=", OWNER_ID, "door")
    send(OWNER_ID, "door", FIRST)
    gateway.statuses["door="] = HTTPStatus.GONE
    add_connection("again=", OWNER_ID)

    send(OWNER_ID, "door", SECOND)

    assert gateway.messages == {"door=": [FIRST], "again=": [SECOND]}


def test_sockets_are_looked_up_now_and_then(
    gateway: LiveGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock()
    monkeypatch.setattr(listeners, "time", clock)
    send = Listeners(Push(gateway.url)).send
    add_connection("page=", OWNER_ID)
    send(OWNER_ID, "door", FIRST)
    add_connection("tab=", OWNER_ID)

    send(OWNER_ID, "door", FIRST)
    assert gateway.messages.keys() == {"page="}

    clock.go(KNOWN_SECONDS)
    send(OWNER_ID, "door", SECOND)
    assert gateway.messages["tab="] == [SECOND]


def test_a_stream_that_nobody_hears_is_looked_up_each_time(gateway: LiveGateway) -> None:
    send = Listeners(Push(gateway.url)).send
    send(OWNER_ID, "door", FIRST)

    add_connection("door=", OWNER_ID, "door")
    send(OWNER_ID, "door", SECOND)

    assert gateway.messages == {"door=": [SECOND]}


def test_a_refused_message_is_reported(gateway: LiveGateway) -> None:
    add_connection("door=", OWNER_ID, "door")
    gateway.statuses["door="] = HTTPStatus.FORBIDDEN

    with pytest.raises(ClientError, match="Forbidden"):
        Listeners(Push(gateway.url)).send(OWNER_ID, "door", FIRST)
