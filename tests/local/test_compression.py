"""Answers of the REST API are compressed for those who accept it, from a size on."""

import asyncio
import gzip

import pytest

from infra.local.compression import PREFIX, Message, Receive, Send, compress

LEAST_BYTES = 100
LONG = b"label " * 100
PATH = f"{PREFIX}our-api/v1/results"
GZIP = [(b"accept-encoding", b"br, gzip")]


def ask(
    path: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> tuple[dict[bytes, bytes], bytes]:
    """The headers and the body that a client gets if an application answers with `body`."""
    sent: list[Message] = []

    async def answer(scope: Message, receive: Receive, send: Send) -> None:
        size = (b"Content-Length", str(len(body)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [size]})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    wrapped = compress(answer, {"our-api": LEAST_BYTES}.get)

    async def run() -> None:
        await wrapped({"type": "http", "path": path, "headers": headers}, receive, send)

    asyncio.run(run())
    start, end = sent
    return {name.lower(): value for name, value in start["headers"]}, end["body"]


def test_a_long_answer_is_compressed() -> None:
    headers, body = ask(PATH, GZIP, LONG)

    assert headers[b"content-encoding"] == b"gzip"
    assert int(headers[b"content-length"]) == len(body) < len(LONG)
    assert gzip.decompress(body) == LONG


@pytest.mark.parametrize(
    ("path", "headers", "body"),
    [
        pytest.param(PATH, GZIP, LONG[: LEAST_BYTES - 1], id="short answer"),
        pytest.param(PATH, [(b"accept-encoding", b"br")], LONG, id="other coding accepted"),
        pytest.param(PATH, [], LONG, id="nothing accepted"),
        pytest.param(f"{PREFIX}other-api/v1/results", GZIP, LONG, id="other API"),
        pytest.param("/images/key", GZIP, LONG, id="no API"),
    ],
)
def test_any_other_answer_stays_as_it_is(
    path: str, headers: list[tuple[bytes, bytes]], body: bytes
) -> None:
    answer_headers, answer_body = ask(path, headers, body)

    assert b"content-encoding" not in answer_headers
    assert answer_body == body
