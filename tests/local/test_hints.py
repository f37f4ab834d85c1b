"""A program that waits for a hint goes on when it comes, when it is late, or without a socket."""

import json
from threading import Thread
from typing import Any

import httpx
import pytest
import websocket

from infra.local.demo.hints import Hints, open_hints


class FakeSocket:
    """A socket whose messages a test decides."""

    def __init__(self, *messages: object) -> None:
        self.messages = list(messages)
        self.sent: list[str] = []
        self.is_shut_down = False

    def recv(self) -> Any:
        if not self.messages:
            raise websocket.WebSocketConnectionClosedException
        message = self.messages.pop(0)
        if isinstance(message, Exception):
            raise message
        return json.dumps(message)

    def send(self, text: str) -> None:
        self.sent.append(text)

    def settimeout(self, seconds: float) -> None: ...

    def close(self) -> None: ...

    def shutdown(self) -> None:
        self.is_shut_down = True


def hint(task_id: str) -> dict[str, str]:
    return {"type": "task", "taskId": task_id, "status": "succeeded"}


def build_hints(*messages: object) -> Hints:
    return Hints(FakeSocket(*messages))  # type: ignore[arg-type]


def test_a_hint_ends_the_wait_for_its_task_only() -> None:
    hints = build_hints({"type": "pong"}, hint("task-1"))

    assert hints.wait_for("task-1", 60)
    assert not hints.wait_for("task-2", 60)


def test_a_closed_socket_ends_every_wait() -> None:
    hints = build_hints()

    assert not hints.wait_for("task-1", 60)
    assert not hints.is_open


def test_a_socket_that_the_service_closed_is_given_back() -> None:
    socket = FakeSocket()
    hints = Hints(socket)  # type: ignore[arg-type]

    hints.close()

    assert socket.is_shut_down


def test_a_silent_socket_is_kept_open_by_pings() -> None:
    socket = FakeSocket(websocket.WebSocketTimeoutException(), hint("task-1"))
    hints = Hints(socket)  # type: ignore[arg-type]

    assert hints.wait_for("task-1", 60)
    assert socket.sent == ['{"action": "ping"}']


def test_one_socket_serves_several_threads() -> None:
    hints = build_hints(hint("task-2"), hint("task-1"))
    found: dict[str, bool] = {}

    def wait(task_id: str) -> None:
        found[task_id] = hints.wait_for(task_id, 60)

    threads = [Thread(target=wait, args=(it,)) for it in ("task-1", "task-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == {"task-1": True, "task-2": True}


@pytest.mark.parametrize("status", [404, 500])
def test_without_a_ticket_there_are_no_hints(status: int) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(status))

    with httpx.Client(base_url="http://api.test", transport=transport) as http:
        assert open_hints(http) is None
