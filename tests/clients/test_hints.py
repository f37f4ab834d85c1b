"""A program that waits for a hint goes on when it comes, when it is late, or without a socket."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Thread

import httpx
import pytest
import websocket

from pipeline.core.queue import TaskQueue
from pipeline.core.tasks import transitions
from spotter_client import Hints, Retries, Spotter, TaskFailedError, TokenAuth, hints
from tests.clients.service import API, FunctionTransport, working
from tests.clients.sockets import FakeSocket
from tests.clocks import HandClock
from tests.examples import build_task
from tests.lambdas.uploads import JPEG

THREADS = 8


def hint(task_id: str) -> dict[str, str]:
    return {"type": "task", "taskId": task_id, "status": "succeeded"}


def build(answer: Callable[[httpx.Request], httpx.Response]) -> Hints:
    transport = httpx.MockTransport(answer)
    return Hints(Spotter(API, TokenAuth("token"), retries=Retries(count=0), transport=transport))


def listen(socket: FakeSocket, spotter: Spotter | None = None) -> Hints:
    found = Hints(spotter) if spotter else build(lambda request: httpx.Response(404))
    found.listen(socket)  # type: ignore[arg-type]
    return found


def test_a_hint_ends_the_wait_for_its_task_only() -> None:
    found = listen(FakeSocket({"type": "pong"}, hint("task-1")))

    assert found.wait_for_hint("task-1", 60)
    assert not found.wait_for_hint("task-2", 60)


def test_a_socket_that_the_service_closed_ends_every_wait_and_is_given_back() -> None:
    socket = FakeSocket()
    found = listen(socket)

    assert not found.wait_for_hint("task-1", 60)
    assert not found.is_open
    found.close()
    assert socket.is_shut_down


def test_a_silent_socket_is_kept_open_by_pings() -> None:
    socket = FakeSocket(websocket.WebSocketTimeoutException(), hint("task-1"))

    assert listen(socket).wait_for_hint("task-1", 60)
    assert socket.sent == ['{"action": "ping"}']


def test_one_socket_serves_several_threads() -> None:
    found = listen(FakeSocket(hint("task-2"), hint("task-1")))
    heard: dict[str, bool] = {}

    def wait(task_id: str) -> None:
        heard[task_id] = found.wait_for_hint(task_id, 60)

    threads = [Thread(target=wait, args=(it,)) for it in ("task-1", "task-2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert heard == {"task-1": True, "task-2": True}


def test_many_threads_ask_for_one_socket_and_again_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[str] = []
    clock = HandClock()
    monkeypatch.setattr(hints, "time", clock)

    def refuse(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(503)

    found = build(refuse)
    with ThreadPoolExecutor(THREADS) as pool:
        heard = list(pool.map(lambda _: found.open(), range(THREADS)))
    assert heard == [False] * THREADS
    assert asked == ["/v1/live/tickets"]

    clock.go(hints.OPEN_AGAIN_SECONDS)
    found.open()

    assert asked == ["/v1/live/tickets"] * 2


def test_a_result_is_asked_for_when_its_hint_has_come(
    spotter: Spotter, transport: FunctionTransport
) -> None:
    task = build_task(status="queued")
    transitions.insert(task)
    transitions.cancel(task.task_id)
    # The ping keeps the socket open until the wait has begun.
    found = listen(FakeSocket(hint(task.task_id)), spotter)
    found.wait_for_hint("another task", 60)
    found._socket = FakeSocket()  # type: ignore[assignment]

    with pytest.raises(TaskFailedError):
        found.wait(task.task_id)

    assert [it.url.query for it in transport.requests] == [b""]  # It does not let the service wait


def test_without_a_socket_the_result_is_waited_for(
    spotter: Spotter, queue: TaskQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "find_socket", lambda spotter: None)
    task_id = spotter.upload(JPEG)

    with working(queue), Hints(spotter) as found:
        assert [label.name for label in found.wait(task_id).labels or []] == ["cat"]
