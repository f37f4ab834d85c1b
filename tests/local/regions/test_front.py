"""The front leads callers to a region that answers, and a region that is away answers nobody."""

import asyncio
import json
from typing import Any

import pytest

from infra.local.regions.addresses import Regions
from infra.local.regions.front import CHANGE_AFTER, FRONT_ID, Front, Message, Receive, Send
from infra.local.regions.link import Link
from infra.local.regions.switches import Switches

FIRST, SECOND = "us-east-1", "eu-west-1"
SECRET = "root's secret"


class Local:
    """A local AWS of two regions. It notes the paths that it was asked for."""

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.unhealthy: set[str] = set()
        self.evacuated: set[str] = set()
        self.closed: list[str] = []
        self.link = Link()
        apis = {FIRST: "spotter", SECOND: f"spotter-{SECOND}"}
        regions = Regions(FIRST, SECOND)
        self.front = Front(
            self.serve, regions, self.link, apis, "v1", lambda region: region in self.evacuated
        )
        self.switches = Switches(self.front, self.front, SECRET, self.closed.append)
        self._apis = {api: region for region, api in apis.items()}

    async def serve(self, scope: Message, receive: Receive, send: Send) -> None:
        self.paths.append(scope["path"])
        api = scope["path"].split("/")[3]
        is_sick = scope["path"].endswith("/health") and self._apis[api] in self.unhealthy
        await send({"type": "http.response.start", "status": 500 if is_sick else 200})
        await send({"type": "http.response.body", "body": b"{}"})

    def ask(
        self, path: str, *, method: str = "GET", kind: str = "http", **headers: str
    ) -> list[Message]:
        sent: list[Message] = []

        async def send(message: Message) -> None:
            sent.append(message)

        async def receive() -> Message:
            return {"type": "http.request", "body": b""}

        pairs = [(name.replace("_", "-").encode(), it.encode()) for name, it in headers.items()]
        scope = {"type": kind, "method": method, "path": path, "headers": pairs}
        asyncio.run(self._run(scope, receive, send))
        return sent

    async def _run(self, scope: Message, receive: Receive, send: Send) -> None:
        await self.switches(scope, receive, send)

    def upload(self) -> tuple[int, str]:
        """Status and region of an answer through the front."""
        start = self.ask(f"/_aws/execute-api/{FRONT_ID}/v1/upload")[0]
        return start["status"], dict(start["headers"])[b"x-region"].decode()

    def check(self, times: int = CHANGE_AFTER) -> None:
        for _ in range(times):
            asyncio.run(self.front.check())

    def turn(self, *words: str, secret: str = SECRET) -> tuple[int, Any]:
        path = "/".join(("/_regions", *words))
        start, body = self.ask(path, method="POST", authorization=secret)
        return start["status"], json.loads(body["body"])


@pytest.fixture
def local() -> Local:
    return Local()


def test_callers_reach_the_first_region_unless_another_is_nearer(local: Local) -> None:
    assert local.upload() == (200, FIRST)
    assert local.turn(SECOND, "near")[1]["usable"] == [SECOND, FIRST]
    assert local.upload() == (200, SECOND)
    assert local.paths == [
        "/_aws/execute-api/spotter/v1/upload",
        f"/_aws/execute-api/spotter-{SECOND}/v1/upload",
    ]


def test_three_failed_checks_turn_the_front_and_three_good_ones_turn_it_back(local: Local) -> None:
    local.turn(FIRST, "down")
    local.check(CHANGE_AFTER - 1)
    assert local.upload() == (503, FIRST)

    local.check(1)
    assert local.upload() == (200, SECOND)

    local.turn(FIRST, "up")
    local.check(CHANGE_AFTER - 1)
    assert local.upload() == (200, SECOND)

    local.check(1)
    assert local.upload() == (200, FIRST)


def test_an_unhealthy_region_is_left_like_one_that_is_away(local: Local) -> None:
    local.unhealthy = {FIRST}
    local.check()

    assert local.upload() == (200, SECOND)


def test_nobody_is_led_to_an_evacuated_region(local: Local) -> None:
    local.turn(SECOND, "near")
    local.evacuated = {SECOND}

    assert local.upload() == (200, FIRST)


def test_with_no_healthy_region_all_are_used(local: Local) -> None:
    local.unhealthy = {FIRST, SECOND}
    local.check()

    assert local.upload() == (200, FIRST)
    local.turn(SECOND, "near")
    assert local.upload() == (200, SECOND)


def test_a_region_that_is_away_answers_nobody(local: Local) -> None:
    local.turn(FIRST, "down")

    assert local.ask("/_aws/execute-api/spotter/v1/upload")[0]["status"] == 503
    assert local.ask(f"/_aws/execute-api/spotter-{SECOND}/v1/upload")[0]["status"] == 200
    socket = local.ask("/_aws/execute-api/spotterlive/live", kind="websocket")
    assert socket == [{"type": "websocket.close", "code": 1013}]
    assert local.closed == [FIRST]


def test_the_switches_tell_the_state(local: Local) -> None:
    local.turn("cut")

    assert local.turn(SECOND, "down") == (
        200,
        {"away": [SECOND], "cut": True, "waiting": 0, "usable": [FIRST, SECOND]},
    )
    local.turn("join")
    assert local.turn(SECOND, "up")[1]["cut"] is False


def test_only_the_roots_key_opens_the_switches(local: Local) -> None:
    assert local.turn("cut", secret="another")[0] == 403
    assert not local.link.is_cut


@pytest.mark.parametrize("words", [["eu-west-9", "down"], [FIRST, "away"], ["uncut"]])
def test_there_is_no_other_switch(local: Local, words: list[str]) -> None:
    assert local.turn(*words)[0] == 404
