"""Nothing is done for an owner whose account was disabled or erased."""

from datetime import timedelta
from typing import Any

import pytest

from pipeline.core.queue import TaskQueue
from pipeline.core.settings import FORM_LIFETIME
from pipeline.core.storage import ImageStore, build_upload_key
from pipeline.core.tasks import lockouts, transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.uploaded import handler as uploaded
from tests.examples import OTHER_OWNER_ID, OWNER_ID, build_task
from tests.lambdas.events import build_storage_event, call, request
from tests.lambdas.routes import FOR_USERS, Route
from tests.lambdas.uploads import post_image


@pytest.mark.parametrize("route", FOR_USERS, ids=str)
def test_every_route_refuses_an_owner_who_is_locked_out(
    route: Route, queue: TaskQueue, store: ImageStore
) -> None:
    task = build_task()
    transitions.insert(task)
    lockouts.lock_out(OWNER_ID)

    body: Any = (
        {"body": '{"contentType": "image/png", "sizeBytes": 1}'} if route.method == "POST" else {}
    )
    headers = {"Content-Type": "application/json"}
    answer = request(
        route.handler,
        route.method,
        route.fill_in(task.task_id),
        headers=headers,
        query=route.query,
        **body,
    )

    assert (answer.status, answer.body["code"]) == (401, "unauthorized")
    assert Task.get(task.task_id).status == TaskStatus.AWAITING_UPLOAD
    assert len(list(Task.scan(Task.owner_id.exists()))) == 1


def test_a_picture_of_an_owner_who_is_locked_out_is_removed(
    queue: TaskQueue, store: ImageStore
) -> None:
    task = build_task()
    task.image_key = None
    transitions.insert(task)
    key = build_upload_key(task.owner_id, task.task_id)
    store.put(key, b"picture", "image/png")
    lockouts.lock_out(task.owner_id)

    call(uploaded, build_storage_event(key))

    assert not store.has(key)
    assert queue.receive() == []


def test_a_lockout_ends_and_concerns_one_owner() -> None:
    lockouts.lock_out(OWNER_ID)
    assert not lockouts.is_locked_out(OTHER_OWNER_ID)

    lockouts.readmit(OWNER_ID)

    assert not lockouts.is_locked_out(OWNER_ID)


def test_an_expired_lockout_holds_nobody_although_its_item_is_still_there() -> None:
    lockouts.lock_out(OWNER_ID, timedelta(seconds=-1))

    assert not lockouts.is_locked_out(OWNER_ID)


def test_a_lockout_outlives_tokens_and_forms() -> None:
    assert lockouts.LIFETIME > lockouts.TOKEN_LIFETIME + FORM_LIFETIME


def test_a_request_looks_once_whether_its_user_is_locked_out(
    queue: TaskQueue, store: ImageStore
) -> None:
    client = Task._get_connection().connection.client
    read: list[str] = []

    def note(params: object, **rest: object) -> None:
        read.append(str(params))

    client.meta.events.register("before-call.dynamodb.GetItem", note)
    try:
        answers = [post_image() for _ in range(2)]
    finally:
        client.meta.events.unregister("before-call.dynamodb.GetItem", note)

    assert [answer.status for answer in answers] == [202, 202]
    assert sum("lockout:" in one for one in read) == 2
