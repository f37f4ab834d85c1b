"""Lets the local AWS forget the records of Kinesis, which it would keep for 24 hours.

The local AWS imports this module, and its Python has none of our packages.
"""

from collections.abc import Callable, Iterable
from time import time
from typing import Any

KEPT_SECONDS = 60
EXPIRY_SECONDS = 10


class Seldom:
    """Does something at most every `EXPIRY_SECONDS`, however often it is called."""

    def __init__(self, action: Callable[[], None]) -> None:
        self._action = action
        self._done_at = 0.0

    def __call__(self) -> None:
        now = time()
        if now - self._done_at >= EXPIRY_SECONDS:
            self._done_at = now
            self._action()


def forget_records(stream: Any, iterators: Iterable[Any]) -> None:
    """Remove old records from each shard, and move the places of readers with the rest.

    Frames are pictures, so they must neither fill the memory nor get into the file of the state.
    """
    oldest = time() - KEPT_SECONDS
    removed = {}
    for shard_id, shard in stream["shards"].items():
        records = shard["records"]
        count = next(
            (at for at, it in enumerate(records) if it["ApproximateArrivalTimestamp"] >= oldest),
            len(records),
        )
        if count:
            del records[:count]
            removed[shard_id] = count
    if removed:
        for iterator in iterators:
            if iterator["stream"] == stream["StreamName"]:
                moved = iterator["position"] - removed.get(iterator["shard_id"], 0)
                iterator["position"] = max(0, moved)
