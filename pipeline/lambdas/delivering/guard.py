"""Connections to hosts that a user named. They reach the internet only.

The name is resolved once. If one of its addresses is not public, nothing is called. The connection
goes to an address that was checked, so a name that resolves to another one a moment later gains
nothing. TLS still checks the name.
"""

from __future__ import annotations

import socket
from concurrent.futures import Future
from threading import Thread

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.util import Url
from urllib3.util.connection import create_connection

from pipeline.core.webhooks.addresses import check_url, is_public, read_address


class RefusedAddressError(Exception):
    """The name of a host leads to an address that must not be called."""


class _Guarded(HTTPConnection):
    """Connects to checked addresses only."""

    allow_loopback = False

    def _new_conn(self) -> socket.socket:
        address = choose_address(
            self.host, self.port, self.timeout, allow_loopback=self.allow_loopback
        )
        return create_connection((address, self.port), self.timeout)


class GuardedHttps(_Guarded, HTTPSConnection):
    """HTTPS to a checked address."""


class GuardedHttp(_Guarded):
    """HTTP, which only the local system uses."""


def choose_address(
    host: str, port: int, timeout: float | None = None, *, allow_loopback: bool = False
) -> str:
    """Resolve a host and choose an address to connect to.

    Args:
        timeout: Seconds for the lookup.

    Raises:
        RefusedAddressError: One of its addresses is not public.
        TimeoutError: The name servers of the host were too slow.
        socket.gaierror: There is no such host.
    """
    addresses = _resolve(host.strip("[]"), port, timeout)
    for text in addresses:
        address = read_address(text)
        if address is None or not (is_public(address) or (allow_loopback and address.is_loopback)):
            raise RefusedAddressError
    # Functions on AWS have no IPv6 route to the internet.
    return min(addresses, key=lambda text: ":" in text)


def _resolve(host: str, port: int, timeout: float | None) -> list[str]:
    """Look a name up. The name servers of a stranger may answer as slowly as they like."""
    answer: Future[list[str]] = Future()

    def look_up() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.set_result([str(each[4][0]) for each in found])
        except (OSError, ValueError) as error:  # ValueError: it cannot be a name
            answer.set_exception(error)

    # `getaddrinfo` has no timeout, so a lookup that is too slow is left to end by itself.
    Thread(target=look_up, daemon=True).start()
    return answer.result(timeout)


def open_connection(
    url: str, timeout: float, *, allow_loopback: bool = False
) -> tuple[HTTPConnection, Url]:
    """Make a guarded connection, and do not connect yet.

    Args:
        timeout: Seconds for connecting and for each part of the answer.

    Raises:
        AddressError: A webhook may not have this address.
    """
    parsed = check_url(url, allow_loopback=allow_loopback)
    kind = GuardedHttps if parsed.scheme == "https" else GuardedHttp
    connection = kind(
        parsed.host or "",
        parsed.port or (443 if parsed.scheme == "https" else 80),
        timeout=timeout,
    )
    connection.allow_loopback = allow_loopback
    return connection, parsed
