"""A phone's photo: HEIC and AVIF, from the upload to what every browser shows."""

import io

import httpx
import pytest
from PIL import Image

from infra.local.demo.client import Form
from infra.local.demo.show import find_demo_photos
from tests.e2e.conftest import PATIENCE_SECONDS, User
from tests.heif_files import Kind, build_file

CONTENT_TYPES: dict[Kind, str] = {"HEIF": "image/heic", "AVIF": "image/avif"}


def build_photo(kind: Kind) -> bytes:
    """A demo photo in the tiles of a phone."""
    with Image.open(next(path for path in find_demo_photos() if path.stem == "dog")) as photo:
        return build_file(photo.convert("RGB"), kind, tile_px=512, quality=80)


def fetch(url: str) -> Image.Image:
    answer = httpx.get(url, timeout=PATIENCE_SECONDS)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    return Image.open(io.BytesIO(answer.content))


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("kind", CONTENT_TYPES)
def test_a_phones_photo_is_recognised_and_shown_everywhere(
    user: User, kind: Kind, form: Form
) -> None:
    data = build_photo(kind)
    upload = user.client.upload_direct if form is Form.DIRECT else user.client.upload_by_form

    task = user.client.wait_for_result(upload(data, CONTENT_TYPES[kind], f"IMG_1.{kind}"))

    assert "dog" in {label["name"] for label in task["labels"]}
    assert (task["contentType"], task["sizeBytes"]) == (CONTENT_TYPES[kind], len(data))
    image = task["image"]
    assert (image["width"], image["height"]) == (800, 600)
    assert httpx.get(image["url"], timeout=PATIENCE_SECONDS).content == data
    assert fetch(image["previewUrl"]).size == (800, 600)
    assert fetch(image["thumbnailUrl"]).size == (320, 240)


def test_the_copies_are_deleted_with_the_picture(user: User) -> None:
    task_id = user.client.upload_direct(build_photo("HEIF"), "image/heic", "IMG_2.HEIC")
    image = user.client.wait_for_result(task_id)["image"]

    assert user.http.delete(f"/results/{task_id}").status_code == 204

    for url in (image["url"], image["previewUrl"], image["thumbnailUrl"]):
        assert httpx.get(url, timeout=PATIENCE_SECONDS).status_code in (403, 404)
