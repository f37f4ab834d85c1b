"""Streams: cameras whose frames are recognised at once and never stored.

Nothing is sent again by itself: a frame that is late is worth nothing, and a stream ends by itself.
"""

from __future__ import annotations

from uuid import UUID

from spotter_client._sync.session import Session
from spotter_client.models import Stream, StreamList, StreamRequest, StreamTicket


class Streams:
    """The streams of a user."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, stream: StreamRequest) -> StreamTicket:
        """Begin a stream. The answers come on a socket, which its ticket opens."""
        body = stream.model_dump(mode="json", by_alias=True, exclude_none=True)
        response = self._session.send("POST", "/streams", json=body, is_repeated=False)
        return StreamTicket.model_validate_json(response.content)

    def list_all(self) -> list[Stream]:
        """The open streams, newest first."""
        response = self._session.send("GET", "/streams")
        return StreamList.model_validate_json(response.content).streams

    def delete(self, stream_id: UUID | str) -> None:
        """End a stream."""
        self._session.send("DELETE", f"/streams/{stream_id}", is_repeated=False)

    def send_frame(self, stream_id: UUID | str, number: int, jpeg: bytes) -> None:
        """Send a frame: a JPEG of at most 256 KB. Numbers must grow."""
        self._session.send(
            "PUT",
            f"/streams/{stream_id}/frames",
            query={"frame": number},
            content=jpeg,
            headers={"Content-Type": "image/jpeg"},
            is_repeated=False,
        )
