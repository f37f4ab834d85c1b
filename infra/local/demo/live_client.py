"""A camera as a program: begins a stream, sends frames and hears their answers over a socket."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from http import HTTPStatus
from typing import Self

import httpx
import websocket

from infra.local.demo.backoff import PASSING, Backoff
from infra.local.demo.client import DemoError, Json
from infra.local.demo.hints import open_socket

ANSWER_SECONDS = 2.0
"""After this time without an answer the next frame is sent: the answer is lost."""

REOPEN_SECONDS = 0.5
"""Pause before another socket is opened."""

PATIENCE_SECONDS = 60
"""How long a camera waits for room."""

MOST_PAUSE_SECONDS = 1.0
"""Room is free for moments only, so a camera asks earlier than the API says."""


class LiveStream:
    """An open stream and its socket, for one thread."""

    def __init__(
        self, http: httpx.Client, name: str, *, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Begin a stream. Where there is no room, ask again each second.

        Args:
            http: Sends the user's token with each request.
            name: What the camera is called.
            patience_seconds: How long to wait for room.

        Raises:
            DemoError: There is no room, or the request was refused.
        """
        self._http = http
        begun = _begin(http, name, patience_seconds)
        self.stream_id = str(begun["streamId"])
        self.sent_at: dict[int, float] = {}
        """Frames without an answer, with the time when they were sent."""
        self._socket = open_socket(begun)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket and end the stream."""
        self._socket.close()
        self._http.delete(f"/streams/{self.stream_id}")

    def send(self, number: int, jpeg: bytes) -> bool:
        """Send a frame.

        Returns:
            False if the service was too busy for it. Wait a second then.

        Raises:
            DemoError: The frame was refused.
        """
        self.sent_at[number] = time.monotonic()
        answer = self._http.put(
            f"/streams/{self.stream_id}/frames",
            params={"frame": number},
            content=jpeg,
            headers={"Content-Type": "image/jpeg"},
        )
        is_busy = answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
        if is_busy or answer.is_server_error:
            del self.sent_at[number]
            return False
        if not answer.is_success:
            raise DemoError(f"A frame was refused: {answer.text}")
        return True

    def receive(self, seconds: float) -> Json | None:
        """The next answer to a frame of this stream, or None if none came within `seconds`.

        It settles all earlier frames too: those were replaced.
        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            message = self._read(left)
            if message.get("streamId") == self.stream_id:
                return self._settle(message)
        return None

    def _read(self, seconds: float) -> Json:
        """The next message; an empty one if none came, or if the socket had to be opened again."""
        self._socket.settimeout(seconds)
        try:
            message: Json = json.loads(self._socket.recv() or "{}")
        except websocket.WebSocketTimeoutException:
            return {}
        except (websocket.WebSocketException, OSError):
            self._open_again(seconds)
            return {}
        return message

    def _open_again(self, seconds: float) -> None:
        """Open another socket with a new ticket: the gateway closes each after two hours."""
        self._socket.close()
        time.sleep(min(seconds, REOPEN_SECONDS))
        # If it fails, the next read finds the closed socket and tries again.
        with suppress(httpx.HTTPError, websocket.WebSocketException, OSError):
            self._socket = open_socket(self._http.post("/live/tickets").raise_for_status().json())

    def forget_lost(self) -> None:
        """Wait no longer for answers that are overdue."""
        oldest = time.monotonic() - ANSWER_SECONDS
        self.sent_at = {number: at for number, at in self.sent_at.items() if at > oldest}

    def _settle(self, message: Json) -> Json:
        number = int(message["frame"])
        sent_at = self.sent_at.get(number)
        self.sent_at = {other: at for other, at in self.sent_at.items() if other > number}
        waited_ms = None if sent_at is None else round(1000 * (time.monotonic() - sent_at))
        return {**message, "roundTripMs": waited_ms}


Report = Callable[[Json], None]
"""Called with each answer."""


def run_closed_loop(stream: LiveStream, frames: Iterable[bytes], report: Report) -> None:
    """Send the next frame when the last one was answered: as many as the workers have room for."""
    for number, jpeg in enumerate(frames):
        if not stream.send(number, jpeg):
            time.sleep(1)
            continue
        deadline = time.monotonic() + ANSWER_SECONDS
        while number in stream.sent_at and (left := deadline - time.monotonic()) > 0:
            if message := stream.receive(left):
                report(message)
        stream.forget_lost()


def run_at_rate(
    stream: LiveStream, frames: Iterable[bytes], report: Report, *, rate: float, cap: int
) -> None:
    """Send `rate` frames a second, but none while `cap` frames have no answer."""
    began = time.monotonic()
    for number, jpeg in enumerate(frames):
        due = began + number / rate
        while (left := due - time.monotonic()) > 0:
            if message := stream.receive(left):
                report(message)
        stream.forget_lost()
        if len(stream.sent_at) < cap:
            stream.send(number, jpeg)
    while stream.sent_at and (message := stream.receive(ANSWER_SECONDS)):
        report(message)


def _begin(http: httpx.Client, name: str, patience_seconds: float) -> Json:
    backoff, deadline = Backoff(), time.monotonic() + patience_seconds
    while True:
        answer = http.post("/streams", json={"name": name})
        if answer.is_success:
            begun: Json = answer.json()
            return begun
        # After a server error a stream may be left behind. It ends by itself.
        if answer.status_code not in PASSING or time.monotonic() > deadline:
            raise DemoError(f"No stream could be begun: {answer.text}")
        time.sleep(min(MOST_PAUSE_SECONDS, backoff.next(answer.headers)))
