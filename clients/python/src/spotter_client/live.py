"""Hears of finished tasks over a WebSocket, and asks for them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import websocket

from spotter_client._sync.client import OPEN, Spotter
from spotter_client.errors import SpotterError, UnreachableError
from spotter_client.models import Task
from spotter_client.options import Search

OPEN_SECONDS = 10
PING_SECONDS = 300
"""API Gateway closes a socket on which nothing was sent for 10 minutes."""

ASK_AGAIN_SECONDS = 5.0
"""Pause before another socket, and between two questions where no socket opens."""

OVERLAP = timedelta(minutes=2)
"""A task that was sent so long before may finish now. A hint about it may have been lost."""


class Tail:
    """All tasks of a user that finish from now on, each once.

    Hints can be lost and come twice. So after each new socket the last tasks are asked for too.
    """

    def __init__(self, spotter: Spotter) -> None:
        self._spotter = spotter
        self._since = datetime.now(UTC)
        self._seen: set[str] = set()

    def __iter__(self) -> Iterator[Task]:
        while True:
            socket = self._open()
            yield from self._catch_up()
            if socket is None:
                time.sleep(ASK_AGAIN_SECONDS)
                continue
            try:
                for task_id in _read_hints(socket):
                    yield from self._give(self._spotter.get(task_id))
            except (websocket.WebSocketException, OSError, UnreachableError):
                time.sleep(ASK_AGAIN_SECONDS)
            finally:
                socket.close()

    def _open(self) -> websocket.WebSocket | None:
        try:
            ticket = self._spotter.create_live_ticket()
            # The library would make up an origin. Only pages have one.
            return websocket.create_connection(
                f"{ticket.url}?ticket={ticket.ticket}", timeout=OPEN_SECONDS, suppress_origin=True
            )
        except (SpotterError, websocket.WebSocketException, OSError):
            return None

    def _catch_up(self) -> Iterator[Task]:
        for task in self._spotter.search(Search(since=self._since - OVERLAP)):
            yield from self._give(task)

    def _give(self, task: Task) -> Iterator[Task]:
        task_id = str(task.task_id)
        is_new = task.finished_at is not None and task.finished_at >= self._since
        if is_new and task.status.value not in OPEN and task_id not in self._seen:
            self._seen.add(task_id)
            yield task


def _read_hints(socket: websocket.WebSocket) -> Iterator[str]:
    """Ids of tasks that finished, until the socket is closed."""
    socket.settimeout(PING_SECONDS)
    while True:
        try:
            text = socket.recv()
        except websocket.WebSocketTimeoutException:
            socket.send(json.dumps({"action": "ping"}))
            continue
        if not text:
            return
        message: dict[str, Any] = json.loads(text)
        if message.get("type") == "task":
            yield str(message["taskId"])
