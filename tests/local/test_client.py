"""The threads of one client share its socket, and go easy on a service that is slow."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from infra.local.demo import client as client_module
from infra.local.demo.client import (
    LISTEN_AGAIN_SECONDS,
    POLL_SECONDS,
    SLOWEST_POLL_SECONDS,
    DemoError,
    SpotterClient,
)
from tests.clocks import HandClock

THREADS = 8


class SleepingClock(HandClock):
    """A clock on which a pause takes no real time."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.go(seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SleepingClock:
    clock = SleepingClock()
    monkeypatch.setattr(client_module, "time", clock)
    return clock


def build_client(answer: Callable[[httpx.Request], httpx.Response]) -> SpotterClient:
    client = SpotterClient("http://api.test", "token")
    client._http = httpx.Client(base_url="http://api.test", transport=httpx.MockTransport(answer))
    return client


def test_many_threads_ask_for_one_socket_and_again_after_a_while(clock: SleepingClock) -> None:
    asked: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(503)

    client = build_client(refuse)
    with ThreadPoolExecutor(THREADS) as pool:
        heard = list(pool.map(lambda _: client.listen(), range(THREADS)))
    assert heard == [False] * THREADS
    assert asked == ["/live/tickets"]

    clock.go(LISTEN_AGAIN_SECONDS)
    client.listen()

    assert asked == ["/live/tickets"] * 2


def test_without_a_socket_the_questions_become_rarer(clock: SleepingClock) -> None:
    answers: list[dict[str, Any]] = [{"status": "queued"}] * 9 + [{"status": "succeeded"}]

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=answers.pop(0))

    build_client(answer).wait_for_result("task-1")

    assert clock.pauses[0] == POLL_SECONDS
    assert clock.pauses == sorted(clock.pauses)
    assert clock.pauses[-1] == SLOWEST_POLL_SECONDS


def test_an_upload_is_sent_again_with_the_same_key_until_a_region_takes_it(
    clock: SleepingClock,
) -> None:
    keys: list[str] = []

    def turn(request: httpx.Request) -> httpx.Response:
        keys.append(request.headers["Idempotency-Key"])
        if len(keys) == 1:
            raise httpx.ConnectError("The region is away")
        if len(keys) == 2:
            return httpx.Response(503, headers={"Retry-After": "2"})
        return httpx.Response(202, json={"taskId": "one"})

    task_id = build_client(turn).upload_direct(b"bytes", "image/png", "a.png")

    assert task_id == "one"
    assert len(keys) == 3
    assert len(set(keys)) == 1
    assert clock.pauses[1] >= 2


def test_a_service_that_closed_for_an_hour_is_not_waited_for(clock: SleepingClock) -> None:
    def close(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers={"Retry-After": "3600"}, json={"detail": "Closed."})

    with pytest.raises(DemoError, match="Closed"):
        build_client(close).upload_direct(b"bytes", "image/png", "a.png")

    assert clock.pauses == []
