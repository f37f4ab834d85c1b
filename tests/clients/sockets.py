"""A socket whose messages a test decides."""

import json
from typing import Any

import websocket


class FakeSocket:
    """Gives its messages in turn, then says that the service has closed it."""

    def __init__(self, *messages: object) -> None:
        self.messages = list(messages)
        self.sent: list[str] = []
        self.is_shut_down = False

    def recv(self) -> Any:
        if not self.messages:
            raise websocket.WebSocketConnectionClosedException
        message = self.messages.pop(0)
        if isinstance(message, Exception):
            raise message
        return json.dumps(message)

    def send(self, text: str) -> None:
        self.sent.append(text)

    def settimeout(self, seconds: float) -> None: ...

    def close(self) -> None: ...

    def shutdown(self) -> None:
        self.is_shut_down = True
