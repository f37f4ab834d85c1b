"""Measures how many frames a second this worker can answer beside its photos."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from pipeline.core.live.streams import ACTIVE_SECONDS

FIRST_FRAME_SECONDS = 0.1
"""What a frame costs a core before the first one was measured: twice what it usually does."""

WEIGHT = 0.1
"""Share of the newest frame in the average."""


class Room:
    """The room for frames. Safe to share between threads."""

    def __init__(self, cores: int, read_photo_seconds: Callable[[], float]) -> None:
        """Begin to measure.

        Args:
            cores: Number of cores.
            read_photo_seconds: Seconds that cores have spent on photos, all together.
        """
        self._cores = cores
        self._read_photo_seconds = read_photo_seconds
        self._lock = threading.Lock()
        self._frame_seconds = FIRST_FRAME_SECONDS
        self._seen: dict[str, float] = {}
        self._samples = deque([(time.monotonic(), read_photo_seconds())])

    def add_stream(self, stream_id: str) -> None:
        """Note that a frame of this stream came."""
        with self._lock:
            self._seen[stream_id] = time.monotonic()

    def add_frame(self, seconds: float) -> None:
        """Note how long a core took to recognise a frame."""
        with self._lock:
            self._frame_seconds += WEIGHT * (seconds - self._frame_seconds)

    def count_streams(self) -> int:
        """Streams of which a frame came in the last few seconds."""
        oldest = time.monotonic() - ACTIVE_SECONDS
        with self._lock:
            self._seen = {stream: at for stream, at in self._seen.items() if at >= oldest}
            return len(self._seen)

    def measure(self) -> float:
        """Frames a second for which the cores have time, by the photos of the last few seconds."""
        now, photo_seconds = time.monotonic(), self._read_photo_seconds()
        with self._lock:
            self._samples.append((now, photo_seconds))
            while len(self._samples) > 2 and self._samples[1][0] <= now - ACTIVE_SECONDS:
                self._samples.popleft()
            since, before = self._samples[0]
            busy = (photo_seconds - before) / (now - since) if now > since else 0.0
            return round(max(0.0, self._cores - busy) / self._frame_seconds, 1)
