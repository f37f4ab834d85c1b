"""The faults of `make chaos` that need no hooks, on the shared local system."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psutil

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import Layout
from infra.local.processes import Roster
from infra.local.state import State
from tests.e2e.conftest import User, wait_until

MESSAGES = 5


def test_a_message_that_is_delivered_many_times_gives_one_result(
    user: User, root: Clients, system: State, photo: Path
) -> None:
    task_id = user.client.upload_direct(photo.read_bytes(), "image/jpeg", "often.jpg")
    body = f'{{"task_id": "{task_id}"}}'
    for _ in range(MESSAGES):
        root.sqs.send_message(QueueUrl=system.task_queue_url, MessageBody=body)
    first = user.client.wait_for_result(task_id)
    record = read_record(root, task_id)

    wait_until(lambda: not count_messages(root, system.task_queue_url))

    assert first["labels"]
    assert read_record(root, task_id) == record


def test_a_function_killed_during_an_upload_creates_one_task(
    user: User, layout: Layout, photo: Path
) -> None:
    for milliseconds in (5, 20, 60):
        headers = {"Content-Type": "image/jpeg", "Idempotency-Key": uuid4().hex}
        upload = partial(user.http.post, "/upload", content=photo.read_bytes(), headers=headers)
        with ThreadPoolExecutor(1) as pool:
            hit = pool.submit(upload)
            time.sleep(milliseconds / 1000)
            kill_functions(layout)

        [task_id] = {get_task_id(hit.result()), repeat_until_accepted(upload)} - {None}

        assert task_id
        assert user.client.wait_for_result(task_id)["labels"]


def kill_functions(layout: Layout) -> None:
    """Kill all processes of functions."""
    [aws] = [process for entry, process in Roster(layout).find_living() if entry.name == "aws"]
    for process in aws.children(recursive=True):
        with suppress(psutil.NoSuchProcess):
            process.kill()


def get_task_id(response: httpx.Response) -> str | None:
    return str(response.json()["taskId"]) if response.is_success else None


def repeat_until_accepted(upload: Callable[[], httpx.Response]) -> str:
    """Repeat the request, as a client does after an error."""
    task_id: str = wait_until(lambda: get_task_id(upload()))
    return task_id


def read_record(root: Clients, task_id: str) -> dict[str, Any]:
    key = {"task_id": {"S": task_id}}
    return root.dynamodb.get_item(TableName=names.TASKS_TABLE, Key=key)["Item"]


def count_messages(root: Clients, queue_url: str) -> int:
    found = root.sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["All"])["Attributes"]
    return int(found["ApproximateNumberOfMessages"]) + int(
        found["ApproximateNumberOfMessagesNotVisible"]
    )
