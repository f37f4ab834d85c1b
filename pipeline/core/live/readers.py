"""The workers that read frames: which of them reads which shard, and how much room each has.

All of it is one item. A worker replaces the whole item, if nobody has changed it meanwhile. There
are no checkpoints: a frame that nobody has read in time is too old anyway.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from pynamodb.attributes import JSONAttribute, UnicodeAttribute, VersionAttribute
from pynamodb.exceptions import PutError
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta, is_condition_failure

KEY = "readers"
"""Key of the item, in the table of streams."""

LEASE_SECONDS = 5.0
"""A worker that has not renewed for so long is dead, and others read its shards."""

LEAST_FRAMES_PER_SECOND = 2.0
"""Each stream gets at least so many. A new stream waits until there is room for that."""


@dataclass(frozen=True)
class Reader:
    """One worker that reads frames."""

    until: float
    """When its lease ends, in seconds since 1970."""
    frames_per_second: float = 0.0
    """Frames that it can answer beside its photos."""
    streams: int = 0
    """Streams that it got frames of in the last few seconds."""


@dataclass(frozen=True)
class Readers:
    """All workers that read frames."""

    workers: Mapping[str, Reader] = field(default_factory=dict)
    shards: Mapping[str, str] = field(default_factory=dict)
    """Shard to the worker that reads it."""

    def find_living(self, now: float) -> dict[str, Reader]:
        return {name: one for name, one in self.workers.items() if one.until > now}

    def find_shards(self, name: str) -> set[str]:
        return {shard for shard, worker in self.shards.items() if worker == name}

    def has_room(self, now: float) -> bool:
        """Whether one more stream gets at least `LEAST_FRAMES_PER_SECOND`, as all others do."""
        living = self.find_living(now).values()
        streams = sum(one.streams for one in living) + 1
        room = sum(one.frames_per_second for one in living)
        return room >= streams * LEAST_FRAMES_PER_SECOND

    def renew(self, name: str, reader: Reader, shards: Collection[str], now: float) -> Readers:
        """The readers after the turn of one worker.

        It keeps its shards up to its share, gives back the others and takes free ones. A shard is
        free if its worker is dead. The shares differ by one shard at most.
        """
        workers = {**self.find_living(now), name: reader}
        held = {
            shard: worker
            for shard, worker in self.shards.items()
            if shard in shards and worker in workers
        }
        share = _count_share(sorted(workers).index(name), len(workers), len(shards))
        mine = [shard for shard in sorted(held) if held[shard] == name]
        free = [shard for shard in sorted(shards) if shard not in held]
        kept = [*mine, *free][:share]
        others = {shard: worker for shard, worker in held.items() if worker != name}
        return Readers(workers, {**others, **dict.fromkeys(kept, name)})

    def leave(self, name: str) -> Readers:
        """The readers after one worker has stopped."""
        return Readers(
            {other: reader for other, reader in self.workers.items() if other != name},
            {shard: worker for shard, worker in self.shards.items() if worker != name},
        )


def _count_share(rank: int, workers: int, shards: int) -> int:
    """Shards for the worker of this rank: all the same number, the first ones one more."""
    return shards // workers + (rank < shards % workers)


class ReadersItem(Model):
    """The readers, as DynamoDB keeps them."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="stream_id", default=KEY)
    workers = JSONAttribute(default=dict)
    shards = JSONAttribute(default=dict)
    version = VersionAttribute()

    @property
    def readers(self) -> Readers:
        workers = {name: Reader(**values) for name, values in self.workers.items()}
        return Readers(workers, self.shards)


def find_item() -> ReadersItem:
    """The item as it is now; a new one if there is none."""
    try:
        return ReadersItem.get(KEY, consistent_read=True)
    except ReadersItem.DoesNotExist:
        return ReadersItem()


def replace(item: ReadersItem, readers: Readers) -> bool:
    """Store `readers` in place of what `item` says.

    Returns:
        False if somebody else replaced it meanwhile.
    """
    item.workers = {name: vars(reader) for name, reader in readers.workers.items()}
    item.shards = dict(readers.shards)
    try:
        item.save()
    except PutError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def has_room() -> bool:
    """Whether the workers have room for one more stream."""
    return find_item().readers.has_room(time.time())
