"""The requests that the local AWS accepts."""

import asyncio
from typing import Any

import pytest

from infra.local.layout import Layout
from infra.local.request_guard import Message, Receive, Send, guard
from infra.local.root_key import read_root_key

PORT = 4566
Headers = list[tuple[str, str]]


async def answer(scope: Message, receive: Receive, send: Send) -> None:
    """The application behind the guard."""
    await send({"type": "http.response.start", "status": 200, "headers": []})


def ask(headers: Headers, kind: str = "http") -> Any:
    """The first message that a request with these headers gets."""
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": kind, "headers": [(name.encode(), value.encode()) for name, value in headers]}

    async def run() -> None:
        await guard(answer, PORT)(scope, receive, send)

    asyncio.run(run())
    return sent[0]


OURS = ("host", "127.0.0.1:4566")


@pytest.mark.parametrize(
    "headers",
    [
        [OURS],
        [("host", "localhost:4566")],
        [("host", "D123.cloudfront.localhost:4566")],
        [OURS, ("origin", "http://127.0.0.1:4566")],
        [OURS, ("origin", "http://d123.cloudfront.localhost:4566")],
    ],
)
def test_requests_of_the_project_pass(headers: Headers) -> None:
    assert ask(headers)["status"] == 200


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [("host", "evil.example:4566")],
        [("host", "127.0.0.1.evil.example:4566")],
        [("host", "localhost.evil.example:4566")],
        [("host", "evillocalhost:4566")],
        [("host", "127.0.0.1:80")],
        [("host", "127.0.0.1")],
        [OURS, ("host", "evil.example:4566")],
        [OURS, ("origin", "http://evil.example")],
        [OURS, ("origin", "http://evil.example:4566")],
        [OURS, ("origin", "http://127.0.0.1:3000")],
        [OURS, ("origin", "null")],
        [OURS, ("origin", "http://127.0.0.1:4566"), ("origin", "http://evil.example")],
        [OURS, ("origin", "http://127.0.0.1:4566.evil.example")],
    ],
)
def test_a_strangers_request_is_refused(headers: Headers) -> None:
    assert ask(headers)["status"] == 403


def test_a_strangers_websocket_is_closed() -> None:
    first = ask([OURS, ("origin", "http://evil.example")], "websocket")

    assert first == {"type": "websocket.close", "code": 1008}


def test_the_start_of_the_server_passes() -> None:
    assert ask([], "lifespan")["status"] == 200


def test_the_root_key_is_random_and_stays(layout: Layout) -> None:
    key = read_root_key(layout)

    assert read_root_key(layout) == key
    assert (layout.data / "root_key.json").stat().st_mode & 0o777 == 0o600
    assert len(key.access_key_id) == 20
    (layout.data / "root_key.json").unlink()
    assert read_root_key(layout).secret_access_key != key.secret_access_key
