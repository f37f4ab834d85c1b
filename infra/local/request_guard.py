"""Refuses what a stranger's web page sends to the local AWS, before anything else reads it.

Any page that is open in the developer's browser can send requests to 127.0.0.1. The browser then
names the page in `Origin`. A page that points its own name at 127.0.0.1 (DNS rebinding) arrives
with that name in `Host`.

ministack's own Python imports this file, so it imports nothing of ours.
"""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

LOCAL_NAME = r"(127\.0\.0\.1|localhost|[a-z0-9.-]+\.localhost)"
"""Browsers look up no name that ends in .localhost: no stranger can own one."""


def guard(application: Application, port: int) -> Application:
    """Wrap an ASGI application that listens on `port`."""
    host = re.compile(rf"{LOCAL_NAME}:{port}")
    origin = re.compile(rf"https?://{LOCAL_NAME}:{port}")

    async def guarded(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await application(scope, receive, send)
        elif not _has_one(scope, b"host", host):
            await _refuse(scope, send, "foreign_host", "Call the local AWS at 127.0.0.1.")
        elif _find(scope, b"origin") and not _has_one(scope, b"origin", origin):
            await _refuse(scope, send, "foreign_origin", "Other web pages cannot call it.")
        else:
            await application(scope, receive, send)

    return guarded


def _find(scope: Message, name: bytes) -> list[str]:
    return [value.decode("latin-1") for key, value in scope["headers"] if key.lower() == name]


def _has_one(scope: Message, name: bytes, pattern: re.Pattern[str]) -> bool:
    """Whether the header is there once, with a value that is ours."""
    values = _find(scope, name)
    return len(values) == 1 and pattern.fullmatch(values[0].lower()) is not None


async def _refuse(scope: Message, send: Send, code: str, message: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})  # Policy violation
        return
    body = json.dumps({"code": code, "message": message}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": body})
