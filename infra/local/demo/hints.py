"""Hints: a WebSocket tells when a task is finished, so that nobody asks again and again."""

from __future__ import annotations

import json
import time

import httpx
import websocket

OPEN_SECONDS = 10
PING_SECONDS = 540
"""API Gateway closes a socket on which nothing was sent for 10 minutes."""


class Hints:
    """The open socket of one user, for one thread.

    It may be closed at any time, and a hint may be lost or come twice. So a hint only says that now
    is a good time to ask.
    """

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket: websocket.WebSocket | None = socket
        self._finished: set[str] = set()
        self._used_at = time.monotonic()

    def close(self) -> None:
        """Close the socket. It does no harm to close it twice."""
        if self._socket:
            self._socket.close()
            self._socket = None

    @property
    def is_open(self) -> bool:
        return self._socket is not None

    def wait_for(self, task_id: str, seconds: float) -> bool:
        """Wait until the task is finished.

        Returns:
            False if no hint came within `seconds`, or the socket was closed.
        """
        deadline = time.monotonic() + seconds
        while task_id not in self._finished:
            left = deadline - time.monotonic()
            if left <= 0 or not self._receive(left):
                return False
        self._finished.discard(task_id)
        return True

    def _receive(self, seconds: float) -> bool:
        """Take the next message. False if the socket is closed; True also if none came."""
        if self._socket is None:
            return False
        try:
            if time.monotonic() - self._used_at > PING_SECONDS:
                self._socket.send(json.dumps({"action": "ping"}))
                self._used_at = time.monotonic()
            self._socket.settimeout(seconds)
            message = json.loads(self._socket.recv() or "{}")
        except websocket.WebSocketTimeoutException:
            return True
        except (websocket.WebSocketException, OSError, ValueError):
            self.close()
            return False
        if message.get("type") == "task":
            self._finished.add(str(message["taskId"]))
        return self._socket.connected


def open_hints(http: httpx.Client) -> Hints | None:
    """Open a socket with a new ticket.

    Args:
        http: Sends the user's token with each request.

    Returns:
        None if there is none to have: the caller asks again and again then.
    """
    try:
        answer = http.post("/live/tickets").raise_for_status().json()
        url = f"{answer['url']}?ticket={answer['ticket']}"
        # The library would make up an origin. Only pages have one.
        socket = websocket.create_connection(url, timeout=OPEN_SECONDS, suppress_origin=True)
        return Hints(socket)
    except (httpx.HTTPError, websocket.WebSocketException, OSError):
        return None
