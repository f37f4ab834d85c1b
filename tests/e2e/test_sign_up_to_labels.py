"""The main path: sign up, sign in, send a photo, see labels."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from infra.local.demo.client import Form, Json
from infra.local.demo.show import find_demo_photos
from infra.local.layout import REPOSITORY, Layout
from infra.local.server import build_environment
from tests.e2e.conftest import PATIENCE_SECONDS, User, wait_until


@pytest.mark.parametrize("form", list(Form))
def test_a_new_user_gets_labels(build_user: Callable[[], User], photo: Path, form: Form) -> None:
    user = build_user()

    task = user.client.recognise(photo, form)

    assert task["labels"]
    assert all(0 <= label["confidence"] <= 100 for label in task["labels"])
    assert task["image"]["width"] > 0
    assert task["timings"]["totalMs"] > 0
    assert task["error"] is None
    assert [result["taskId"] for result in user.client.list_results()["results"]] == [
        task["taskId"]
    ]


def test_the_owner_gets_the_same_bytes_that_were_sent(user: User, photo: Path) -> None:
    task = user.client.recognise(photo)

    response = httpx.get(task["image"]["url"], timeout=PATIENCE_SECONDS)

    assert response.content == photo.read_bytes()
    assert response.headers["content-type"] == "image/jpeg"


def test_deleting_a_task_deletes_its_picture(user: User, photo: Path) -> None:
    task = user.client.recognise(photo)

    deleted = user.http.delete(f"/results/{task['taskId']}")

    assert deleted.status_code == 204
    assert user.http.get(f"/results/{task['taskId']}").status_code == 404
    assert httpx.get(task["image"]["url"], timeout=PATIENCE_SECONDS).status_code == 404


def fetch_image(task: Json) -> bytes:
    """The photo behind the signed address of an answer."""
    return httpx.get(task["image"]["url"], timeout=PATIENCE_SECONDS).content


def test_a_result_is_found_by_its_words_and_as_corrected_until_it_is_deleted(
    build_user: Callable[[], User],
) -> None:
    user = build_user()  # The words of other tests' photos are not among theirs
    photo = next(photo for photo in find_demo_photos() if photo.stem == "cat")
    task = user.client.recognise(photo)

    def search(**query: str) -> list[str]:
        found = user.http.get("/results", params=query).raise_for_status().json()
        return [result["taskId"] for result in found["results"]]

    wait_until(lambda: search(label="animals") == [task["taskId"]])
    assert search(query=f"Tier {photo.stem}") == [task["taskId"]]
    assert search(label="vehicle") == []
    words = user.http.get("/results/words").raise_for_status().json()["words"]
    assert {"name": "animal", "count": 1} in words

    path = f"/results/{task['taskId']}/corrections"
    others = [label["name"] for label in task["labels"] if label["name"] != "cat"]
    renamed = [{"from": "cat", "to": "automobile"}]
    body = {"removed": others, "renamed": renamed, "revision": 0}
    corrected = user.http.put(path, json=body).raise_for_status().json()
    assert corrected["corrections"]["foundLabels"] == task["labels"]
    assert fetch_image(corrected) == photo.read_bytes()
    wait_until(lambda: search(label="vehicle") == [task["taskId"]])
    assert search(label="cat") == []

    again = user.client.recognise(photo)
    similar = user.http.get(f"/results/{task['taskId']}/similar").raise_for_status().json()
    [copy] = similar["similar"]
    assert (copy["result"]["taskId"], copy["isCopy"]) == (again["taskId"], True)
    assert fetch_image(copy["result"]) == photo.read_bytes()

    def list_doubles() -> list[list[str]]:
        groups = user.http.get("/results/doubles").raise_for_status().json()["groups"]
        return [[result["taskId"] for result in group["results"]] for group in groups]

    wait_until(lambda: list_doubles() == [[again["taskId"], task["taskId"]]])
    days = user.http.get("/results/days").raise_for_status().json()["days"]
    assert days[0]["newestAt"] == again["createdAt"]

    user.http.delete(f"/results/{again['taskId']}").raise_for_status()
    user.http.delete(f"/results/{task['taskId']}").raise_for_status()

    wait_until(lambda: user.http.get("/results/words").json()["words"] == [])
    assert search(label="animals") == []


def test_the_functions_logs_are_in_a_file(user: User, photo: Path, layout: Layout) -> None:
    task = user.client.recognise(photo)

    log = layout.logs / "functions.log"
    wait_until(lambda: log.exists() and task["taskId"] in log.read_text())
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    told = [line for line in lines if line.get("task_id") == task["taskId"]]
    assert [line["message"] for line in told if line["service"] == "upload"] == ["Task queued"]


def test_the_demo_recognises_all_of_its_photos(layout: Layout) -> None:
    photos = find_demo_photos()

    done = subprocess.run(
        [sys.executable, "-m", "infra.local.demo", "--json", "--data", str(layout.root)],
        cwd=REPOSITORY,
        env=build_environment(),
        capture_output=True,
        text=True,
        timeout=2 * PATIENCE_SECONDS,
        check=False,
    )

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(photos) >= 4
    assert [line["photo"] for line in lines] == [str(photo) for photo in photos]
    assert all(line["labels"] and Path(line["picture"]).exists() for line in lines)


def test_the_demo_says_which_photo_failed_and_why(layout: Layout, tmp_path: Path) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("not a picture")

    done = subprocess.run(
        [sys.executable, "-m", "infra.local.demo", "--data", str(layout.root), str(text)],
        cwd=REPOSITORY,
        env=build_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert done.returncode == 1
    assert "text.jpg" in done.stdout
    assert "Convert it" in done.stdout
