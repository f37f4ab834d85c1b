"""The uploads that S3 refuses by the policy of the form."""

from typing import Any

import httpx
import pytest

from infra.local import names
from infra.local.clients import Clients
from tests.e2e.conftest import PATIENCE_SECONDS, User, wait_until
from tests.pictures import build_quadrants, encode

PNG = encode(build_quadrants(), "PNG")


def get_form(user: User, size_bytes: int = len(PNG)) -> tuple[str, dict[str, Any]]:
    body = {"contentType": "image/png", "sizeBytes": size_bytes}
    created = user.http.post("/upload", json=body).json()
    return created["taskId"], created["upload"]


def post(form: dict[str, Any], data: bytes, **changed: str) -> httpx.Response:
    fields = {**form["fields"], **changed}
    return httpx.post(form["url"], data=fields, files={"file": data}, timeout=PATIENCE_SECONDS)


def test_a_form_accepts_the_announced_picture(user: User) -> None:
    task_id, form = get_form(user)

    response = post(form, PNG)

    assert response.status_code == 204
    wait_until(lambda: user.client.get_result(task_id)["status"] == "succeeded")


def test_a_picture_that_arrives_after_its_task_was_deleted_is_removed(
    user: User, root: Clients
) -> None:
    task_id, form = get_form(user)
    user.http.delete(f"/results/{task_id}")

    assert post(form, PNG).status_code == 204

    stored = {"Bucket": names.IMAGES_BUCKET, "Prefix": form["fields"]["key"]}
    wait_until(lambda: root.s3.list_objects_v2(**stored)["KeyCount"] == 0)


def test_more_bytes_than_announced_are_refused(user: User) -> None:
    _, form = get_form(user)

    response = post(form, PNG + b"\0" * 100)

    assert response.status_code == 400
    assert "EntityTooLarge" in response.text


def test_an_empty_file_is_refused(user: User) -> None:
    _, form = get_form(user)

    response = post(form, b"")

    assert response.status_code == 400
    assert "EntityTooSmall" in response.text


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("key", "uploads/somebody/else"),
        ("key", "images/somebody/else/picture"),
        ("Content-Type", "text/html"),
        ("x-amz-server-side-encryption", "aws:kms"),
    ],
)
def test_a_changed_form_is_refused(user: User, field: str, value: str) -> None:
    _, form = get_form(user)

    response = post(form, PNG, **{field: value})

    assert response.status_code == 403
    assert "AccessDenied" in response.text


def test_an_expired_form_is_refused(root: Clients) -> None:
    form = root.s3.generate_presigned_post(names.IMAGES_BUCKET, "uploads/late", ExpiresIn=-1)

    response = post(dict(form), PNG)

    assert response.status_code == 403
    assert "expired" in response.text


def test_a_picture_cannot_be_read_without_a_signed_url(user: User) -> None:
    _, form = get_form(user)
    assert post(form, PNG).is_success

    response = httpx.get(f"{form['url']}/{form['fields']['key']}", timeout=PATIENCE_SECONDS)

    assert response.status_code == 403
