"""Operators see the cameras that are live now, and stop one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from django.test import Client

from pipeline.core.live.streams import Stream, Tally, add_tally, find_stream
from portal.actions.items import AuditItem
from portal.environment import env
from tests.examples import OWNER_ID
from tests.portal.examples import create_user

LIST = "/streams/stream/"


@pytest.fixture
def stream() -> Stream:
    """A camera that has just sent ten frames."""
    stream = Stream.begin(OWNER_ID, "front door", min_confidence=60, max_labels=10)
    tally = Tally(stream.stream_id, datetime.now(UTC), 2.0, [180] * 7, dropped=2, failed=1)
    add_tally(tally)
    return stream


def stop(client: Client, stream: Stream, **answers: str) -> Any:
    path = f"{LIST}operations/stop/?id={stream.stream_id}"
    return client.post(path, answers, follow=True)


def read(client: Client, path: str = LIST) -> str:
    """A page as it reads, with single spaces."""
    return " ".join(client.get(path).content.decode().split())


def test_the_list_shows_what_becomes_of_the_frames(viewer: Client, stream: Stream) -> None:
    page = read(viewer)

    assert "front door" in page
    assert ">live<" in page.replace(" ", "")
    for text in ("3.5", "180 ms", "2 (20 %)"):
        assert text in page


def test_the_owner_has_an_address_and_a_way_to_the_account(viewer: Client) -> None:
    sub = create_user("ann@example.com")
    Stream.begin(sub, "kitchen")

    page = read(viewer)

    assert "ann@example.com" in page
    assert f"/users/user/?q={sub}" in page


def test_a_camera_without_frames_is_silent_and_has_no_rate(viewer: Client, stream: Stream) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    stream.update(actions=[Stream.last_frame_at.set(long_ago)])

    page = read(viewer)

    assert "silent" in page
    assert "0.0" in page
    assert "3.5" not in page
    assert "5 min ago" in page


def test_the_page_of_a_camera_says_that_there_is_no_picture(viewer: Client, stream: Stream) -> None:
    page = read(viewer, f"{LIST}{stream.stream_id}/change/")

    assert "10: 7 answered, 2 dropped, 1 failed" in page
    assert "At most 10, from 60 % confidence" in page
    assert "Frames are not stored" in page


def test_streams_that_have_ended_are_not_shown(viewer: Client, stream: Stream) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    stream.update(actions=[Stream.expires_at.set(before)])

    listed = read(viewer)
    detail = viewer.get(f"{LIST}{stream.stream_id}/change/")

    assert "No camera is live now" in listed
    assert detail.status_code == 404


def test_an_operator_stops_a_stream(operator: Client, stream: Stream) -> None:
    other = Stream.begin(OWNER_ID, "kitchen")

    page = stop(operator, stream, reason="It floods us").content.decode()

    assert "Stopped: front door" in page
    assert find_stream(stream.stream_id) is None
    assert find_stream(other.stream_id) is not None
    target = f"streams.stream/{stream.stream_id}"
    [entry] = [entry for entry in AuditItem.scan() if entry.target == target]
    assert (entry.action, entry.operator, entry.reason) == ("Stop", "the-operator", "It floods us")
    assert f"Stopped after 10 frames of {OWNER_ID}" in entry.detail


def test_nothing_is_stopped_without_a_reason(operator: Client, stream: Stream) -> None:
    page = stop(operator, stream).content.decode()

    assert "This field is required" in page
    assert find_stream(stream.stream_id) is not None


def test_a_viewer_stops_nothing(viewer: Client, stream: Stream) -> None:
    response = stop(viewer, stream, reason="A test")

    assert response.status_code == 403
    assert find_stream(stream.stream_id) is not None


def test_a_list_that_cannot_be_read_says_so(viewer: Client) -> None:
    boto3.client("dynamodb").delete_table(TableName=env.streams_table)

    assert "This list could not be read" in read(viewer)
