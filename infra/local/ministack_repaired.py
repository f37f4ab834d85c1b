"""Runs ministack 1.5.33 with repairs. Its own Python runs this file, so it imports nothing of ours.

Run as: python ministack_repaired.py
"""

from http import HTTPStatus
from typing import Any

from ministack import app  # type: ignore[import-not-found] # It is in an environment of its own

send_response = app._send_response
BODILESS = (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)


async def send_sound_response(
    send: Any, status: int, headers: Any, body: bytes | str | None, *, head: bool = False
) -> None:
    """Send a response, also one without a body.

    ministack breaks on the null body of a function that answers 204, and sends "{}" after the
    204 of a preflight, where the next answer on that connection is expected.
    """
    if status in BODILESS:
        await send_response(send, status, headers, b"", head=True)
    else:
        await send_response(send, status, headers, body or b"", head=head)


async def refuse_reset(path: str, method: str, query_params: Any) -> None:
    """Any web page could post to ministack's reset, which asks for no key, and wipe all data."""


app._send_response = send_sound_response
app._handle_admin_reset = refuse_reset

if __name__ == "__main__":
    app.main()
