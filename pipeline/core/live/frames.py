"""A frame on its way to a worker: a line of JSON that says what it is, then the JPEG.

The line has all that a worker needs, so the worker does not look the stream up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

MAX_FRAME_BYTES = 256 * 1024
"""A frame with a longer side of 1,280 pixels has about 230 KB. Kinesis takes records up to 1 MB."""

MAX_FRAME_PIXELS = 4_000_000
"""Pixels times the decoder's passes over them. A frame must not keep a core as long as a photo."""

STALE_SECONDS = 1.0
"""An older frame shows the past and is dropped."""


class FrameHeader(BaseModel, frozen=True):
    """What a frame is."""

    stream_id: str
    owner_id: str
    number: Annotated[int, Field(ge=0)]
    """The number that its sender gave it."""
    sent_at: float
    """When the gateway received its request, in seconds since 1970."""
    min_confidence: float
    max_labels: int


@dataclass(frozen=True, eq=False)  # A deadline tells two equal frames apart
class Frame:
    """One picture of a camera."""

    header: FrameHeader
    jpeg: bytes

    def count_age_seconds(self, now: float) -> float:
        """Seconds since its request came; 0 if this clock is behind the gateway's."""
        return max(0.0, now - self.header.sent_at)


def encode_frame(frame: Frame) -> bytes:
    """Write a frame as the data of a record."""
    return frame.header.model_dump_json().encode() + b"\n" + frame.jpeg


def decode_frame(data: bytes) -> Frame | None:
    """Read the data of a record; None if it is no frame."""
    line, _, jpeg = data.partition(b"\n")
    try:
        return Frame(FrameHeader.model_validate_json(line), jpeg)
    except ValidationError:
        return None
