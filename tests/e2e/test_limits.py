"""A user who sends a thousand photos does not delay other users."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from pipeline.lambdas.settings import ApiSettings
from tests.e2e.conftest import SetWorkers, User

CLIENTS = 4
LIMIT = ApiSettings.model_fields["max_unfinished_tasks"].default
SURPLUS = 3


def ask_for_form(user: User) -> httpx.Response:
    return user.http.post("/upload", json={"contentType": "image/jpeg", "sizeBytes": 1000})


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
