"""Pictures are uploaded by a presigned form and shown by a signed URL."""

import base64
import json

import pytest
import requests

from pipeline.core.errors import ImageMissingError
from pipeline.core.storage import ImageStore, build_image_key, get_task_id
from tests.environment import settings


def test_a_stored_picture_is_read_back_encrypted(store: ImageStore) -> None:
    store.put("images/me/1", b"picture", "image/png")

    assert store.download("images/me/1") == b"picture"
    assert store.has("images/me/1")


def test_a_missing_picture_is_an_error(store: ImageStore) -> None:
    with pytest.raises(ImageMissingError):
        store.download("images/me/none")

    assert not store.has("images/me/none")


def test_a_picture_can_be_deleted_twice(store: ImageStore) -> None:
    store.put("images/me/1", b"picture", "image/png")

    store.delete("images/me/1")
    store.delete("images/me/1")

    assert not store.has("images/me/1")


def test_the_form_fixes_key_type_encryption_and_size(store: ImageStore) -> None:
    form = store.create_form("images/me/1", "image/webp", 1234)

    conditions = json.loads(base64.b64decode(form.fields["policy"]))["conditions"]
    assert ["content-length-range", 1, 1234] in conditions
    assert {"key": "images/me/1"} in conditions
    assert {"Content-Type": "image/webp"} in conditions
    assert {"x-amz-server-side-encryption": "AES256"} in conditions
    assert form.fields["Content-Type"] == "image/webp"


def test_signed_addresses_name_the_host_of_the_bucket(store: ImageStore) -> None:
    host = f"https://{settings.images_bucket}.s3.{settings.aws_region}.amazonaws.com/"

    assert store.create_form("images/me/1", "image/webp", 1).url == host
    assert store.create_url("images/me/1").startswith(host)


def test_the_signed_url_shows_the_picture(store: ImageStore) -> None:
    store.put("images/me/1", b"picture", "image/png")

    response = requests.get(store.create_url("images/me/1"), timeout=5)

    assert response.content == b"picture"
    assert response.headers["Content-Type"] == "image/png"


def test_a_key_contains_the_id_of_its_task() -> None:
    assert get_task_id(build_image_key("owner", "task-1")) == "task-1"
