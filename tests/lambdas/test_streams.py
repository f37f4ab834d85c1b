"""Streams begin where the workers have room, and belong to one user."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.core.controls import pause
from pipeline.core.doors import Door, close
from pipeline.core.dynamo import bind
from pipeline.core.live import readers
from pipeline.core.live.connections import Connection
from pipeline.core.live.readers import Reader, ReadersItem
from pipeline.core.live.streams import MAX_STREAMS, Stream, list_all_streams
from pipeline.core.live.tickets import Pass, Ticket, redeem_ticket
from pipeline.lambdas import streams
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import Answer, request

UNKNOWN = "0b6e1d3c-0f57-4c33-9a4e-6f7d0a1c2b3d"


@pytest.fixture(autouse=True)
def _tables(_aws: None) -> None:
    bind("us-east-1", dict.fromkeys((Stream, ReadersItem), "streams"))
    bind("us-east-1", dict.fromkeys((Connection, Ticket), "connections"))
    Stream.create_table()
    Connection.create_table()
    report_room(100)


def report_room(frames_per_second: float) -> None:
    """Let one worker say how much room it has."""
    item, reader = readers.find_item(), Reader(time.time() + 60, frames_per_second)
    readers.replace(item, item.readers.renew("worker", reader, [], time.time()))


def post(body: Any = None, content_type: str = "application/json", **parts: Any) -> Answer:
    text = body if isinstance(body, str) else json.dumps({"name": "door"} if body is None else body)
    headers = {"Content-Type": content_type}
    return request(streams.handler, "POST", "/streams", body=text, headers=headers, **parts)


def get(**parts: Any) -> Answer:
    return request(streams.handler, "GET", "/streams", **parts)


def delete(stream_id: str, **parts: Any) -> Answer:
    return request(streams.handler, "DELETE", f"/streams/{stream_id}", **parts)


def test_a_stream_comes_with_a_ticket_of_its_owner() -> None:
    answer = post({"name": "door", "minConfidence": 60.004, "maxLabels": 5.0})

    assert answer.status == 201
    assert (answer.body["minConfidence"], answer.body["maxLabels"]) == (60, 5)
    assert answer.body["url"] == "wss://live.spotter.example/live"
    stream_id = answer.body["streamId"]
    assert redeem_ticket(answer.body["ticket"]) == Pass(OWNER_ID, stream_id)
    stream = Stream.get_owned(answer.body["streamId"], OWNER_ID)
    assert (stream.name, stream.min_confidence, stream.max_labels) == ("door", 60, 5)


def test_a_user_sees_and_ends_their_own_streams_only() -> None:
    mine, theirs = post().body["streamId"], post(owner_id=OTHER_OWNER_ID).body["streamId"]

    refused, ended = delete(theirs), delete(mine)

    assert (refused.status, refused.body["code"]) == (404, "stream_not_found")
    assert ended.status == 204
    assert get().body["streams"] == []
    assert [stream["streamId"] for stream in get(owner_id=OTHER_OWNER_ID).body["streams"]] == [
        theirs
    ]


@pytest.mark.parametrize("stream_id", [UNKNOWN, "no-id"])
def test_a_stream_that_is_not_there_is_not_found(stream_id: str) -> None:
    answer = delete(stream_id)

    assert (answer.status, answer.body["code"]) == (404, "stream_not_found")


def test_where_the_workers_have_no_room_another_stream_is_told_when_to_come() -> None:
    report_room(1.9)

    answer = post()

    assert (answer.status, answer.body["code"]) == (429, "live_busy")
    assert answer.headers["Retry-After"] == "15"
    assert "in 15 s" in answer.body["detail"]
    assert list_all_streams() == []


def test_one_user_cannot_have_any_number_of_streams() -> None:
    for _ in range(MAX_STREAMS):
        assert post().status == 201

    answer = post()

    assert (answer.status, answer.body["code"]) == (429, "too_many_streams")
    assert post(owner_id=OTHER_OWNER_ID).status == 201


def test_a_spent_budget_closes_streams_too() -> None:
    close(Door.UPLOADS, closed_by="budget", reason="spent")

    answer = post()

    assert (answer.status, answer.body["code"]) == (503, "uploads_closed")


def test_during_a_pause_no_stream_begins() -> None:
    pause("operator", "Storage is down", datetime.now(UTC) + timedelta(minutes=5))

    answer = post()

    assert (answer.status, answer.body["code"]) == (503, "live_paused")


def test_live_recognition_that_is_not_offered_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    off = settings.model_copy(update={"frames_stream_arn": ""})
    monkeypatch.setattr(streams, "settings", off)

    answer = post()

    assert (answer.status, answer.body["code"]) == (422, "live_not_offered")


@pytest.mark.parametrize(
    ("body", "location"),
    [
        ("{", "body"),
        ({}, "body.name"),
        ({"name": ""}, "body.name"),
        ({"name": "a\nb"}, "body.name"),
        ({"name": "door", "maxLabels": 51}, "body.maxLabels"),
        ({"name": "door", "minConfidence": -1}, "body.minConfidence"),
        ({"name": "door", "ownerId": "me"}, "body.ownerId"),
    ],
)
def test_a_bad_body_begins_nothing(body: Any, location: str) -> None:
    answer = post(body)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert answer.body["errors"][0]["location"] == location
    assert list_all_streams() == []


def test_only_json_is_taken() -> None:
    assert post(content_type="text/plain").status == 415


@pytest.mark.parametrize("use", [get, post, lambda **parts: delete(UNKNOWN, **parts)])
def test_somebody_who_is_nobody_is_refused(use: Any) -> None:
    assert use(owner_id=None).status == 401
