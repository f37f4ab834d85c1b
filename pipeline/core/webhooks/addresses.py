"""Which addresses a webhook may have.

Whoever creates a webhook makes our function call an address of their choice. So it calls public
hosts over HTTPS only. The address is checked here when a webhook is created, and what its name
resolves to is checked at each call: `pipeline.lambdas.delivering.guard`.
"""

from __future__ import annotations

import ipaddress
import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network

from urllib3.exceptions import LocationParseError
from urllib3.util import Url, parse_url

MAX_URL_LENGTH = 1000
PORTS = (443, 8443)
LEAST_LOCAL_PORT = 1024

_PRINTABLE = re.compile(r"[!-~]+")
_NAME = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*\.[a-z][a-z0-9-]*")

_INTERNET = IPv6Network("2000::/3")
"""All IPv6 addresses of hosts on the internet. Mapped IPv4, NAT64 and site-local are outside.

https://www.iana.org/assignments/ipv6-address-space
"""

_CARRIERS = (
    IPv6Network("2001::/32"),  # Teredo
    IPv6Network("2002::/16"),  # 6to4
)
"""Those of them that carry an IPv4 address. No receiver needs one."""


class AddressError(ValueError):
    """A webhook may not have this address. The text says why and what to do."""


def check_url(url: str, *, allow_loopback: bool = False) -> Url:
    """Check the address of a webhook without asking for its host.

    Args:
        allow_loopback: Also take `http` and `https` to this machine.

    Raises:
        AddressError: It may not be called.
    """
    parsed = _parse(url)
    if parsed.auth is not None:
        raise AddressError("Leave out user and password. The signature proves who calls.")
    if parsed.fragment is not None:
        raise AddressError("Leave out the part from # on. It is never sent.")
    host = (parsed.host or "").lower()
    if allow_loopback and _is_loopback(host):
        _check_local(parsed)
        return parsed
    if parsed.scheme != "https":
        raise AddressError("The address must begin with https://.")
    if (parsed.port or 443) not in PORTS:
        raise AddressError("Use port 443 or 8443.")
    address = read_address(host)
    if address is None and not _NAME.fullmatch(host.removesuffix(".")):
        raise AddressError("Name a host on the internet, such as hooks.example.com.")
    if address is not None and not is_public(address):
        raise AddressError("Only public addresses can be called. This one is private.")
    return parsed


def read_host(url: str) -> str:
    """Host and port, as one text: what tells the receivers of two webhooks apart."""
    parsed = parse_url(url)
    port = parsed.port or (443 if parsed.scheme == "https" else 80)
    return f"{(parsed.host or '').lower().removesuffix('.')}:{port}"


def read_address(host: str) -> IPv4Address | IPv6Address | None:
    """The address that a host is written as; None if it is a name."""
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]"))
    except ValueError:
        return None


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether an address is on the internet, for one receiver.

    Private, loopback, link-local (the cloud's metadata), multicast and reserved addresses are not,
    nor are those that carry another address inside.
    """
    if isinstance(address, IPv6Address):
        if address not in _INTERNET or address.scope_id:
            return False
        if any(address in network for network in _CARRIERS):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _parse(url: str) -> Url:
    if len(url) > MAX_URL_LENGTH:
        raise AddressError(f"The address is longer than {MAX_URL_LENGTH} characters.")
    # A browser reads a backslash as a slash, and other programs do not.
    if not _PRINTABLE.fullmatch(url) or "\\" in url:
        raise AddressError("Write the address in ASCII, without spaces and backslashes.")
    try:
        return parse_url(url)
    except LocationParseError as error:
        raise AddressError("This is no address. Write it like https://example.com/hook.") from error


def _is_loopback(host: str) -> bool:
    address = read_address(host)
    return host == "localhost" or (address is not None and address.is_loopback)


def _check_local(parsed: Url) -> None:
    if parsed.scheme not in ("http", "https"):
        raise AddressError("The address must begin with http:// or https://.")
    if (parsed.port or 0) < LEAST_LOCAL_PORT:
        raise AddressError(f"Use a port from {LEAST_LOCAL_PORT} on.")
