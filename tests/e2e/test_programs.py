"""A program sends pictures as bytes, waits for results, finds them again and cancels what waits."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from infra.clients.generate import CLIENT
from infra.local.state import State
from tests.e2e.conftest import PATIENCE_SECONDS, SetWorkers, User, wait_until

pytestmark = pytest.mark.slow

BYTES = {"Content-Type": "application/octet-stream"}


def test_one_request_answers_with_the_labels(user: User, photo: Path) -> None:
    reference = str(uuid4())

    answer = user.http.post(
        "/pictures",
        content=photo.read_bytes(),
        headers={**BYTES, "Prefer": "wait=20"},
        params={"reference": reference},
    )

    task = answer.json()
    assert (answer.status_code, task["status"]) == (200, "succeeded")
    assert task["labels"]
    assert httpx.get(task["image"]["url"]).content == photo.read_bytes()
    assert answer.headers["Preference-Applied"] == "wait=20"
    assert answer.headers["RateLimit"].startswith('"requests";r=')
    limits = {limit["name"]: limit for limit in user.http.get("/usage").json()["limits"]}
    assert 0 < limits["requests"]["left"] < limits["requests"]["atOnce"]
    [found] = user.http.get("/results", params={"reference": reference}).json()["results"]
    [named] = user.http.get("/results", params={"ids": task["taskId"]}).json()["results"]
    assert found["taskId"] == named["taskId"] == task["taskId"]


def test_what_waits_has_a_place_and_can_be_cancelled(
    build_user: Callable[[], User], set_workers: SetWorkers, photo: Path
) -> None:
    user = build_user()
    data = photo.read_bytes()
    set_workers(0)
    first, second = (
        user.http.post("/pictures", content=data, headers=BYTES).json()["taskId"] for _ in range(2)
    )

    def find_place() -> object:
        return user.http.get(f"/results/{first}", params={"wait": "1"}).json()["queue"]

    place = wait_until(find_place)
    cancelled = user.http.post(f"/results/{second}/cancel")
    set_workers(1)
    answers = {
        task_id: user.http.get(f"/results/{task_id}", params={"wait": "20"})
        for task_id in (first, second)
    }

    assert place["ahead"] >= 1
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "failed")
    assert answers[first].json()["status"] == "succeeded"
    assert answers[second].json()["error"]["code"] == "cancelled"
    late = user.http.post(f"/results/{first}/cancel")
    assert (late.status_code, late.json()["code"]) == (409, "task_not_cancellable")


def test_methods_and_entity_tags_follow_the_conventions(user: User, photo: Path) -> None:
    task_id = user.client.recognise(photo)["taskId"]
    path = f"/results/{task_id}"
    etag = user.http.get(path).headers["ETag"]

    same = user.http.get(path, headers={"If-None-Match": etag})
    head = user.http.head(path)
    wrong = user.http.put(path, content=b"x", headers={"Content-Type": "image/png"})

    assert (same.status_code, same.content) == (304, b"")
    assert (head.status_code, head.content, head.headers["ETag"]) == (200, b"", etag)
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
    assert wrong.headers["Allow"] == "GET, DELETE, HEAD, OPTIONS"
    assert wrong.headers["Content-Type"] == "application/problem+json"


@pytest.fixture(scope="module")
def spotter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command, installed from the built package into an empty environment."""
    folder = tmp_path_factory.mktemp("client")
    uv = Path(sys.executable).with_name("uv")
    build: list[str | Path] = [uv, "build", "--quiet", "--wheel", CLIENT, "--out-dir", folder]
    subprocess.run(build, check=True)
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    [wheel] = folder.glob("*.whl")
    python = folder / "venv" / "bin" / "python"
    # pip, as users have it: it knows registries that only its own configuration names.
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
    return python.with_name("spotter")


def test_the_built_client_signs_in_looks_exports_and_follows(
    spotter: Path, system: State, build_user: Callable[[], User], photo: Path, tmp_path: Path
) -> None:
    user = build_user()
    environment = {
        "PATH": os.environ["PATH"],
        "SPOTTER_CONFIG": str(tmp_path / "config"),
        "SPOTTER_PASSWORD": user.person.password,
    }

    def start(*arguments: str | Path) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [spotter, *arguments], env=environment, stdout=subprocess.PIPE, text=True, cwd=tmp_path
        )

    def run(*arguments: str | Path) -> str:
        process = start(*arguments)
        output, _ = process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0
        return output

    run("login", system.spa_origin, "--email", user.person.email)
    seen = json.loads(run("look", photo, "--json", "--annotate", tmp_path / "copies"))
    run("export", "--format", "ndjson", "--output", "results.ndjson")
    key = run("keys", "create", "a test").strip()
    run("logout")
    environment |= {"SPOTTER_API": system.api_url, "SPOTTER_KEY": key}
    # The index of words follows within seconds.
    wait_until(lambda: seen["taskId"] in run("search", "--file-name", photo.stem))
    tail = start("tail", "--count", "1", "--json")
    # It may not listen yet when the first result comes.
    wait_until(lambda: user.client.recognise(photo) and tail.poll() is not None)

    assert seen["labels"]
    assert (tmp_path / "copies" / f"{photo.stem}.jpg").stat().st_size > 0
    [exported] = (tmp_path / "results.ndjson").read_text().splitlines()
    assert json.loads(exported)["taskId"] == seen["taskId"]
    assert json.loads(str(tail.communicate()[0]))["status"] == "succeeded"
    assert user.http.get("/results").headers["Content-Encoding"] == "gzip"
