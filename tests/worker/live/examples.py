"""Frames, and the tables and stream that live recognition needs."""

import time

import boto3

from pipeline.core.dynamo import bind
from pipeline.core.live.connections import Connection
from pipeline.core.live.frames import Frame, FrameHeader, encode_frame
from pipeline.core.live.readers import ReadersItem
from pipeline.core.live.streams import Stream
from tests.examples import OWNER_ID
from tests.worker.fakes import PICTURE

STREAM_ARN = "arn:aws:kinesis:us-east-1:123456789012:stream/frames"


def create_stream(shards: int = 1) -> None:
    """Make the Kinesis stream and the tables."""
    bind("us-east-1", dict.fromkeys((Stream, ReadersItem), "streams"))
    bind("us-east-1", {Connection: "connections"})
    Stream.create_table()
    Connection.create_table()
    boto3.client("kinesis").create_stream(StreamName="frames", ShardCount=shards)


def build_frame(
    number: int = 1,
    stream_id: str = "door",
    *,
    owner_id: str = OWNER_ID,
    sent_at: float | None = None,
    jpeg: bytes = PICTURE,
) -> Frame:
    header = FrameHeader(
        stream_id=stream_id,
        owner_id=owner_id,
        number=number,
        sent_at=time.time() if sent_at is None else sent_at,
        min_confidence=50,
        max_labels=10,
    )
    return Frame(header, jpeg)


def put(frame: Frame) -> None:
    """Send a frame as the function does."""
    boto3.client("kinesis").put_record(
        StreamARN=STREAM_ARN, PartitionKey=frame.header.stream_id, Data=encode_frame(frame)
    )
