"""The newest frame of each stream, until a core is free for it."""

from __future__ import annotations

import threading

from pipeline.core.live.frames import Frame


class NewestFrames:
    """One place for each stream: a newer frame replaces the one that waits.

    The stream that has waited longest is next. A thread first claims a stream, then waits for a
    core, and only then takes the frame, so that it is the newest. Safe to share between threads.
    """

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._frames: dict[str, Frame] = {}
        self._unclaimed: dict[str, None] = {}  # In the order of their arrival
        self._is_closed = False

    def put(self, frame: Frame) -> Frame | None:
        """Let a frame wait.

        Returns:
            The frame of the same stream that it replaces.
        """
        stream_id = frame.header.stream_id
        with self._change:
            replaced = self._frames.get(stream_id)
            self._frames[stream_id] = frame
            if replaced is None:
                self._unclaimed[stream_id] = None
                self._change.notify()
        return replaced

    def claim(self) -> Frame | None:
        """Wait for a stream that has a frame and that no other thread has claimed.

        Returns:
            Its frame of this moment, which may be replaced until `take`. None after `close`.
        """
        with self._change:
            self._change.wait_for(lambda: self._unclaimed or self._is_closed)
            if self._is_closed:
                return None
            stream_id = next(iter(self._unclaimed))
            del self._unclaimed[stream_id]
            return self._frames[stream_id]

    def take(self, stream_id: str) -> Frame:
        """The newest frame of a claimed stream. It waits no more."""
        with self._change:
            return self._frames.pop(stream_id)

    def close(self) -> None:
        """Let all threads stop waiting."""
        with self._change:
            self._is_closed = True
            self._change.notify_all()
