"""Waits for results by hints: one socket tells many threads when their tasks are finished."""

from __future__ import annotations

import time
from threading import Condition, Lock, Thread
from typing import Self

import websocket

from spotter_client._sync.client import WAIT_SECONDS, Spotter, TaskId
from spotter_client.errors import NotFinishedError
from spotter_client.finished import check_succeeded, is_open
from spotter_client.models import Task
from spotter_client.sockets import find_socket, read_hints

HINT_SECONDS = 5
"""How long a hint may take. It can be lost, so then the task is asked for anyway."""

OPEN_AGAIN_SECONDS = 5.0
"""Pause before the next try after a socket that did not open."""


class Hints:
    """One socket of a user, for any number of threads.

    A result costs the service one question instead of a request that waits. A hint may be lost or
    come twice, and the socket may be closed at any time. So a hint only says that now is a good
    time to ask.
    """

    def __init__(self, spotter: Spotter) -> None:
        self._spotter = spotter
        self._opening = Lock()
        self._open_after = 0.0
        """When another socket may be opened, by time.monotonic."""
        self._news = Condition()
        self._socket: websocket.WebSocket | None = None
        self._finished: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether hints come."""
        return self._socket is not None

    def open(self) -> bool:
        """Open a socket, unless one is open. Call it before the upload: then no hint is missed.

        Returns:
            Whether it is open.
        """
        with self._opening:
            if not self.is_open and time.monotonic() >= self._open_after:
                if socket := find_socket(self._spotter):
                    self.listen(socket)
                else:
                    self._open_after = time.monotonic() + OPEN_AGAIN_SECONDS
            return self.is_open

    def listen(self, socket: websocket.WebSocket) -> None:
        """Take the hints of an open socket, in a thread of its own."""
        self._socket = socket
        Thread(target=self._read, args=(socket,), name="hints", daemon=True).start()

    def close(self) -> None:
        """Close the socket. It does no harm to close it twice."""
        with self._news:
            socket, self._socket = self._socket, None
            self._news.notify_all()
        if socket:
            socket.close()
            # `close` leaves it open if the service closed it first.
            socket.shutdown()  # type: ignore[no-untyped-call]

    def wait_for_hint(self, task_id: TaskId, seconds: float) -> bool:
        """Wait until the hint that a task is finished has come.

        Returns:
            False if none came within `seconds`, or the socket was closed.
        """
        wanted = str(task_id)
        with self._news:
            self._news.wait_for(lambda: wanted in self._finished or not self.is_open, seconds)
            is_finished = wanted in self._finished
            self._finished.discard(wanted)
        return is_finished

    def wait(self, task_id: TaskId, seconds: float = WAIT_SECONDS) -> Task:
        """Wait until a task has succeeded, as `Spotter.wait` does, which it calls without a socket.

        Raises:
            TaskFailedError: It has failed or expired.
            NotFinishedError: It is not finished after `seconds`.
        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if not self.open():
                return self._spotter.wait(task_id, left)
            self.wait_for_hint(task_id, min(left, HINT_SECONDS))
            task = self._spotter.get(task_id)
            if not is_open(task):
                return check_succeeded(task)
        raise NotFinishedError(str(task_id), seconds)

    def _read(self, socket: websocket.WebSocket) -> None:
        try:
            for task_id in read_hints(socket):
                with self._news:
                    self._finished.add(task_id)
                    self._news.notify_all()
        except (websocket.WebSocketException, OSError, ValueError):
            pass  # It was closed
        if self._socket is socket:
            self.close()
