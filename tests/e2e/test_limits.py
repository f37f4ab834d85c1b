"""A user who sends a thousand photos does not delay other users."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from pynamodb.attributes import UTCDateTimeAttribute

from infra.local import names
from infra.local.clients import Clients
from infra.local.demo.client import Json
from pipeline.lambdas.settings import ApiSettings
from tests.e2e.attempts import Attempts
from tests.e2e.conftest import PATIENCE_SECONDS, SetWorkers, User, wait_until
from tests.pictures import build_bomb
from tools.load.photos import build_costly_photo

pytestmark = pytest.mark.slow

CLIENTS = 4
LIMIT = ApiSettings.model_fields["max_unfinished_tasks"].default
SURPLUS = 3
BOMBS = 8


def ask_for_form(user: User, size_bytes: int = 1000) -> httpx.Response:
    body = {"contentType": "image/jpeg", "sizeBytes": size_bytes}
    return user.http.post("/upload", json=body)


def post(form: Json, data: bytes) -> str:
    """Post a picture with a signed form, and return the id of its task."""
    upload = form["upload"]
    files = {"file": ("a.jpg", data, "image/jpeg")}
    answer = httpx.post(upload["url"], data=upload["fields"], files=files, timeout=PATIENCE_SECONDS)
    answer.raise_for_status()
    return str(form["taskId"])


def count_wait_seconds(root: Clients, user: User) -> float:
    """How long the user must wait for the next upload: what was charged, minus the burst."""
    key = {"task_id": {"S": f"rate:{user.owner_id}"}}
    item = root.dynamodb.get_item(TableName=names.TASKS_TABLE, Key=key)["Item"]
    fields = ApiSettings.model_fields
    burst_seconds: float = fields["upload_burst"].default / fields["uploads_per_second"].default
    return float(item["full_at"]["N"]) - time.time() - burst_seconds


def test_a_user_at_the_limit_must_wait_and_others_need_not(
    build_user: Callable[[], User], photo: Path
) -> None:
    heavy, light = build_user(), build_user()

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(lambda _: ask_for_form(heavy), range(LIMIT + CLIENTS + SURPLUS)))
    refused = [answer for answer in answers if answer.status_code == 429]
    task = light.client.recognise(photo)

    assert len(refused) >= SURPLUS
    assert {answer.headers["Content-Type"] for answer in refused} == {"application/problem+json"}
    assert {answer.json()["code"] for answer in refused} <= {
        "too_many_in_flight",
        "too_many_requests",
    }
    assert all(int(answer.headers["Retry-After"]) >= 1 for answer in refused)
    assert task["status"] == "succeeded"


def test_who_abandoned_a_hundred_forms_is_told_when_they_expire(
    build_user: Callable[[], User], root: Clients
) -> None:
    user = build_user()
    task_id = ask_for_form(user).json()["taskId"]
    minute_ago = datetime.now(UTC) - timedelta(minutes=1)
    for _ in range(LIMIT):
        root.dynamodb.put_item(
            TableName=names.TASKS_TABLE,
            Item={
                "task_id": {"S": str(uuid4())},
                "owner_id": {"S": user.owner_id},
                "in_flight_since": {"S": UTCDateTimeAttribute().serialize(minute_ago)},
            },
        )

    answers = [ask_for_form(user), user.http.post(f"/results/{task_id}/retry")]

    assert [answer.json()["code"] for answer in answers] == ["too_many_in_flight"] * 2
    assert all(780 <= int(answer.headers["Retry-After"]) <= 840 for answer in answers)


def test_a_picture_does_not_wait_behind_those_of_a_busier_user(
    build_user: Callable[[], User], set_workers: SetWorkers, photo: Path
) -> None:
    heavy, light = build_user(), build_user()
    data = photo.read_bytes()
    set_workers(0)
    # A worker holds up to twenty messages before the queue prefers other users.
    many = [heavy.client.upload_direct(data, "image/jpeg", "many.jpg") for _ in range(45)]
    one = light.client.upload_direct(data, "image/jpeg", "one.jpg")
    set_workers(1)

    finished_at = light.client.wait_for_result(one)["finishedAt"]
    of_heavy = sorted(heavy.client.wait_for_result(task_id)["finishedAt"] for task_id in many)

    assert finished_at < of_heavy[len(of_heavy) // 2]


def test_bombs_within_the_limits_starve_nobody(
    build_user: Callable[[], User],
    set_workers: SetWorkers,
    photo: Path,
    tmp_path: Path,
    attempts: Attempts,
    root: Clients,
) -> None:
    heavy, light = build_user(), build_user()
    costly = build_costly_photo(tmp_path).read_bytes()
    set_workers(0)

    png = {"Content-Type": "image/png"}
    beyond = heavy.http.post("/upload", content=build_bomb(30_000), headers=png)
    # All forms are signed before the first picture is charged.
    forms = [ask_for_form(heavy, len(costly)).json() for _ in range(BOMBS)]
    many = [post(form, costly) for form in forms]
    wait_until(lambda: count_wait_seconds(root, heavy) > 10)
    ninth = ask_for_form(heavy)
    one = light.client.upload_direct(photo.read_bytes(), "image/jpeg", "one.jpg")
    set_workers(1)
    finished_at = light.client.wait_for_result(one)["finishedAt"]
    of_heavy = [heavy.client.wait_for_result(task_id)["finishedAt"] for task_id in many]

    before = sum(moment < finished_at for moment in of_heavy)
    for attempt, answer, is_open in (
        ("a PNG of 900 megapixels in 109 KB", beyond.status_code, beyond.status_code != 422),
        ("one more after 8 of the most work", ninth.status_code, ninth.status_code != 429),
        (
            "8 of the most work, then another user's photo",
            f"{before} of {BOMBS} are finished before it",
            before > BOMBS / 2,
        ),
    ):
        attempts.note("bomb", attempt, answer, is_open=is_open)
    assert (beyond.status_code, ninth.status_code) == (422, 429)
    assert before <= BOMBS / 2
