"""Hints: a WebSocket tells when a task is finished, so that nobody asks again and again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from threading import Condition, Thread
from typing import Any

import httpx
import websocket

OPEN_SECONDS = 10
PING_SECONDS = 300
"""API Gateway closes a socket on which nothing was sent for 10 minutes."""


class Hints:
    """The open socket of one user, for any number of threads.

    It may be closed at any time, and a hint may be lost or come twice. So a hint only says that now
    is a good time to ask.
    """

    def __init__(self, socket: websocket.WebSocket) -> None:
        self._socket = socket
        self._news = Condition()
        self._finished: set[str] = set()
        self._is_open = True
        Thread(target=self._listen, name="hints", daemon=True).start()

    def close(self) -> None:
        """Close the socket. It does no harm to close it twice."""
        with self._news:
            self._is_open = False
            self._news.notify_all()
        self._socket.close()
        # `close` leaves it open if the service closed it first.
        self._socket.shutdown()  # type: ignore[no-untyped-call]

    @property
    def is_open(self) -> bool:
        return self._is_open

    def wait_for(self, task_id: str, seconds: float) -> bool:
        """Wait until the task is finished.

        Returns:
            False if no hint came within `seconds`, or the socket was closed.
        """
        with self._news:
            self._news.wait_for(lambda: task_id in self._finished or not self._is_open, seconds)
            is_finished = task_id in self._finished
            self._finished.discard(task_id)
        return is_finished

    def _listen(self) -> None:
        self._socket.settimeout(PING_SECONDS)
        try:
            while self._is_open:
                self._read()
        except (websocket.WebSocketException, OSError, ValueError):
            self.close()

    def _read(self) -> None:
        try:
            message = json.loads(self._socket.recv())
        except websocket.WebSocketTimeoutException:
            self._socket.send(json.dumps({"action": "ping"}))
            return
        if message.get("type") == "task":
            with self._news:
                self._finished.add(str(message["taskId"]))
                self._news.notify_all()


def open_hints(http: httpx.Client) -> Hints | None:
    """Open a socket with a new ticket.

    Args:
        http: Sends the user's token with each request.

    Returns:
        None if no socket opens. The caller polls then.
    """
    try:
        return Hints(open_socket(http.post("/live/tickets").raise_for_status().json()))
    except (httpx.HTTPError, websocket.WebSocketException, OSError):
        return None


def open_socket(answer: Mapping[str, Any]) -> websocket.WebSocket:
    """Open the socket for which an answer of the API has a `url` and a `ticket`."""
    url = f"{answer['url']}?ticket={answer['ticket']}"
    # The library would make up an origin. Only pages have one.
    return websocket.create_connection(url, timeout=OPEN_SECONDS, suppress_origin=True)
