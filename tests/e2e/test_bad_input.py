"""Every bad input gets a status and a code, and does no harm."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from spotter_client.finished import OPEN
from tests.e2e.conftest import UNKNOWN_TASK_ID, User, wait_until
from tests.pictures import build_bomb, build_quadrants, encode

JPEG = encode(build_quadrants(), "JPEG")
FRAMES = [build_quadrants(), build_quadrants().rotate(90)]
ANIMATION: dict[str, Any] = {"save_all": True, "append_images": FRAMES[1:], "duration": 100}
BOMB = build_bomb(30_000)

REFUSED_PICTURES = [
    pytest.param(b"this is not a picture", "unsupported_format", id="not an image"),
    pytest.param(b"", "empty_image", id="0 bytes"),
    pytest.param(BOMB, "too_many_pixels", id="30000x30000"),
    pytest.param(encode(FRAMES[0], "WEBP", **ANIMATION), "animated_image", id="animated WebP"),
    pytest.param(encode(FRAMES[0], "GIF", **ANIMATION), "unsupported_format", id="renamed GIF"),
    pytest.param(encode(build_quadrants(8, 8), "PNG"), "image_too_small", id="8x8"),
]


def refuse(response: httpx.Response, status: int, code: str) -> None:
    assert (response.status_code, response.json()["code"]) == (status, code), response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


@pytest.mark.parametrize(("data", "code"), REFUSED_PICTURES)
def test_a_bad_picture_in_the_request_is_refused_immediately(
    user: User, data: bytes, code: str
) -> None:
    response = user.http.post("/upload", content=data, headers={"Content-Type": "image/jpeg"})

    refuse(response, 422, code)


@pytest.mark.parametrize(
    ("data", "code"), [case for case in REFUSED_PICTURES if case.id != "0 bytes"]
)
def test_a_bad_picture_in_storage_fails_its_task(user: User, data: bytes, code: str) -> None:
    task_id = user.client.upload_by_form(data, "image/png", "picture.png")

    task = wait_for_end(user, task_id)

    assert (task["status"], task["error"]["code"]) == ("failed", code)
    assert task["error"]["message"]


@pytest.mark.parametrize("upload", ["upload_direct", "upload_by_form"])
def test_a_truncated_picture_fails_its_task(user: User, photo: Path, upload: str) -> None:
    data = photo.read_bytes()

    task_id = getattr(user.client, upload)(data[: len(data) // 2], "image/jpeg", "half.jpg")

    task = wait_for_end(user, task_id)
    assert (task["status"], task["error"]["code"]) == ("failed", "unreadable_image")


def test_a_wrong_extension_does_no_harm(user: User) -> None:
    task_id = user.client.upload_direct(JPEG, "image/png", "photo.png")

    task = wait_for_end(user, task_id)

    assert task["status"] == "succeeded"
    assert task["contentType"] == "image/jpeg"


def test_the_bomb_is_a_small_file(user: User) -> None:
    assert len(BOMB) < 200_000


def test_21_mb_are_refused_before_they_are_sent(user: User) -> None:
    body = {"contentType": "image/jpeg", "sizeBytes": 21 * 1024 * 1024}

    refuse(user.http.post("/upload", json=body), 422, "image_too_large")


def test_a_direct_picture_of_more_than_4_mb_is_pointed_to_the_form(user: User) -> None:
    data = JPEG + b"\0" * (4 * 1024 * 1024)

    response = user.http.post("/upload", content=data, headers={"Content-Type": "image/jpeg"})

    refuse(response, 413, "payload_too_large")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"contentType": "image/gif", "sizeBytes": 1}, "unsupported_format"),
        ({"contentType": "image/png", "sizeBytes": 0}, "empty_image"),
        ({"contentType": "image/png"}, "invalid_request"),
        ({"contentType": "image/png", "sizeBytes": "100"}, "invalid_request"),
        ({"contentType": "image/png", "sizeBytes": 1.5}, "invalid_request"),
        ({"contentType": "image/png", "sizeBytes": 1, "surprise": True}, "invalid_request"),
        ({"contentType": "image/png", "sizeBytes": 1, "maxLabels": 0}, "invalid_request"),
        ({"contentType": "image/png", "sizeBytes": 1, "minConfidence": 101}, "invalid_request"),
        (["not", "an", "object"], "invalid_request"),
        ("text", "invalid_request"),
    ],
    ids=json.dumps,
)
def test_a_bad_request_for_a_form_is_refused(user: User, body: Any, code: str) -> None:
    refuse(user.http.post("/upload", json=body), 422, code)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"contentType": "image/png"'])
def test_broken_json_is_refused(user: User, content: bytes) -> None:
    response = user.http.post(
        "/upload", content=content, headers={"Content-Type": "application/json"}
    )

    refuse(response, 422, "invalid_request")


def test_another_content_type_is_refused(user: User) -> None:
    response = user.http.post("/upload", content=b"hi", headers={"Content-Type": "text/plain"})

    refuse(response, 415, "unsupported_media_type")


@pytest.mark.parametrize("cursor", ["x", "AAAA", "W10=", "%00", "…"])
def test_a_bad_cursor_is_refused(user: User, cursor: str) -> None:
    refuse(user.http.get("/results", params={"cursor": cursor}), 400, "invalid_cursor")


@pytest.mark.parametrize("params", [{"limit": "0"}, {"limit": "x"}, {"status": "done"}])
def test_a_bad_parameter_is_refused(user: User, params: dict[str, str]) -> None:
    refuse(user.http.get("/results", params=params), 422, "invalid_request")


@pytest.mark.parametrize("task_id", ["1", "not-a-uuid", f"{UNKNOWN_TASK_ID}x", UNKNOWN_TASK_ID])
def test_an_unknown_id_is_not_found(user: User, task_id: str) -> None:
    refuse(user.http.get(f"/results/{task_id}"), 404, "task_not_found")


def wait_for_end(user: User, task_id: str) -> Any:
    def get_finished() -> Any:
        task = user.client.get_result(task_id)
        return None if task["status"] in OPEN else task

    return wait_until(get_finished)
