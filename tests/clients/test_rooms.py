"""Webhooks and streams are managed by the client and by its command."""

import pytest

from pipeline.core.dynamo import bind
from pipeline.core.live.connections import Connection
from pipeline.core.live.readers import ReadersItem
from pipeline.core.live.streams import Stream
from pipeline.core.live.tickets import Ticket
from spotter_client import ApiError, Options, Spotter
from spotter_client.models import EventType, StreamRequest
from tests.clients.service import FunctionTransport
from tests.lambdas.test_streams import report_room
from tests.lambdas.uploads import JPEG

URL = "https://hooks.example.com/spotter"


def test_a_webhook_is_created_tested_rotated_and_deleted(spotter: Spotter) -> None:
    made = spotter.webhooks.create(URL, [EventType.task_succeeded])
    sent = [spotter.webhooks.test(made.webhook_id) for _ in range(2)]
    spotter.webhooks.redeliver(made.webhook_id, sent[0])
    rotated = spotter.webhooks.rotate_secret(made.webhook_id)
    [listed] = spotter.webhooks.list_all()
    deliveries = list(spotter.webhooks.list_deliveries(made.webhook_id))
    newest = list(spotter.webhooks.list_deliveries(made.webhook_id, limit=1))
    spotter.webhooks.delete(made.webhook_id)

    assert (listed.url, listed.events) == (URL, [EventType.task_succeeded])
    assert made.secret != rotated.secret
    assert {str(it.delivery_id) for it in deliveries} == set(sent)
    assert [it.delivery_id for it in newest] == [deliveries[0].delivery_id]
    assert spotter.webhooks.list_all() == []


def test_an_upload_names_the_path_that_is_called(
    spotter: Spotter, transport: FunctionTransport
) -> None:
    spotter.webhooks.create(URL, [])

    spotter.upload(JPEG, Options(webhook_url="https://hooks.example.com/orders/1"))

    assert transport.requests[-1].url.params["webhookUrl"].endswith("/orders/1")
    with pytest.raises(ApiError, match="no_webhook_for_url"):
        spotter.upload(JPEG, Options(webhook_url="https://other.example.com/"))


@pytest.fixture
def room(spotter: Spotter) -> None:
    """A worker that has room for cameras."""
    bind("us-east-1", dict.fromkeys((Stream, ReadersItem), "streams"))
    bind("us-east-1", dict.fromkeys((Connection, Ticket), "connections"))
    Stream.create_table()
    Connection.create_table()
    report_room(100)


def test_a_stream_is_begun_listed_and_ended(spotter: Spotter, room: None) -> None:
    begun = spotter.streams.create(StreamRequest(name="door", max_labels=3))
    [listed] = spotter.streams.list_all()
    spotter.streams.delete(begun.stream_id)

    assert (listed.stream_id, listed.name, listed.max_labels) == (begun.stream_id, "door", 3)
    assert spotter.streams.list_all() == []


def test_a_route_without_a_method_can_be_called(spotter: Spotter) -> None:
    answer = spotter.request("GET", "/results", query={"limit": 1}).json()

    assert answer["results"] == []
