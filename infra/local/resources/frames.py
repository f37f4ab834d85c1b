"""The stream of frames in Kinesis, and what workers need to read it."""

from __future__ import annotations

from contextlib import suppress

from infra.local import names
from infra.local.clients import Clients
from infra.local.resources import live

SHARDS = 2
"""On AWS a stream in on-demand mode begins with four. Each is read five times a second."""


def build_stream_arn() -> str:
    """The ARN of the stream of frames."""
    return f"arn:aws:kinesis:{names.REGION}:{names.ACCOUNT_ID}:stream/{names.FRAMES_STREAM}"


def create_frames_stream(clients: Clients) -> None:
    """Create the stream, unless it is there."""
    with suppress(clients.kinesis.exceptions.ResourceInUseException):
        clients.kinesis.create_stream(StreamName=names.FRAMES_STREAM, ShardCount=SHARDS)


def build_worker_variables(endpoint: str) -> dict[str, str]:
    """What a worker needs to answer frames."""
    return {
        "FRAMES_STREAM_ARN": build_stream_arn(),
        "STREAMS_TABLE": names.STREAMS_TABLE,
        "CONNECTIONS_TABLE": names.CONNECTIONS_TABLE,
        "LIVE_ENDPOINT": live.build_endpoint(endpoint),
    }
