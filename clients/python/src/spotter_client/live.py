"""Hears of finished tasks over a WebSocket, and asks for them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import websocket

from spotter_client._sync.client import Spotter
from spotter_client.errors import ApiError, UnreachableError
from spotter_client.finished import is_open
from spotter_client.models import Task
from spotter_client.options import Search
from spotter_client.sockets import find_socket, read_hints

ASK_AGAIN_SECONDS = 5.0
"""Pause before another socket, and between two questions where no socket opens."""

OVERLAP = timedelta(minutes=2)
"""A task that was sent this long before may finish now. A hint about it may have been lost."""


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
            socket = find_socket(self._spotter)
            yield from self._catch_up()
            if socket is None:
                time.sleep(ASK_AGAIN_SECONDS)
                continue
            try:
                for task_id in read_hints(socket):
                    yield from self._ask(task_id)
            except (websocket.WebSocketException, OSError, UnreachableError):
                time.sleep(ASK_AGAIN_SECONDS)
            finally:
                socket.close()

    def _catch_up(self) -> Iterator[Task]:
        for task in self._spotter.search(Search(since=self._since - OVERLAP)):
            yield from self._give(task)

    def _ask(self, task_id: str) -> Iterator[Task]:
        try:
            task = self._spotter.get(task_id)
        except ApiError as error:
            if error.code != "task_not_found":
                raise
            return  # It was deleted meanwhile
        yield from self._give(task)

    def _give(self, task: Task) -> Iterator[Task]:
        task_id = str(task.task_id)
        is_new = task.finished_at is not None and task.finished_at >= self._since
        if is_new and not is_open(task) and task_id not in self._seen:
            self._seen.add(task_id)
            yield task
