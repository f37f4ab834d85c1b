"""A camera as a program: begins a stream, sends frames and hears their answers over a socket."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, Self

import websocket

from spotter_client._sync.client import Spotter
from spotter_client.errors import ApiError, SpotterError, UnreachableError
from spotter_client.models import StreamRequest, StreamTicket
from spotter_client.retries import AGAIN
from spotter_client.sockets import find_socket, open_socket

ANSWER_SECONDS = 2.0
"""After this time without an answer the next frame is sent: the answer is lost."""

REOPEN_SECONDS = 0.5
"""Pause before another socket is opened."""

PATIENCE_SECONDS = 60
"""How long a camera waits for room."""

MOST_PAUSE_SECONDS = 1.0
"""Room is free for moments only, so a camera asks earlier than the service says."""

FrameAnswer = dict[str, Any]
"""The message of an answered frame, with `roundTripMs`: what the camera waited."""

Report = Callable[[FrameAnswer], None]
"""Called with each answer."""


class LiveStream:
    """An open stream and its socket, for one thread."""

    def __init__(
        self, spotter: Spotter, stream: StreamRequest, *, patience_seconds: float = PATIENCE_SECONDS
    ) -> None:
        """Begin a stream. Where there is no room, ask again each second.

        Args:
            spotter: The user.
            stream: What the camera is called, and which labels to leave out.
            patience_seconds: How long to wait for room.

        Raises:
            ApiError: There is no room, or the request was refused.
            UnreachableError: The socket for the answers did not open.
        """
        self._spotter = spotter
        begun = _begin(spotter, stream, patience_seconds)
        self.stream_id = str(begun.stream_id)
        self.sent_at: dict[int, float] = {}
        """Frames without an answer, with the time when they were sent."""
        self._socket: websocket.WebSocket | None = None
        try:
            self._socket = open_socket(begun)
        except (websocket.WebSocketException, OSError) as error:
            self.close()  # It would take room until it ends by itself
            raise UnreachableError(f"The socket for answers did not open: {error}.") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket and end the stream, which would end by itself too."""
        if self._socket:
            self._socket.close()
        with suppress(SpotterError):
            self._spotter.streams.delete(self.stream_id)

    def send(self, number: int, jpeg: bytes) -> bool:
        """Send a frame.

        Returns:
            False if the service was too busy for it. Wait a second then.

        Raises:
            ApiError: The frame was refused.
        """
        self.sent_at[number] = time.monotonic()
        try:
            self._spotter.streams.send_frame(self.stream_id, number, jpeg)
        except ApiError as error:
            del self.sent_at[number]
            if error.status not in AGAIN:
                raise
            return False
        return True

    def receive(self, seconds: float) -> FrameAnswer | None:
        """The next answer to a frame of this stream, or None if none came within `seconds`.

        It settles all earlier frames too: those were replaced.
        """
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            message = self._read(left)
            if message.get("streamId") == self.stream_id:
                return self._settle(message)
        return None

    def forget_lost(self) -> None:
        """Wait no longer for answers that are overdue."""
        oldest = time.monotonic() - ANSWER_SECONDS
        self.sent_at = {number: at for number, at in self.sent_at.items() if at > oldest}

    def _read(self, seconds: float) -> dict[str, Any]:
        """The next message; an empty one if none came, or if the socket had to be opened again."""
        if self._socket is None:
            self._open_again(seconds)
            return {}
        self._socket.settimeout(seconds)
        try:
            message: dict[str, Any] = json.loads(self._socket.recv() or "{}")
        except websocket.WebSocketTimeoutException:
            return {}
        except (websocket.WebSocketException, OSError):
            self._open_again(seconds)
            return {}
        return message

    def _open_again(self, seconds: float) -> None:
        """Open another socket with a new ticket: the gateway closes each after two hours."""
        if self._socket:
            self._socket.close()
        time.sleep(min(seconds, REOPEN_SECONDS))
        self._socket = find_socket(self._spotter)

    def _settle(self, message: dict[str, Any]) -> FrameAnswer:
        number = int(message["frame"])
        sent_at = self.sent_at.get(number)
        self.sent_at = {other: at for other, at in self.sent_at.items() if other > number}
        waited_ms = None if sent_at is None else round(1000 * (time.monotonic() - sent_at))
        return {**message, "roundTripMs": waited_ms}


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


def _begin(spotter: Spotter, stream: StreamRequest, patience_seconds: float) -> StreamTicket:
    deadline = time.monotonic() + patience_seconds
    while True:
        try:
            return spotter.streams.create(stream)
        except ApiError as error:
            # After a server error a stream may be left behind. It ends by itself.
            if error.status not in AGAIN or time.monotonic() > deadline:
                raise
            asked = error.retry_after_seconds
            time.sleep(MOST_PAUSE_SECONDS if asked is None else min(MOST_PAUSE_SECONDS, asked))
