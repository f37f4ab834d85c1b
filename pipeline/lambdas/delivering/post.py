"""One call of a receiver: signed, bounded in time and size, and without following redirects."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from http.client import HTTPException

from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

from pipeline.core.webhooks.addresses import AddressError
from pipeline.core.webhooks.deliveries import ANSWER_BYTES, Attempt, Delivery
from pipeline.lambdas.delivering.guard import RefusedAddressError, open_connection

CALL_SECONDS = 10
"""After this time a call is cut, whatever the receiver does."""

CONNECT_SECONDS = 4
"""The longest wait for the name, for the connection, for TLS and for each part of an answer. The
first three are not cut, so a call takes 12 s at most: less than `deliver` keeps for it."""

USER_AGENT = "Spotter-Webhooks/1"

_FAILURES = (OSError, HTTPError, HTTPException, ValueError)
"""What a receiver can make urllib3 and http.client raise. The latter is raised for answers that are
no HTTP."""


# Its warnings about broken headers quote them and the address, whose path can be a secret.
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)


class _TooSlowError(Exception):
    """The time of the call is over."""


def post(
    delivery: Delivery,
    secrets: Sequence[str],
    *,
    allow_loopback: bool = False,
    seconds: float = CALL_SECONDS,
) -> Attempt:
    """Send a delivery.

    Args:
        secrets: Each signs the call.

    Returns:
        What came of it. No receiver makes this function raise.
    """
    now, start = datetime.now(UTC), time.monotonic()
    status, answer, error = None, b"", None
    try:
        headers = build_headers(delivery, secrets, now)
        status, answer = _send(delivery, headers, seconds, allow_loopback=allow_loopback)
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            error = f"The receiver answered with status {status}. Redirects are not followed."
    except (AddressError, RefusedAddressError):
        error = "The host has a private address. Only hosts on the internet can be called."
    except _TooSlowError:
        error = f"The receiver did not answer within {seconds:g} s."
    except _FAILURES as failure:
        error = _explain(failure)
    return Attempt(
        at=now.isoformat(),
        milliseconds=round((time.monotonic() - start) * 1000),
        status=status,
        error=error,
        answer=answer.decode("utf-8", "replace").replace("\x00", "�"),
    )


def build_headers(delivery: Delivery, secrets: Sequence[str], now: datetime) -> dict[str, str]:
    """The headers of a call, with a signature for each secret."""
    # Not needed at the start of the function, which has often nothing to send.
    from standardwebhooks import Webhook

    signatures = [Webhook(it).sign(delivery.delivery_id, now, delivery.body) for it in secrets]
    return {
        "Content-Type": "application/json",
        "User-Agent": USER_AGENT,
        "webhook-id": delivery.delivery_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _send(
    delivery: Delivery, headers: dict[str, str], seconds: float, *, allow_loopback: bool
) -> tuple[int, bytes]:
    connection, parsed = open_connection(
        delivery.url, min(CONNECT_SECONDS, seconds), allow_loopback=allow_loopback
    )
    with _limited(connection, seconds) as is_over:
        connection.connect()
        _check_time(is_over)  # A cut found no socket while the name was looked up
        connection.request(
            "POST",
            parsed.request_uri,
            body=delivery.body.encode(),
            headers=headers,
            preload_content=False,
            decode_content=False,  # A small answer can decode to gigabytes
        )
        response = connection.getresponse()
        _check_time(is_over)  # Headers that were cut off count as complete
        with response, suppress(*_FAILURES):  # The status says whether it was delivered
            return response.status, response.read(ANSWER_BYTES)
        return response.status, b""


def _check_time(is_over: threading.Event) -> None:
    if is_over.is_set():
        raise _TooSlowError


@contextmanager
def _limited(connection: HTTPConnection, seconds: float) -> Iterator[threading.Event]:
    """Cut the connection when the time is over, also if the receiver sends a byte now and then.

    Yields:
        Whether it was cut.
    """
    is_over = threading.Event()

    def cut() -> None:
        is_over.set()
        with suppress(OSError, AttributeError):  # Not connected yet, or closed
            connection.sock.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield is_over
    except _FAILURES as error:
        if is_over.is_set():
            raise _TooSlowError from error
        raise
    finally:
        timer.cancel()
        connection.close()


def _explain(failure: Exception) -> str:
    """Why there was no answer, without anything about our own network."""
    names = {type(it).__name__ for it in (failure, failure.__cause__, failure.__context__)}
    if names & {"gaierror", "NameResolutionError"}:
        return "The name of the host is unknown."
    if names & {"TimeoutError", "ConnectTimeoutError", "ReadTimeoutError"}:
        return "The receiver did not answer in time."
    if names & {"SSLError", "SSLCertVerificationError", "CertificateError"}:
        return "The receiver has no valid certificate for its name."
    if "ConnectionRefusedError" in names:
        return "The receiver refused the connection."
    return "The connection broke off before the receiver answered."
