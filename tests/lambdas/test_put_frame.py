"""A frame reaches its stream's shard with all that a worker needs, or it is refused at once."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from PIL import Image

from pipeline.core.controls import pause
from pipeline.core.doors import Door, close
from pipeline.core.dynamo import bind
from pipeline.core.live.frames import MAX_FRAME_BYTES, Frame, decode_frame
from pipeline.core.live.streams import Stream, stop_stream
from pipeline.lambdas import put_frame
from pipeline.lambdas.limits import CHARGED_ONE_IN
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import Answer, build_event, call, request
from tests.pictures import build_quadrants, encode

JPEG = encode(build_quadrants(64, 48), "JPEG")


@pytest.fixture(autouse=True)
def stream(_aws: None) -> Stream:
    bind("us-east-1", {Stream: "streams"})
    Stream.create_table()
    boto3.client("kinesis").create_stream(StreamName="frames", ShardCount=1)
    put_frame.known.clear()
    return Stream.begin(OWNER_ID, "door", min_confidence=60, max_labels=5)


def put(
    stream: Stream, body: bytes = JPEG, content_type: str = "image/jpeg", **parts: Any
) -> Answer:
    return request(
        put_frame.handler,
        "PUT",
        f"/streams/{stream.stream_id}/frames",
        body=body,
        headers={"Content-Type": content_type},
        query=parts.pop("query", {"frame": "7"}),
        **parts,
    )


def read_frames() -> list[Frame]:
    kinesis = boto3.client("kinesis")
    [shard] = kinesis.list_shards(StreamName="frames")["Shards"]
    iterator = kinesis.get_shard_iterator(
        StreamName="frames", ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    records = kinesis.get_records(ShardIterator=iterator)["Records"]
    return [frame for record in records if (frame := decode_frame(record["Data"]))]


def test_a_frame_carries_all_that_a_worker_needs(stream: Stream) -> None:
    before = time.time()

    answer = put(stream)

    assert (answer.status, answer.body) == (202, {"streamId": stream.stream_id, "frame": 7})
    [frame] = read_frames()
    assert frame.jpeg == JPEG
    assert frame.header.model_dump(exclude={"sent_at"}) == {
        "stream_id": stream.stream_id,
        "owner_id": OWNER_ID,
        "number": 7,
        "min_confidence": 60,
        "max_labels": 5,
    }
    assert before <= frame.header.sent_at <= time.time()


def test_the_age_of_a_frame_counts_from_the_gateway(stream: Stream) -> None:
    path = f"/streams/{stream.stream_id}/frames"
    headers = {"Content-Type": "image/jpeg"}
    event = build_event("PUT", path, body=JPEG, headers=headers, query={"frame": "1"})
    event["requestContext"]["requestTimeEpoch"] = 1_500

    call(put_frame.handler, event)

    assert [frame.header.sent_at for frame in read_frames()] == [1.5]


def test_a_stream_of_somebody_else_is_not_found(stream: Stream) -> None:
    put(stream)  # Now the process knows the stream

    answer = put(stream, owner_id=OTHER_OWNER_ID)

    assert (answer.status, answer.body["code"]) == (404, "stream_not_found")
    assert len(read_frames()) == 1


def test_a_stopped_stream_is_not_found_within_seconds(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(stream)
    stop_stream(stream.stream_id)

    known = put(stream)
    monkeypatch.setattr("pipeline.lambdas.put_frame.KNOWN_SECONDS", 0)
    looked_up = put(stream)

    assert (known.status, looked_up.status) == (202, 404)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "code"),
    [
        (JPEG, "image/png", 415, "frame_not_jpeg"),
        (encode(build_quadrants(64, 48), "PNG"), "image/jpeg", 415, "frame_not_jpeg"),
        (JPEG + bytes(MAX_FRAME_BYTES), "image/jpeg", 413, "frame_too_large"),
        (b"", "image/jpeg", 422, "empty_image"),
        (b"no picture", "image/jpeg", 422, "unsupported_format"),
        (JPEG[:40], "image/jpeg", 422, "unreadable_image"),
        (encode(Image.new("RGB", (2500, 1700)), "JPEG"), "image/jpeg", 422, "frame_too_complex"),
        (
            encode(Image.new("RGB", (1280, 960)), "JPEG", progressive=True),
            "image/jpeg",
            422,
            "frame_too_complex",
        ),
    ],
)
def test_what_is_no_small_jpeg_is_refused(
    stream: Stream, body: bytes, content_type: str, status: int, code: str
) -> None:
    answer = put(stream, body, content_type)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert read_frames() == []


@pytest.mark.parametrize("query", [{}, {"frame": "-1"}, {"frame": "one"}])
def test_a_frame_needs_a_number(stream: Stream, query: dict[str, str]) -> None:
    answer = put(stream, query=query)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")


def test_a_stream_that_is_throttled_answers_busy(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = {"Error": {"Code": "ProvisionedThroughputExceededException"}}

    def throttle(**_: object) -> None:
        raise ClientError(error, "PutRecord")  # type: ignore[arg-type]

    monkeypatch.setattr(put_frame.frames, "put_record", throttle)

    answer = put(stream)

    assert (answer.status, answer.body["code"]) == (429, "live_busy")
    assert answer.headers["Retry-After"] == "1"


def test_one_frame_in_some_is_charged_for_all_of_them(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    tight = settings.model_copy(update={"bytes_per_day": 2 * CHARGED_ONE_IN * len(JPEG)})
    monkeypatch.setattr(put_frame, "settings", tight)
    dice = iter([1, 0, 1, 0])
    monkeypatch.setattr("random.randrange", lambda sides: next(dice))

    statuses = [put(stream).status for _ in range(4)]

    assert statuses == [202, 202, 202, 429]


def test_a_spent_budget_stops_frames_too(stream: Stream) -> None:
    close(Door.UPLOADS, closed_by="budget", reason="spent")

    assert put(stream).status == 503


def test_a_pause_of_the_queue_refuses_frames_too(stream: Stream) -> None:
    pause("operator", "Storage is down", datetime.now(UTC) + timedelta(minutes=5))

    answer = put(stream)

    assert (answer.status, answer.body["code"]) == (503, "live_paused")
    assert read_frames() == []


def test_without_live_recognition_no_frame_is_taken(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    off = settings.model_copy(update={"frames_stream_arn": ""})
    monkeypatch.setattr(put_frame, "settings", off)

    assert put(stream).body["code"] == "live_not_offered"
