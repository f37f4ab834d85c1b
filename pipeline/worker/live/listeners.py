"""Sends the answers of frames to the sockets that get them."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence

from pipeline.core.live.connections import list_listeners
from pipeline.core.live.push import Push

KNOWN_SECONDS = 2.0
"""How long the sockets of a stream are known. A camera sends several frames in this time."""


class Listeners:
    """Looks up the sockets of a stream now and then, not for each frame. Safe to share."""

    def __init__(self, push: Push) -> None:
        self._push = push
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Sequence[str]]] = {}
        """Sockets by stream, with the time until which they are known."""

    def send(self, owner_id: str, stream_id: str, message: Mapping[str, object]) -> None:
        """Send a message about a frame to those who hear its stream.

        Raises:
            ClientError: API Gateway refused it for one socket. All others were tried.
            BotoCoreError: API Gateway did not answer for one socket. All others were tried.
        """
        known = self._recall(stream_id)
        if known and self._push.send_all(known, message):
            return
        # None is known or all are gone: its camera may have opened another one.
        found = list_listeners(owner_id, stream_id)
        self._remember(stream_id, found)
        self._push.send_all(found, message)

    def _recall(self, stream_id: str) -> Sequence[str]:
        with self._lock:
            until, sockets = self._known.get(stream_id, (0.0, ()))
        return sockets if time.monotonic() < until else ()

    def _remember(self, stream_id: str, sockets: Sequence[str]) -> None:
        now = time.monotonic()
        with self._lock:
            living = {name: known for name, known in self._known.items() if known[0] > now}
            self._known = {**living, stream_id: (now + KNOWN_SECONDS, sockets)}
