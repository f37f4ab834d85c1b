"""Which shards this worker reads: it renews its lease every 1.5 s, as all others do."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from pynamodb.exceptions import PynamoDBException

from pipeline.core.live import readers
from pipeline.core.live.readers import LEASE_SECONDS, Reader, Readers
from pipeline.worker.live.room import Room
from pipeline.worker.live.shard import ShardReader

logger = logging.getLogger(__name__)

TURN_SECONDS = 1.5
"""A dead worker's shards are read by others after its lease and one turn: 6.5 s at most."""

TRIES = 5
"""Writes in one turn. Each fails only if another worker wrote in the same few milliseconds."""


class Leases:
    """Keeps this worker's lease and a reader for each of its shards.

    One thread calls `turn`, another one may call `leave`. While DynamoDB does not answer, a worker
    goes on with its shards. If two read the same shard for a moment, a frame may get two equal
    answers.
    """

    def __init__(
        self,
        name: str,
        kinesis: Any,
        stream_arn: str,
        room: Room,
        build_reader: Callable[[str], ShardReader],
        stopping: threading.Event,
    ) -> None:
        """Read nothing yet.

        Args:
            name: Of this worker, different from all others.
            kinesis: Client of Kinesis.
            stream_arn: The stream of frames.
            room: Measures the room for frames, for the admission of streams.
            build_reader: Makes the reader of a shard.
            stopping: Once it is set, the next turn gives back all shards.
        """
        self._name = name
        self._kinesis = kinesis
        self._stream_arn = stream_arn
        self._room = room
        self._build_reader = build_reader
        self._stopping = stopping
        self._readers: dict[str, ShardReader] = {}
        self._has_left = False

    def turn(self) -> None:
        """Renew the lease, and read the shards that are this worker's now."""
        if self._stopping.is_set():
            self.leave()
            return
        if self._has_left:
            return
        shards = self._list_shards()
        room, streams = self._room.measure(), self._room.count_streams()

        def renew(known: Readers) -> Readers:
            if self._has_left:  # Since this turn began
                return known.leave(self._name)
            now = time.time()
            return known.renew(self._name, Reader(now + LEASE_SECONDS, room, streams), shards, now)

        if renewed := _change(renew):
            self._read(renewed.find_shards(self._name))

    def leave(self) -> None:
        """Give back all shards, so that others read them at once.

        If that fails, the stop goes on: the leases end by themselves.
        """
        if self._has_left:
            return
        self._has_left = True
        self._read(set())
        try:
            _change(lambda known: known.leave(self._name))
        except PynamoDBException:
            logger.warning(
                "The shards of frames could not be given back. Other workers take them in %d s",
                LEASE_SECONDS,
                exc_info=True,
            )

    def _list_shards(self) -> list[str]:
        """The open shards. There are fewer than a page of them: 1,000."""
        answer = self._kinesis.list_shards(
            StreamARN=self._stream_arn, ShardFilter={"Type": "AT_LATEST"}
        )
        return [
            shard["ShardId"]
            for shard in answer["Shards"]
            if "EndingSequenceNumber" not in shard["SequenceNumberRange"]  # That one is closed
        ]

    def _read(self, shards: set[str]) -> None:
        for shard_id in self._readers.keys() - shards:
            self._readers.pop(shard_id).stop()
            logger.info("Shard %s given back", shard_id)
        for shard_id in sorted(shards):
            reader = self._readers.get(shard_id)
            if reader is None or not reader.is_reading:
                self._readers[shard_id] = self._build_reader(shard_id)
                self._readers[shard_id].start()
                logger.info("Shard %s taken", shard_id)


def _change(change: Callable[[Readers], Readers]) -> Readers | None:
    """Replace the readers by what `change` makes of them.

    Returns:
        None if others were faster each time. The next turn tries again.
    """
    for _ in range(TRIES):
        item = readers.find_item()
        changed = change(item.readers)
        if readers.replace(item, changed):
            return changed
    logger.warning("The leases of frames could not be renewed: others wrote at the same time")
    return None
