"""Attempts to swap, keep or host pictures. Each adds rows to build/access.jsonl."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from PIL import Image

from infra.local import names
from infra.local.clients import Clients
from infra.local.state import State
from pipeline.core.storage import (
    IMAGE_PREFIX,
    build_image_key,
    build_upload_key,
)
from tests.e2e.attempts import Attempts
from tests.e2e.conftest import PATIENCE_SECONDS, User, wait_until
from tests.e2e.storage import Storage, has_one_picture
from tests.pictures import build_quadrants, encode

PICTURES = [encode(build_quadrants(64, 64).rotate(angle), "PNG") for angle in (0, 90, 180, 270)]
SIZE = max(map(len, PICTURES))
FORM = {"contentType": "image/png", "sizeBytes": SIZE}


def ask_for_form(user: User, key: str | None = None) -> dict[str, Any]:
    headers = {"Idempotency-Key": key} if key else {}
    created: dict[str, Any] = user.http.post("/upload", json=FORM, headers=headers).json()
    return created


def post(created: dict[str, Any], picture: bytes) -> int:
    """Post a picture with the form of the ticket."""
    form = created["upload"]
    files = {"file": picture}
    return httpx.post(
        form["url"], data=form["fields"], files=files, timeout=PATIENCE_SECONDS
    ).status_code


def get_picture(user: User, task_id: str) -> bytes:
    """The picture that the API shows for the task."""
    url = user.http.get(f"/results/{task_id}").json()["image"]["url"]
    return httpx.get(url, timeout=PATIENCE_SECONDS).content


@pytest.fixture
def storage(root: Clients) -> Storage:
    return Storage(root)


def test_a_form_that_is_posted_again_does_not_swap_the_picture(
    user: User, attempts: Attempts, storage: Storage
) -> None:
    created = ask_for_form(user)
    task_id = created["taskId"]
    assert post(created, PICTURES[0]) == 204
    before = user.client.wait_for_result(task_id)

    answers = {post(created, PICTURES[1]) for _ in range(5)}

    wait_until(lambda: has_one_picture(storage, user, task_id))
    after = user.http.get(f"/results/{task_id}").json()
    is_swapped = get_picture(user, task_id) != PICTURES[0]
    answer = "another picture is shown" if is_swapped else f"{answers}, the same picture is shown"
    attempts.note("swap", "posts a form again after the result", answer, is_open=is_swapped)
    assert not is_swapped
    assert (after["status"], after["labels"]) == ("succeeded", before["labels"])


def test_no_form_is_signed_for_a_finished_task(user: User, attempts: Attempts) -> None:
    key = str(uuid4())
    created = ask_for_form(user, key)
    assert post(created, PICTURES[0]) == 204
    user.client.wait_for_result(created["taskId"])

    again = user.http.post("/upload", json=FORM, headers={"Idempotency-Key": key})

    is_open = bool(again.json().get("upload"))
    attempts.note("swap", "asks for a new form of a finished task", again.text, is_open=is_open)
    assert (again.status_code, again.json()["taskId"]) == (202, created["taskId"])


def test_quick_posts_of_one_form_show_the_picture_that_was_recognised(
    user: User, attempts: Attempts, storage: Storage
) -> None:
    tickets = [ask_for_form(user) for _ in range(8)]

    with ThreadPoolExecutor(len(PICTURES)) as pool:
        for ticket in tickets:
            list(pool.map(partial(post, ticket), PICTURES))

    mismatches = 0
    for ticket in tickets:
        task_id = ticket["taskId"]
        user.client.wait_for_result(task_id)
        wait_until(partial(has_one_picture, storage, user, task_id))
        shown = hashlib.sha256(get_picture(user, task_id)).hexdigest()
        mismatches += shown != storage.read_sha256(task_id)
    answer = f"{mismatches} results of another picture"
    attempts.note("swap", "posts four pictures at once, 8 times", answer, is_open=mismatches > 0)
    assert mismatches == 0


def test_a_deletion_during_a_direct_upload_leaves_no_picture(
    user: User, attempts: Attempts, storage: Storage
) -> None:
    def upload_and_delete(number: int) -> str:
        key = str(uuid4())
        headers = {"Idempotency-Key": key, "Content-Type": "image/png"}
        with ThreadPoolExecutor(2) as pool:
            uploads = [
                pool.submit(user.http.post, "/upload", content=PICTURES[0], headers=headers)
                for _ in range(2)
            ]
            task_id = str(uploads[0].result().json()["taskId"])
            user.http.delete(f"/results/{task_id}")
            uploads[1].result()
        user.http.delete(f"/results/{task_id}")
        return task_id

    task_ids = [upload_and_delete(number) for number in range(12)]

    def find_left() -> list[str]:
        return [key for task_id in task_ids for key in storage.find_keys(user, task_id)]

    # A worker that held a picture when its task was deleted takes the copies back.
    wait_until(lambda: find_left() == [])
    left = find_left()
    attempts.note(
        "keep", "deletes during an upload, 12 times", f"{len(left)} left", is_open=bool(left)
    )
    assert left == []


def test_a_file_that_is_no_picture_is_not_hosted(
    user: User, attempts: Attempts, storage: Storage
) -> None:
    created = ask_for_form(user)
    task_id = created["taskId"]

    post(created, b"#!/bin/sh\n")

    wait_until(lambda: user.client.get_result(task_id)["status"] == "failed")
    failed = user.client.get_result(task_id)
    assert failed["error"]["code"] == "unsupported_format"
    is_open = failed["image"]["url"] is not None
    attempts.note(
        "host", "a program as a picture", f"address {failed['image']['url']}", is_open=is_open
    )
    assert not is_open
    # The next sweep deletes it.
    wait_until(lambda: storage.find_keys(user, task_id) == [])
    retried = user.http.post(f"/results/{task_id}/retry")
    assert retried.json()["code"] == "task_not_retryable"


def test_a_deletion_takes_an_upload_along_that_no_task_took_over(
    user: User, root: Clients, storage: Storage
) -> None:
    task_id = ask_for_form(user)["taskId"]
    # Storage announces forms only, so nothing takes this picture over.
    key = build_upload_key(user.owner_id, task_id)
    root.s3.put_object(Bucket=names.IMAGES_BUCKET, Key=key, Body=PICTURES[0])

    answer = user.http.delete(f"/results/{task_id}")

    assert answer.status_code == 204
    assert storage.find_keys(user, task_id) == []


def test_a_direct_upload_whose_task_is_deleted_meanwhile_leaves_no_picture(
    build_user: Callable[[], User], storage: Storage
) -> None:
    owner = build_user()
    # Large, so that storing it takes longer than finding its task.
    large = encode(Image.effect_noise((1900, 1900), 100), "PNG")
    headers = {"Content-Type": "image/png"}

    def upload_and_delete() -> str | None:
        with ThreadPoolExecutor(1) as pool:
            upload = pool.submit(owner.http.post, "/upload", content=large, headers=headers)
            deleted = None
            while not (upload.done() or deleted):
                deleted = storage.delete_waiting_task(owner)
            assert upload.result().status_code == 202
        return deleted

    task_id = wait_until(upload_and_delete)

    assert storage.find_keys(owner, task_id) == []


def test_the_sweep_looks_for_pictures_without_a_task(
    user: User, root: Clients, storage: Storage, photo: Path
) -> None:
    task_id = user.client.recognise(photo)["taskId"]
    young = build_image_key(user.owner_id, str(uuid4()))
    root.s3.put_object(Bucket=names.IMAGES_BUCKET, Key=young, Body=PICTURES[0])
    place: Any = {"task_id": {"S": f"strays:{IMAGE_PREFIX}"}}
    # It looks once in ten minutes. Now it has not looked yet.
    root.dynamodb.delete_item(TableName=names.TASKS_TABLE, Key=place)

    answer = root.functions.invoke(FunctionName=names.build_function_name("sweep"), Payload=b"{}")

    assert "FunctionError" not in answer, answer["Payload"].read()
    assert "Item" in root.dynamodb.get_item(TableName=names.TASKS_TABLE, Key=place)
    # The picture of a task stays, and one that was stored just now: its task may still come.
    assert has_one_picture(storage, user, task_id)
    assert root.s3.head_object(Bucket=names.IMAGES_BUCKET, Key=young)["ContentLength"] > 0


def test_a_task_that_is_deleted_during_its_recognition_leaves_no_copy(
    user: User, root: Clients, system: State, storage: Storage, photo: Path
) -> None:
    # WebP cannot be decoded at a reduced size, so the worker is busy for seconds.
    slow = encode(Image.open(photo).resize((6000, 4000)), "WEBP", quality=60, method=0)
    task_id = user.client.upload_direct(slow, "image/webp", "slow.webp")
    wait_until(lambda: user.client.get_result(task_id)["status"] == "processing")

    answer = user.http.delete(f"/results/{task_id}")

    in_flight: Any = "ApproximateNumberOfMessagesNotVisible"

    def is_done() -> bool:
        found = root.sqs.get_queue_attributes(
            QueueUrl=system.task_queue_url, AttributeNames=[in_flight]
        )
        return found["Attributes"][in_flight] == "0"

    wait_until(is_done)
    assert answer.status_code == 204
    assert storage.find_keys(user, task_id) == []
