"""Compresses answers of the REST API, as API Gateway does from a size on. ministack never does.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-enable-compression.html

ministack's own Python imports this file, so it imports nothing of ours.
"""

import gzip
from collections.abc import Awaitable, Callable
from typing import Any

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

PREFIX = "/_aws/execute-api/"
"""The path of every REST API of the local AWS; the API's id follows."""


def compress(
    application: Application, find_least_bytes: Callable[[str], int | None]
) -> Application:
    """Wrap an ASGI application.

    Args:
        application: Sends each answer of an API as one body.
        find_least_bytes: From which size on an API compresses, by its id; None: it never does.
    """

    async def compressing(scope: Message, receive: Receive, send: Send) -> None:
        least = _find_least(scope, find_least_bytes)
        if least is None:
            await application(scope, receive, send)
            return
        held: list[Message] = []

        async def send_smaller(message: Message) -> None:
            held.append(message)
            if message["type"] == "http.response.body":
                _shrink(held, least)
                for each in held:
                    await send(each)
                held.clear()

        await application(scope, receive, send_smaller)

    return compressing


def _find_least(scope: Message, find_least_bytes: Callable[[str], int | None]) -> int | None:
    if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
        return None
    accepted = [value.lower() for name, value in scope["headers"] if name == b"accept-encoding"]
    codings = [each.strip() for value in accepted for each in value.split(b",")]
    if b"gzip" not in codings:
        return None
    return find_least_bytes(scope["path"].removeprefix(PREFIX).partition("/")[0])


def _shrink(messages: list[Message], least_bytes: int) -> None:
    """Compress the only body of an answer."""
    if len(messages) != 2:  # The answer to HEAD has a body of no bytes, a stream has several bodies
        return
    start, body = messages
    if len(body.get("body", b"")) < least_bytes or body.get("more_body"):
        return
    body["body"] = gzip.compress(body["body"], 6)
    kept = [(name, value) for name, value in start["headers"] if name.lower() != b"content-length"]
    size = str(len(body["body"])).encode()
    start["headers"] = [*kept, (b"content-encoding", b"gzip"), (b"content-length", size)]
