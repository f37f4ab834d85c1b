"""WebSockets on which the service tells what happens."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import websocket

from spotter_client._sync.client import Spotter
from spotter_client.errors import SpotterError
from spotter_client.models import LiveTicket, StreamTicket

OPEN_SECONDS = 10
PING_SECONDS = 300
"""API Gateway closes a socket on which nothing was sent for 10 minutes."""


def open_socket(ticket: LiveTicket | StreamTicket) -> websocket.WebSocket:
    """Open the socket that a ticket is for."""
    # The library would make up an origin. Only pages have one.
    return websocket.create_connection(
        f"{ticket.url}?ticket={ticket.ticket}", timeout=OPEN_SECONDS, suppress_origin=True
    )


def find_socket(spotter: Spotter) -> websocket.WebSocket | None:
    """Open a socket with a new ticket, in one try.

    Returns:
        None if none opens. The caller asks without hints then.
    """
    try:
        response = spotter.request("POST", "/live/tickets", is_repeated=False)
        return open_socket(LiveTicket.model_validate_json(response.content))
    except (SpotterError, websocket.WebSocketException, OSError):
        return None


def read_hints(socket: websocket.WebSocket) -> Iterator[str]:
    """Ids of tasks that finished, until the service closes the socket."""
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
