"""Nothing is done for an owner whose account was disabled or erased."""

import importlib
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

import pipeline.lambdas
from pipeline.core.queue import TaskQueue
from pipeline.core.settings import FORM_LIFETIME
from pipeline.core.storage import ImageStore, build_upload_key
from pipeline.core.tasks import lockouts, transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.uploaded import handler as uploaded
from tests.examples import OTHER_OWNER_ID, OWNER_ID, build_task
from tests.lambdas.contract import DOCUMENT
from tests.lambdas.events import build_storage_event, call, request
from tests.lambdas.uploads import post_image

FOLDER = Path(pipeline.lambdas.__file__).parent
ROUTES = {
    operation["operationId"]: (method.upper(), path)
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
    if operation.get("security") != []  # `createToken` knows its owner only from the key
}


def find_function(operation_id: str) -> str:
    """The module whose handler answers this operation."""
    [module] = [
        path.stem
        for path in FOLDER.glob("*.py")
        if f'operation_id="{operation_id}"' in path.read_text()
    ]
    return module


@pytest.mark.parametrize("operation_id", ROUTES)
def test_every_route_refuses_an_owner_who_is_locked_out(
    operation_id: str, queue: TaskQueue, store: ImageStore
) -> None:
    method, path = ROUTES[operation_id]
    handler = importlib.import_module(f"pipeline.lambdas.{find_function(operation_id)}").handler
    task = build_task()
    transitions.insert(task)
    lockouts.lock_out(OWNER_ID)

    body: Any = {"body": '{"contentType": "image/png", "sizeBytes": 1}'} if method == "POST" else {}
    headers = {"Content-Type": "application/json"}
    answer = request(
        handler,
        method,
        re.sub(r"{\w+}", task.task_id, path),
        headers=headers,
        query={"frame": "1"} if path.endswith("/frames") else {},
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
