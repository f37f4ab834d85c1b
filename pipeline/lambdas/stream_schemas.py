"""The bodies of requests and answers about streams."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import ConfigDict, Field, field_validator

from pipeline.core.labels import ApiModel, UuidText
from pipeline.core.live.streams import Stream
from pipeline.core.live.tickets import TICKET_LIFETIME
from pipeline.core.options import DEFAULT_MAX_LABELS, DEFAULT_MIN_CONFIDENCE
from pipeline.lambdas.numbers import Integer, round_confidence

MAX_NAME_LENGTH = 80
STREAM_LABELS_LIMIT = 50
"""A message of the socket holds 128 KB."""

EXAMPLE_STREAM_ID = "3f2c9a54-1d0e-4f57-9a5b-2f7f4c0f2d11"

StreamId = Annotated[
    UUID, Path(alias="streamId", description="The id that `POST /streams` returned.")
]
"""Parameter of a route: the id of a stream in the path."""


class StreamRequest(ApiModel):
    """A camera whose frames will be sent."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(
        description="What you call this camera, for lists.",
        examples=["front door"],
        min_length=1,
        max_length=MAX_NAME_LENGTH,
        pattern=r"^[^\x00-\x1f\x7f]+$",
    )
    min_confidence: float = Field(
        DEFAULT_MIN_CONFIDENCE,
        description="Leave out labels with less confidence, 0 to 100;"
        f" {DEFAULT_MIN_CONFIDENCE} if left out.",
        examples=[60],
        ge=0,
        le=100,
    )
    max_labels: Integer = Field(
        DEFAULT_MAX_LABELS,
        description=f"The most labels of each frame; {DEFAULT_MAX_LABELS} if left out.",
        examples=[10],
        ge=1,
        le=STREAM_LABELS_LIMIT,
    )

    _round = field_validator("min_confidence")(round_confidence)


class StreamView(ApiModel):
    """A camera that may send frames."""

    stream_id: UuidText = Field(
        description="Id of the stream.",
        examples=[EXAMPLE_STREAM_ID],
    )
    name: str = Field(description="What its owner calls it.", examples=["front door"])
    min_confidence: float = Field(
        description="Labels with less confidence are left out.", examples=[60.0]
    )
    max_labels: int = Field(description="The most labels of each frame.", examples=[10])
    created_at: datetime = Field(
        description="When it began.", examples=["2026-11-22T12:00:00.104000Z"]
    )
    expires_at: datetime = Field(
        description="When it ends unless another frame comes.", examples=["2026-11-22T12:15:00Z"]
    )
    last_frame_at: datetime | None = Field(
        description="When its last frame came; null before the first one. The numbers follow within"
        " seconds.",
        examples=["2026-11-22T12:00:09.312000Z"],
    )
    frames: int = Field(description="Frames that workers received.", examples=[40])
    answered: int = Field(description="Frames that got an answer.", examples=[38])
    dropped: int = Field(
        description="Frames that were too old or replaced by a newer one.", examples=[2]
    )


class StreamList(ApiModel):
    """The open streams of one user."""

    streams: list[StreamView] = Field(description="Newest first.")


class StreamTicket(StreamView):
    """A new stream, and how to hear its answers."""

    ticket: str = Field(
        description=f"Opens one socket, once, within {TICKET_LIFETIME.seconds} s:"
        " `url?ticket=...`.",
        examples=["aZ3...x9Q"],
    )
    url: str = Field(
        description="Address of the socket that carries the answers.",
        examples=["wss://live.example.com/live"],
    )


class FrameReference(ApiModel):
    """A frame that was taken."""

    stream_id: UuidText = Field(
        description="Id of the stream.",
        examples=[EXAMPLE_STREAM_ID],
    )
    frame: int = Field(
        description="The number of the frame, which its answer repeats.", examples=[7]
    )


def build_stream_view(stream: Stream) -> StreamView:
    """A stream as its owner sees it."""
    return StreamView(**_read_stream(stream))


def build_stream_ticket(stream: Stream, ticket: str, url: str) -> StreamTicket:
    """A new stream as its owner sees it."""
    return StreamTicket(**_read_stream(stream), ticket=ticket, url=url)


def _read_stream(stream: Stream) -> dict[str, object]:
    return {name: getattr(stream, name) for name in StreamView.model_fields}
