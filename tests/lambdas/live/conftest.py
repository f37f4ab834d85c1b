"""Every test of this folder has the table of connections, and a gateway on request."""

from collections.abc import Iterator

import pytest

from pipeline.core.dynamo import bind
from pipeline.core.live.connections import Connection
from pipeline.core.live.tickets import Ticket
from tests.live_gateway import LiveGateway, running_live_gateway


@pytest.fixture(autouse=True)
def _connections(_aws: None) -> None:
    bind("us-east-1", dict.fromkeys((Connection, Ticket), "connections"))
    Connection.create_table()


@pytest.fixture
def gateway() -> Iterator[LiveGateway]:
    with running_live_gateway() as running:
        yield running
