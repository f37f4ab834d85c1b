"""The client against the functions that it is made for."""

import asyncio
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from pipeline.core.queue import TaskQueue
from pipeline.core.search import index
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.similar_results import USUAL_DOUBLES as DOUBLES_ON_A_PAGE
from spotter_client import (
    ApiError,
    AsyncSpotter,
    NotFinishedError,
    Options,
    PhotoError,
    Search,
    Spotter,
    TaskFailedError,
    TokenAuth,
    look_at_many,
    look_at_many_async,
    photos,
)
from spotter_client._sync import client as client_module
from spotter_client.models import CorrectionsRequest, VersionRequest
from tests.clients.service import API, FunctionTransport, working
from tests.examples import build_task, save_result
from tests.lambdas.uploads import JPEG

COUNT = 5


@pytest.fixture
def worker(queue: TaskQueue) -> Iterator[None]:
    with working(queue):
        yield


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "cat on a sofa.jpg"
    path.write_bytes(JPEG)
    return path


def build_async(transport: FunctionTransport) -> AsyncSpotter:
    return AsyncSpotter(API, TokenAuth("token"), transport=transport)


def test_a_look_gives_the_labels(spotter: Spotter, worker: None, photo: Path) -> None:
    task = spotter.look(photo, Options(reference="order-4711", max_labels=3))

    assert [label.name for label in task.labels or []] == ["cat"]
    assert (task.file_name, task.reference, task.max_labels) == (photo.name, "order-4711", 3)


