"""Streams that are open now, as Django sees them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from django.db.models import CharField, DateTimeField, FloatField, IntegerField, Model

from pipeline.core.live import streams
from portal.remote.queryset import RemoteQuerySet


class StreamQuerySet(RemoteQuerySet["Stream"]):
    def read_rows(self) -> Iterator[Stream]:
        """The newest first. One stream is read alone, since its page needs no other."""
        ids = self.equal_to("stream_id")
        if ids is None:
            found = streams.list_all_streams()
        else:
            found = [one for one in map(streams.find_stream, ids) if one]
        for source in found:
            yield self._to_row(source)

    def _to_row(self, source: streams.Stream) -> Stream:
        # The rate is of the last seconds with frames, so a camera without any has none.
        rate = source.frames_per_second if source.has_frames else 0
        return self.build(
            source=source,
            stream_id=source.stream_id,
            name=source.name,
            owner_id=source.owner_id,
            created_at=source.created_at,
            last_frame_at=source.last_frame_at,
            frames_per_second=float(rate or 0),
            age_ms=None if source.age_ms is None else int(source.age_ms),
            frames=int(source.frames),
            answered=int(source.answered),
            dropped=int(source.dropped),
        )


class Stream(Model):
    """One camera that sends frames. It has no SQL table."""

    stream_id = CharField("stream", primary_key=True, max_length=36)
    name = CharField(max_length=80)
    owner_id = CharField("owner", max_length=64)
    created_at = DateTimeField("began")
    last_frame_at = DateTimeField("last frame", null=True)
    frames_per_second = FloatField("frames a second")
    age_ms = IntegerField("age of an answer", null=True)
    frames = IntegerField()
    answered = IntegerField()
    dropped = IntegerField()

    objects = StreamQuerySet.as_manager()
    source: streams.Stream
    address: str = ""
    """E-mail address of the owner, if the page asked for it."""

    class Meta:
        managed = False
        default_permissions = ("view",)
        permissions = (("stop_stream", "Can stop a stream"),)

    def __str__(self) -> str:
        return self.name

    @property
    def has_frames(self) -> bool:
        return self.source.has_frames

    @property
    def silence(self) -> timedelta | None:
        """Since the newest frame; None if none has come."""
        return datetime.now(UTC) - self.last_frame_at if self.last_frame_at else None

    @property
    def failed(self) -> int:
        return max(0, self.frames - self.answered - self.dropped)

    @property
    def dropped_share(self) -> float:
        """In [0, 100]."""
        return 100 * self.dropped / self.frames if self.frames else 0.0
