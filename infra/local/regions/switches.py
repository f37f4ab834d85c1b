"""The switches of two local regions: `/_regions` tells their state and changes it.

ministack's own Python imports this file, so it imports nothing of ours.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .front import Application, Front, Message, Receive, Send, answer

PREFIX = "/_regions"
WORDS = "REGION/down, REGION/up, REGION/near, cut or join"


@dataclass
class Switches:
    """An ASGI application before the front. Only the root's secret key opens it."""

    application: Application
    front: Front
    secret: str
    close_sockets: Callable[[str], None]
    """Closes the sockets of a region that goes away."""

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.application(scope, receive, send)
        elif not self._is_allowed(scope):
            await answer(send, 403, {"message": "Send the root's secret key as Authorization."})
        elif scope["method"] == "POST" and not self._turn(scope["path"].split("/")[2:]):
            await answer(send, 404, {"message": f"POST {WORDS}."})
        else:
            await answer(send, 200, self.describe())

    def describe(self) -> dict[str, Any]:
        """The state of regions and link."""
        front = self.front
        return {
            "away": sorted(front.link.away),
            "cut": front.link.is_cut,
            "waiting": front.link.count_waiting(),
            "usable": front.list_usable(),
        }

    def _is_allowed(self, scope: Message) -> bool:
        found = next((it for key, it in scope["headers"] if key.lower() == b"authorization"), b"")
        return bool(self.secret) and hmac.compare_digest(found, self.secret.encode())

    def _turn(self, words: list[str]) -> bool:
        """Turn one switch. False if there is no such switch."""
        link = self.front.link
        match words:
            case ["cut" | "join" as word]:
                link.set_cut(cut=word == "cut")
            case [region, "down" | "up" as word] if region in self.front.regions.all:
                link.set_away(region, away=word == "down")
                if word == "down":
                    self.close_sockets(region)
            case [region, "near"] if region in self.front.regions.all:
                self.front.nearest = region
            case _:
                return False
        return True