def test_a_large_photo_goes_to_the_storage(
    spotter: Spotter,
    transport: FunctionTransport,
    worker: None,
    photo: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(photos, "DIRECT_MAX_BYTES", len(JPEG) - 1)

    task = spotter.look(photo, Options(features=["labels", "text"]))

    assert [label.name for label in task.labels or []] == ["cat"]
    assert transport.requests[0].url.path == "/v1/upload"
    assert [it.value for it in task.features] == ["labels", "text"]


def test_the_client_for_asyncio_does_the_same(
    transport: FunctionTransport, worker: None, photo: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def run() -> list[str]:
        async with build_async(transport) as spotter:
            small = await spotter.look(photo)
            monkeypatch.setattr(photos, "DIRECT_MAX_BYTES", len(JPEG) - 1)
            large = await spotter.look(photo)
            found = [str(it.task_id) async for it in spotter.search()]
            assert found == [str(large.task_id), str(small.task_id)]
            return [label.name for it in (small, large) for label in it.labels or []]

    assert asyncio.run(run()) == ["cat", "cat"]


def test_many_photos_are_sent_at_once_and_one_bad_one_harms_no_other(
    spotter: Spotter, worker: None, photo: Path
) -> None:
    bad = photo.with_name("notes.txt")
    bad.write_text("no photo")

    outcomes = list(look_at_many(spotter, [photo] * COUNT + [bad], at_once=3))

    assert [it.photo for it in outcomes if it.error] == [bad]
    assert sum(it.task is not None for it in outcomes) == COUNT


def test_many_photos_by_asyncio(transport: FunctionTransport, worker: None, photo: Path) -> None:
    async def run() -> int:
        async with build_async(transport) as spotter:
            found = [it async for it in look_at_many_async(spotter, [photo] * COUNT, at_once=2)]
            return sum(it.task is not None for it in found)

    assert asyncio.run(run()) == COUNT


def test_a_failed_task_is_an_error_with_its_code(spotter: Spotter) -> None:
    task = build_task(status="queued")
    transitions.insert(task)
    transitions.cancel(task.task_id)

    with pytest.raises(TaskFailedError) as caught:
        spotter.wait(task.task_id)

    assert caught.value.code == "cancelled"


def test_waiting_has_an_end(spotter: Spotter) -> None:
    task = build_task(status="queued")
    transitions.insert(task)

    with pytest.raises(NotFinishedError, match=task.task_id):
        spotter.wait(task.task_id, seconds=0.1)


def test_a_missing_task_is_an_error_with_its_code(spotter: Spotter) -> None:
    with pytest.raises(ApiError) as caught:
        spotter.get(uuid4())

    assert (caught.value.status, caught.value.code) == (404, "task_not_found")


def test_all_pages_are_read_until_the_limit(
    spotter: Spotter, transport: FunctionTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "PAGE", 2)
    tasks = [build_task(status="queued") for _ in range(COUNT)]
    for task in tasks:
        transitions.insert(task)

    every = list(spotter.search(Search(status=None)))
    some = list(spotter.search(limit=3))

    assert {str(it.task_id) for it in every} == {it.task_id for it in tasks}
    assert [it.task_id for it in some] == [it.task_id for it in every[:3]]
    assert len(transport.requests) == 3 + 2


def test_many_tasks_are_asked_for_by_their_ids(spotter: Spotter, worker: None, photo: Path) -> None:
    ids = [str(spotter.look(photo).task_id) for _ in range(2)]

    assert {str(it.task_id) for it in spotter.get_many(ids)} == set(ids)


def test_a_result_can_be_corrected_and_deleted(spotter: Spotter, worker: None, photo: Path) -> None:
    task_id = str(spotter.look(photo).task_id)

    corrected = spotter.correct(task_id, CorrectionsRequest(removed=["cat"], added=["dog"]))
    spotter.delete(task_id)

    assert [label.name for label in corrected.labels or []] == ["dog", "animal"]
    with pytest.raises(ApiError, match="task_not_found"):
        spotter.get(task_id)


def test_a_waiting_task_can_be_cancelled(spotter: Spotter, photo: Path) -> None:
    task_id = spotter.upload(photo)

    spotter.cancel(task_id)

    assert Task.get(task_id).status == TaskStatus.FAILED


def test_the_limits_of_the_user_can_be_read(spotter: Spotter) -> None:
    assert "uploads" in {limit.name for limit in spotter.get_usage().limits}


def test_all_pages_of_doubles_are_read(spotter: Spotter, transport: FunctionTransport) -> None:
    tasks = [save_result() for _ in range(DOUBLES_ON_A_PAGE + 2)]
    for task in tasks:
        index.put(task)

    groups = list(spotter.list_doubles())

    shown = [str(it.task_id) for group in groups for it in group.results]
    assert set(shown) == {task.task_id for task in tasks}
    assert len(transport.requests) == 2


def test_the_days_follow_the_clock_of_the_caller(spotter: Spotter) -> None:
    noon = datetime.now(UTC).replace(hour=12) - timedelta(days=2)
    late, early = (
        build_task(status="queued", created_at=noon + timedelta(hours=hours)) for hours in (11, 13)
    )
    for task in (late, early):
        transitions.insert(task)

    assert len(spotter.list_days()) == 2
    assert [it.newest_at for it in spotter.list_days(utc_offset=120)] == [early.created_at]


def test_a_result_is_recognised_again(
    spotter: Spotter, transport: FunctionTransport, worker: None
) -> None:
    task = save_result()

    state = spotter.versions.create(task.task_id, VersionRequest(detail="fine"))
    done = spotter.versions.wait(state)

    assert json.loads(transport.requests[0].content) == {"detail": "fine"}
    assert (state.version, done.version, done.status.value) == (2, 2, "succeeded")
    assert [it.version for it in spotter.versions.list_all(task.task_id)] == [2, 1]
    with pytest.raises(NotFinishedError):
        spotter.versions.wait(state, seconds=0)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"no photo", "is no JPEG"),
        (JPEG + os.urandom(photos.MAX_BYTES), "more than 20 MB"),
    ],
    ids=["text", "large"],
)
def test_what_the_service_does_not_take_is_not_sent(
    spotter: Spotter, transport: FunctionTransport, data: bytes, reason: str
) -> None:
    with pytest.raises(PhotoError, match=reason):
        spotter.upload(data)

    assert transport.requests == []
