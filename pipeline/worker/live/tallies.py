"""Counts what became of the frames of each stream, and adds it to the streams every 5 s."""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline.core.live.streams import Tally, add_tally

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 5


@dataclass
class _Counts:
    ages_ms: list[int] = field(default_factory=list)
    dropped: int = 0
    failed: int = 0


class Tallies:
    """The counts since the last `flush`. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: defaultdict[str, _Counts] = defaultdict(_Counts)
        self._since = time.monotonic()

    def add_answered(self, stream_id: str, age_ms: int) -> None:
        with self._lock:
            self._counts[stream_id].ages_ms.append(age_ms)

    def add_dropped(self, stream_id: str) -> None:
        with self._lock:
            self._counts[stream_id].dropped += 1

    def add_failed(self, stream_id: str) -> None:
        with self._lock:
            self._counts[stream_id].failed += 1

    def flush(self) -> None:
        """Add the counts to the streams. Counts that cannot be stored are lost."""
        now = time.monotonic()
        with self._lock:
            taken, self._counts = self._counts, defaultdict(_Counts)
            seconds, self._since = now - self._since, now
        for stream_id, counts in taken.items():
            tally = Tally(stream_id, datetime.now(UTC), seconds, **vars(counts))
            try:
                add_tally(tally)
            except Exception:
                logger.warning("The counts of a stream are lost", exc_info=True)
