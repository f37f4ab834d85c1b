"""Reads one shard of the stream of frames.

https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from pipeline.core.live.frames import STALE_SECONDS, Frame, decode_frame

logger = logging.getLogger(__name__)

BUSY_SECONDS = 0.2
"""From one read to the next. Kinesis allows five reads a second of each shard."""

IDLE_SECONDS = 0.5
"""The same while no frames come. The first frame of a camera waits longer, but is not too old."""

IDLE_AFTER_SECONDS = 10.0

FAULT_SECONDS = 1.0
"""Pause after a read that failed. Longer than this, every frame would be too old anyway."""

MOST_RECORDS = 500


class ShardReader:
    """Reads one shard in a thread of its own until it is stopped or the shard is gone."""

    def __init__(
        self, kinesis: Any, stream_arn: str, shard_id: str, receive: Callable[[Frame], None]
    ) -> None:
        """Make the thread.

        Args:
            kinesis: Client of Kinesis. There are no typed stubs for the calls with an ARN.
            receive: Called with each frame, in the order of their arrival.
        """
        self._kinesis = kinesis
        self._stream_arn = stream_arn
        self._shard_id = shard_id
        self._receive = receive
        self._stopped = threading.Event()
        self._iterator: str | None = None
        self._last_frame_at = time.monotonic() - IDLE_AFTER_SECONDS
        self._thread = threading.Thread(target=self._run, name=f"reader-{shard_id}", daemon=True)

    @property
    def is_reading(self) -> bool:
        return self._thread.is_alive()

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Read no more. A read that is under way may still give frames."""
        self._stopped.set()

    def _run(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            began = time.monotonic()
            try:
                if not self._read():
                    logger.info("Shard %s is closed", self._shard_id)
                    return
            except (BotoCoreError, ClientError) as error:
                if _is_gone(error):
                    logger.info("Shard %s is gone", self._shard_id)
                    return
                logger.warning("Shard %s could not be read", self._shard_id, exc_info=True)
                self._iterator = None
                pause = FAULT_SECONDS
                continue
            idle = began - self._last_frame_at > IDLE_AFTER_SECONDS
            pause = max(0.0, began - time.monotonic() + (IDLE_SECONDS if idle else BUSY_SECONDS))

    def _read(self) -> bool:
        """Read once.

        Returns:
            False if the shard is closed, so that no frame will follow.
        """
        answer = self._kinesis.get_records(
            ShardIterator=self._iterator or self._begin(),
            Limit=MOST_RECORDS,
            StreamARN=self._stream_arn,
        )
        for record in answer["Records"]:
            self._last_frame_at = time.monotonic()
            if frame := decode_frame(record["Data"]):
                self._receive(frame)
            else:
                logger.warning("A record of shard %s is no frame", self._shard_id)
        following: str | None = answer.get("NextShardIterator")
        # What is missed by the jump is too old.
        is_behind = answer["MillisBehindLatest"] > 1000 * STALE_SECONDS
        self._iterator = None if is_behind else following
        return following is not None

    def _begin(self) -> str:
        """A place from which every frame that is not too old is still to come."""
        answer = self._kinesis.get_shard_iterator(
            StreamARN=self._stream_arn,
            ShardId=self._shard_id,
            ShardIteratorType="AT_TIMESTAMP",
            Timestamp=time.time() - STALE_SECONDS,
        )
        iterator: str = answer["ShardIterator"]
        return iterator


def _is_gone(error: Exception) -> bool:
    return (
        isinstance(error, ClientError)
        and error.response["Error"]["Code"] == "ResourceNotFoundException"
    )
