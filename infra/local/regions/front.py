"""The front of two regions: what Route 53 does on AWS, and outages at will.

Callers use one address. It leads to the nearest region whose health checks pass and that is not
evacuated. Requests to a region that is away get 503 at once.

ministack's own Python imports this file, so it imports nothing of ours.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from .addresses import APIS, Regions
from .link import Link

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

FRONT_ID = "spotter-front"
"""The id of the API that callers use. It is in no region."""
ANSWERED = b"x-region"
"""The region that answered, for the drill."""

CHECK_SECONDS = 1.0
"""Route 53 asks every 10 s."""
CHANGE_AFTER = 3
"""Checks in a row that change the state of a region, as on AWS."""
PATIENCE_SECONDS = 2.0


@dataclass
class Health:
    """What the last checks of a region said. It begins healthy, as a check on AWS does."""

    is_healthy: bool = True
    against: int = 0
    """Checks in a row that say otherwise."""

    def note(self, *, passed: bool) -> None:
        self.against = 0 if passed == self.is_healthy else self.against + 1
        if self.against >= CHANGE_AFTER:
            self.is_healthy, self.against = passed, 0


@dataclass
class Front:
    """An ASGI application before the local AWS."""

    application: Application
    regions: Regions
    link: Link
    api_ids: dict[str, str]
    """Region to the id of its API."""
    stage: str
    is_evacuated: Callable[[str], bool]
    nearest: str = ""
    """Where the callers are, which Route 53 knows. At first they are near the first region."""
    health: dict[str, Health] = field(default_factory=dict)
    _watch: asyncio.Task[None] | None = None

    def __post_init__(self) -> None:
        self.nearest = self.nearest or self.regions.first
        self.health = {region: Health() for region in self.regions.all}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._watch = asyncio.create_task(self._check_for_ever())
            await self.application(scope, self._stop_after(receive), send)
        elif self._is_for_front(scope):
            region = self.choose()
            await self._pass(self._lead(scope, region), receive, _name(send, region))
        else:
            await self._pass(scope, receive, send)

    def choose(self) -> str:
        """The region that callers are led to."""
        # With everything unhealthy Route 53 takes everything for healthy.
        return (self.list_usable() or [self.nearest])[0]

    def list_usable(self) -> list[str]:
        """The regions that callers can be led to, the nearest first."""
        usable = [region for region in self.regions.all if self.is_usable(region)]
        return sorted(usable, key=lambda region: region != self.nearest)

    def is_usable(self, region: str) -> bool:
        return self.health[region].is_healthy and not self.is_evacuated(region)

    async def check(self) -> None:
        """Ask each region once."""
        for region in self.regions.all:
            passed = await self._ask(f"{APIS}{self.api_ids[region]}/{self.stage}/health") == 200
            self.health[region].note(passed=passed)

    def _is_for_front(self, scope: Message) -> bool:
        is_http: bool = scope["type"] == "http"
        return is_http and str(scope["path"]).startswith(f"{APIS}{FRONT_ID}/")

    def _lead(self, scope: Message, region: str) -> Message:
        path = scope["path"].replace(FRONT_ID, self.api_ids[region], 1)
        raw = scope.get("raw_path") or scope["path"].encode()
        raw_path = raw.replace(FRONT_ID.encode(), self.api_ids[region].encode(), 1)
        return {**scope, "path": path, "raw_path": raw_path}

    async def _pass(self, scope: Message, receive: Receive, send: Send) -> None:
        region = self.regions.find(scope)
        if region not in self.link.away:
            await self.application(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1013})  # Try again later
        else:
            await refuse(send)

    async def _check_for_ever(self) -> None:
        while True:
            await self.check()
            await asyncio.sleep(CHECK_SECONDS)

    async def _ask(self, path: str) -> int:
        """The status of an answer of the local AWS; 0 without one."""
        found: list[int] = []
        scope = {
            "type": "http",
            "http_version": "1.1",
            "scheme": "http",
            "method": "GET",
            "path": path,
            "raw_path": path.encode(),
            "query_string": b"",
            "headers": [(b"host", b"127.0.0.1")],
            "client": ("127.0.0.1", 0),
            "server": ("127.0.0.1", 0),
        }

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                found.append(message["status"])

        async def receive() -> Message:
            return {"type": "http.request", "body": b"", "more_body": False}

        with suppress(Exception):  # An unhealthy region may fail in any way
            await asyncio.wait_for(self._pass(scope, receive, send), PATIENCE_SECONDS)
        return found[0] if found else 0

    def _stop_after(self, receive: Receive) -> Receive:
        async def receiving() -> Message:
            message = await receive()
            if message["type"] == "lifespan.shutdown":
                if self._watch:
                    self._watch.cancel()
                self.link.flush()
            return message

        return receiving


def _name(send: Send, region: str) -> Send:
    async def naming(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [*message.get("headers", []), (ANSWERED, region.encode())]
            message = {**message, "headers": headers}
        await send(message)

    return naming


async def refuse(send: Send) -> None:
    """Answer as a load balancer does whose service is away: 503, without a body.

    The SDKs of AWS understand it for each protocol.
    """
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


async def answer(send: Send, status: int, content: Any) -> None:
    """Send JSON."""
    body = json.dumps(content).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
