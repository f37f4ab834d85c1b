"""A program that hears of each result goes on, whatever becomes of single tasks."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from pipeline.core.tasks import transitions
from spotter_client import Spotter, live
from spotter_client.live import Tail
from spotter_client.models import Task
from tests.clients.sockets import FakeSocket
from tests.examples import build_task


def finish_one() -> str:
    task = build_task(status="queued")
    transitions.insert(task)
    transitions.cancel(task.task_id)
    return task.task_id


def hear(found: Iterator[Task]) -> str:
    return str(next(found).task_id)


def test_a_task_that_was_deleted_before_it_is_asked_for_is_left_out(
    spotter: Spotter, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = FakeSocket()
    monkeypatch.setattr(live, "find_socket", lambda spotter: socket)
    found = iter(Tail(spotter))
    listed = finish_one()
    assert hear(found) == listed

    hinted = finish_one()
    socket.messages = [{"type": "task", "taskId": it} for it in (str(uuid4()), hinted)]

    assert hear(found) == hinted
