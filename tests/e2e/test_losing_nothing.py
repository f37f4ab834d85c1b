"""No picture is lost when a process dies."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import Layout
from infra.local.state import State
from pipeline.core import alarms
from pipeline.core.settings import VISIBILITY_SECONDS
from pipeline.core.storage import build_image_key
from pipeline.core.tasks.record import Task
from tests.e2e.conftest import PATIENCE_SECONDS, SetWorkers, User, wait_until
from tests.pictures import encode

pytestmark = pytest.mark.slow

PICTURES = 8


@pytest.fixture
def short_visibility(root: Clients, system: State) -> Iterator[None]:
    """Messages of a killed worker come back after 5 s instead of a minute."""
    url = system.task_queue_url
    root.sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5"})
    yield
    root.sqs.set_queue_attributes(
        QueueUrl=url, Attributes={"VisibilityTimeout": str(VISIBILITY_SECONDS)}
    )


@pytest.fixture(scope="module")
def slow_photo(photo: Path) -> bytes:
    """A photo that keeps a worker busy: WebP cannot be decoded at a reduced size."""
    return encode(Image.open(photo).resize((6000, 4000)), "WEBP", quality=60, method=0)


def upload_many(user: User, photo: bytes) -> list[str]:
    return [
        user.client.upload_direct(photo, "image/webp", f"{number}.webp")
        for number in range(PICTURES)
    ]


def has_begun(user: User, task_ids: list[str]) -> bool:
    return any(user.client.get_result(task_id)["status"] != "queued" for task_id in task_ids)


@pytest.mark.parametrize("signum", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.usefixtures("short_visibility")
def test_a_worker_that_ends_during_a_picture_loses_nothing(
    user: User,
    slow_photo: bytes,
    workers: Callable[[], list[int]],
    set_workers: SetWorkers,
    signum: signal.Signals,
) -> None:
    set_workers(0)
    task_ids = upload_many(user, slow_photo)
    set_workers(1)
    [pid] = workers()
    wait_until(lambda: has_begun(user, task_ids))

    os.kill(pid, signum)

    tasks = [user.client.wait_for_result(task_id, PATIENCE_SECONDS) for task_id in task_ids]
    assert all(task["labels"] for task in tasks)
    wait_until(lambda: workers() not in ([], [pid]))


def test_the_group_sets_the_number_of_workers(
    workers: Callable[[], list[int]], set_workers: SetWorkers
) -> None:
    set_workers(2)
    more = len(workers())

    set_workers(1)

    assert (more, len(workers())) == (2, 1)


def test_operators_are_told_when_more_than_100_pictures_wait(
    root: Clients, system: State, set_workers: SetWorkers, layout: Layout
) -> None:
    set_workers(0)
    known = len(read_states(layout, "queue-depth"))
    for _ in range(alarms.DEPTH.threshold + 1):
        root.sqs.send_message(
            QueueUrl=system.task_queue_url, MessageBody=f'{{"task_id": "{uuid4()}"}}'
        )

    wait_until(lambda: "ALARM" in read_states(layout, "queue-depth")[known:])
    set_workers(1)
    wait_until(lambda: read_states(layout, "queue-depth")[-1] == "OK")


def test_a_poison_message_reaches_the_dead_letter_queue_and_an_operator(
    root: Clients, system: State, layout: Layout
) -> None:
    root.sqs.purge_queue(QueueUrl=system.dead_letter_queue_url)  # Else it is not among the first
    body = f"poison {uuid4()}"
    root.sqs.send_message(QueueUrl=system.task_queue_url, MessageBody=body)

    wait_until(lambda: body in receive_bodies(root, system.dead_letter_queue_url))

    wait_until(lambda: "ALARM" in read_states(layout, "dead-letters"))


def test_the_sweep_finds_a_picture_without_an_event(user: User, root: Clients, photo: Path) -> None:
    data = photo.read_bytes()
    body = {"contentType": "image/jpeg", "sizeBytes": len(data)}
    created = user.http.post("/upload", json=body).json()
    # The picture is stored while the bucket has no notification, as if its event were lost.
    key = created["upload"]["fields"]["key"]
    listening: Any = root.s3.get_bucket_notification_configuration(Bucket=names.IMAGES_BUCKET)
    del listening["ResponseMetadata"]
    root.s3.put_bucket_notification_configuration(
        Bucket=names.IMAGES_BUCKET, NotificationConfiguration={}
    )
    try:
        root.s3.put_object(Bucket=names.IMAGES_BUCKET, Key=key, Body=data)
    finally:
        root.s3.put_bucket_notification_configuration(
            Bucket=names.IMAGES_BUCKET, NotificationConfiguration=listening
        )
    time.sleep(1)
    assert user.client.get_result(created["taskId"])["status"] == "awaiting_upload"
    backdate(root, created["taskId"], "created_at", minutes=5)

    sweep(root)

    assert user.client.wait_for_result(created["taskId"])["labels"]


def test_the_sweep_queues_a_direct_upload_that_broke_off(
    user: User, root: Clients, photo: Path
) -> None:
    data = photo.read_bytes()
    body = {"contentType": "image/jpeg", "sizeBytes": len(data)}
    task_id = user.http.post("/upload", json=body).json()["taskId"]
    # As if the function stopped after it stored the picture.
    key = build_image_key(user.owner_id, task_id)
    root.s3.put_object(Bucket=names.IMAGES_BUCKET, Key=key, Body=data)
    set_attribute(root, task_id, "image_key", key)
    backdate(root, task_id, "created_at", minutes=5)

    sweep(root)

    assert user.client.wait_for_result(task_id)["labels"]


def test_the_sweep_sends_a_lost_message_again(user: User, root: Clients, photo: Path) -> None:
    task_id = user.client.upload_direct(photo.read_bytes(), "image/jpeg", "lost.jpg")
    user.client.wait_for_result(task_id)
    # As if the message were lost before a worker received it.
    set_attribute(root, task_id, "status", "queued")
    for attribute in ("created_at", "updated_at"):
        backdate(root, task_id, attribute, minutes=20)

    sweep(root)

    assert user.client.wait_for_result(task_id)["labels"]


def test_a_task_without_a_picture_expires(user: User, root: Clients) -> None:
    body = {"contentType": "image/jpeg", "sizeBytes": 100}
    task_id = user.http.post("/upload", json=body).json()["taskId"]
    backdate(root, task_id, "created_at", minutes=70)

    sweep(root)

    assert user.client.get_result(task_id)["status"] == "expired"


def test_the_sweep_runs_on_schedule(user: User, root: Clients) -> None:
    body = {"contentType": "image/jpeg", "sizeBytes": 100}
    task_id = user.http.post("/upload", json=body).json()["taskId"]
    backdate(root, task_id, "created_at", minutes=70)

    wait_until(lambda: user.client.get_result(task_id)["status"] == "expired")


def sweep(root: Clients) -> None:
    response = root.functions.invoke(FunctionName=names.build_function_name("sweep"), Payload=b"{}")
    assert "FunctionError" not in response, response["Payload"].read()


def backdate(root: Clients, task_id: str, attribute: str, *, minutes: int) -> None:
    past = time.gmtime(time.time() - minutes * 60)
    set_attribute(root, task_id, attribute, time.strftime("%Y-%m-%dT%H:%M:%S.000000+0000", past))


def set_attribute(root: Clients, task_id: str, name: str, value: str) -> None:
    root.dynamodb.update_item(
        TableName=names.TASKS_TABLE,
        Key={"task_id": {"S": task_id}},
        UpdateExpression="SET #name = :value",
        ExpressionAttributeNames={"#name": name},
        ExpressionAttributeValues={":value": {"S": value}},
    )


def receive_bodies(root: Clients, queue_url: str) -> list[str]:
    received = root.sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
    )
    return [message["Body"] for message in received.get("Messages", [])]


def read_states(layout: Layout, name: str) -> list[str]:
    """All states of an alarm that were sent to operators."""
    lines = layout.alarms.read_text().splitlines() if layout.alarms.exists() else []
    notices = [json.loads(line) for line in lines]
    return [notice["NewStateValue"] for notice in notices if name in notice["AlarmName"]]


def test_a_success_that_another_region_overwrites_is_restored(
    root: Clients, user: User, photo: Path
) -> None:
    task_id = user.client.recognise(photo)["taskId"]
    key = {"task_id": {"S": task_id}}
    before = root.dynamodb.get_item(TableName=names.TASKS_TABLE, Key=key)["Item"]

    # So a failure arrives that another region stored later.
    root.dynamodb.put_item(TableName=names.TASKS_TABLE, Item={**before, "status": {"S": "failed"}})

    def read() -> Mapping[str, Any]:
        found = root.dynamodb.get_item(TableName=names.TASKS_TABLE, Key=key, ConsistentRead=True)
        return found["Item"]

    wait_until(lambda: read() == before)
    # A record arrives that forgets how many versions were asked for.
    asked = {**before, Task.versions_asked.attr_name: {"N": "3"}}
    root.dynamodb.put_item(TableName=names.TASKS_TABLE, Item=asked)
    root.dynamodb.put_item(TableName=names.TASKS_TABLE, Item=before)
    wait_until(lambda: read() == asked)
