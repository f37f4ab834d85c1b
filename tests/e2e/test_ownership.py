"""No user can read or change another user's tasks."""

from pathlib import Path

import pytest

from tests.e2e.conftest import User


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/results/{}"), ("DELETE", "/results/{}"), ("POST", "/results/{}/retry")],
)
def test_another_users_task_is_not_found(
    user: User, stranger: User, photo: Path, method: str, path: str
) -> None:
    task_id = user.client.upload_direct(photo.read_bytes(), "image/jpeg", photo.name)

    response = stranger.http.request(method, path.format(task_id))

    assert response.status_code == 404
    assert response.json()["code"] == "task_not_found"
    assert user.http.get(f"/results/{task_id}").status_code == 200


def test_a_list_contains_only_the_owners_tasks(user: User, stranger: User, photo: Path) -> None:
    task_id = user.client.upload_direct(photo.read_bytes(), "image/jpeg", photo.name)

    listed = stranger.client.list_results()["results"]

    assert task_id not in [task["taskId"] for task in listed]


def test_another_users_cursor_shows_only_the_callers_tasks(
    user: User, stranger: User, photo: Path
) -> None:
    for _ in range(2):
        user.client.upload_direct(photo.read_bytes(), "image/jpeg", photo.name)
    own = {task["taskId"] for task in user.client.list_results()["results"]}
    cursor = user.http.get("/results", params={"limit": 1}).json()["nextCursor"]

    response = stranger.http.get("/results", params={"cursor": cursor})

    assert response.status_code == 200
    assert own.isdisjoint(task["taskId"] for task in response.json()["results"])


def test_two_users_with_the_same_key_create_two_tasks(user: User, stranger: User) -> None:
    request = {"contentType": "image/png", "sizeBytes": 100}
    key = {"Idempotency-Key": "holiday-1"}

    ids = [who.http.post("/upload", json=request, headers=key).json() for who in (user, stranger)]

    assert ids[0]["taskId"] != ids[1]["taskId"]
