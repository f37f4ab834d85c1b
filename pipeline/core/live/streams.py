"""A stream: one camera of one user whose frames are recognised as they come.

Frames themselves are never stored. An item of a stream says whose it is and counts its frames.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from uuid import uuid4

from pynamodb.attributes import (
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta, is_condition_failure
from pipeline.core.errors import StreamNotFoundError
from pipeline.core.options import DEFAULT_MAX_LABELS, DEFAULT_MIN_CONFIDENCE

IDLE = timedelta(minutes=15)
"""A stream without frames ends after this time."""

ACTIVE_SECONDS = 10
"""A camera that sent a frame within this time is in use."""

KNOWN_SECONDS = 5
"""How long a function relies on what it knows about a stream, also after the stream was stopped."""

MAX_STREAMS = 8
"""Streams of one user at the same time."""


class StreamsOfOwner(GlobalSecondaryIndex["Stream"]):
    """One user's streams, by the time when they began."""

    class Meta:
        index_name = "by_owner"
        projection = AllProjection()

    owner_id = UnicodeAttribute(hash_key=True)
    created_at = UTCDateTimeAttribute(range_key=True)


class Stream(Model):
    """One camera that sends frames."""

    class Meta(BaseMeta): ...

    by_owner = StreamsOfOwner()

    stream_id = UnicodeAttribute(hash_key=True)
    owner_id = UnicodeAttribute()
    name = UnicodeAttribute()
    """What its owner calls it."""
    created_at = UTCDateTimeAttribute()
    min_confidence = NumberAttribute(default=DEFAULT_MIN_CONFIDENCE)
    max_labels = NumberAttribute(default=DEFAULT_MAX_LABELS)
    last_frame_at = UTCDateTimeAttribute(null=True)
    frames = NumberAttribute(default=0)
    """Frames that workers received. Each of them was answered or dropped, or it failed."""
    answered = NumberAttribute(default=0)
    dropped = NumberAttribute(default=0)
    """Frames that were replaced by a newer one or were too old."""
    frames_per_second = NumberAttribute(null=True)
    """Frames that were answered in each of the last seconds, on average."""
    age_ms = NumberAttribute(null=True)
    """Age of the last answered frames when their answer went out, on average."""
    expires_at = TTLAttribute()

    @classmethod
    def begin(
        cls,
        owner_id: str,
        name: str,
        *,
        min_confidence: float = DEFAULT_MIN_CONFIDENCE,
        max_labels: int = DEFAULT_MAX_LABELS,
    ) -> Self:
        """Store a new stream."""
        now = datetime.now(UTC)
        stream = cls(
            str(uuid4()),
            owner_id=owner_id,
            name=name,
            created_at=now,
            min_confidence=min_confidence,
            max_labels=max_labels,
            expires_at=now + IDLE,
        )
        stream.save()
        return stream

    @classmethod
    def get_owned(cls, stream_id: str, owner_id: str) -> Self:
        """The stream of this user.

        Raises:
            StreamNotFoundError: It has ended, or it belongs to somebody else.
        """
        stream = find_stream(stream_id)
        if stream is None or stream.owner_id != owner_id:
            raise StreamNotFoundError
        assert isinstance(stream, cls)
        return stream

    @property
    def is_open(self) -> bool:
        """DynamoDB deletes an item some days after its end."""
        return datetime.now(UTC) < self.expires_at

    @property
    def has_frames(self) -> bool:
        """Whether a frame came in the last few seconds."""
        recent = datetime.now(UTC) - timedelta(seconds=ACTIVE_SECONDS)
        return self.last_frame_at is not None and self.last_frame_at > recent


def find_stream(stream_id: str) -> Stream | None:
    """The stream, or None if it has ended."""
    try:
        stream = Stream.get(stream_id, consistent_read=True)
    except Stream.DoesNotExist:
        return None
    return stream if stream.is_open else None


def list_streams(owner_id: str) -> list[Stream]:
    """The open streams of this user, newest first."""
    found = Stream.by_owner.query(owner_id, scan_index_forward=False)
    return [stream for stream in found if stream.is_open]


def list_all_streams() -> list[Stream]:
    """The open streams of all users, newest first. There are few at any time, so it reads all."""
    found = Stream.scan(Stream.owner_id.exists())
    return sorted(
        (stream for stream in found if stream.is_open),
        key=lambda stream: stream.created_at,
        reverse=True,
    )


def stop_stream(stream_id: str) -> None:
    """End a stream. Its frames are refused within `KNOWN_SECONDS`."""
    Stream(stream_id).delete()


@dataclass(frozen=True)
class Tally:
    """What became of the frames of one stream in a few seconds."""

    stream_id: str
    last_frame_at: datetime
    seconds: float
    ages_ms: Sequence[int]
    """One for each answered frame."""
    dropped: int = 0
    failed: int = 0

    @property
    def frames(self) -> int:
        return len(self.ages_ms) + self.dropped + self.failed


def add_tally(tally: Tally) -> None:
    """Add the frames of a few seconds. A stream that was stopped stays stopped."""
    answered = len(tally.ages_ms)
    actions: list[Action] = [
        Stream.frames.add(tally.frames),
        Stream.answered.add(answered),
        Stream.dropped.add(tally.dropped),
        Stream.last_frame_at.set(tally.last_frame_at),
        Stream.frames_per_second.set(round(answered / tally.seconds, 1)),
        Stream.expires_at.set(tally.last_frame_at + IDLE),
    ]
    if answered:
        actions.append(Stream.age_ms.set(round(sum(tally.ages_ms) / answered)))
    try:
        Stream(tally.stream_id).update(actions=actions, condition=Stream.stream_id.exists())
    except UpdateError as error:
        if not is_condition_failure(error):
            raise
