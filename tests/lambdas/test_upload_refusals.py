"""Uploads that are refused before anything is stored, and their codes."""

from typing import Any

import pytest

from pipeline.core.images import DIRECT_MAX_BYTES, MAX_BYTES
from pipeline.core.queue import TaskQueue
from pipeline.core.tasks.record import Task
from pipeline.lambdas import upload
from pipeline.lambdas.upload import handler
from tests.heif_files import Kind, build_file
from tests.lambdas.events import request
from tests.lambdas.uploads import FORM, JPEG, post_form, post_image, receive
from tests.pictures import build_bomb, build_quadrants, encode

REFUSED_BODIES = {
    "no JSON": ("{", "body"),
    "nothing": ("", "body"),
    "a list": ([], "body"),
    "null": (None, "body"),
    "unknown field": ({**FORM, "owner": "me"}, "body.owner"),
    "snake_case": ({"content_type": "image/png", "size_bytes": 1}, "body.contentType"),
    "missing size": ({"contentType": "image/png"}, "body.sizeBytes"),
    "size as text": ({**FORM, "sizeBytes": "1000"}, "body.sizeBytes"),
    "size with a fraction": ({**FORM, "sizeBytes": 10.5}, "body.sizeBytes"),
    "size as truth": ({**FORM, "sizeBytes": True}, "body.sizeBytes"),
    "negative size": ({**FORM, "sizeBytes": -1}, "body.sizeBytes"),
    "type as number": ({**FORM, "contentType": 1}, "body.contentType"),
    "name with control characters": ({**FORM, "fileName": "a\nb"}, "body.fileName"),
    "long name": ({**FORM, "fileName": "a" * 256}, "body.fileName"),
    "empty name": ({**FORM, "fileName": ""}, "body.fileName"),
    "confidence above 100": ({**FORM, "minConfidence": 100.1}, "body.minConfidence"),
    "confidence null": ({**FORM, "minConfidence": None}, "body.minConfidence"),
    "confidence as text": ({**FORM, "minConfidence": "50"}, "body.minConfidence"),
    "confidence not a number": (
        '{"contentType": "image/png", "sizeBytes": 1, "minConfidence": NaN}',
        None,
    ),
    "no labels": ({**FORM, "maxLabels": 0}, "body.maxLabels"),
    "101 labels": ({**FORM, "maxLabels": 101}, "body.maxLabels"),
    "no features": ({**FORM, "features": []}, "body.features"),
    "unknown feature": ({**FORM, "features": ["faces"]}, None),
    "half surrogate": ('{"contentType": "image/png", "sizeBytes": 1, "fileName": "\\ud800"}', None),
}


@pytest.mark.parametrize("name", REFUSED_BODIES)
def test_a_body_that_is_not_as_documented_is_refused(name: str) -> None:
    body, location = REFUSED_BODIES[name]
    answer = post_form("null" if body is None else body)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    locations = [error["location"] for error in answer.body["errors"]]
    assert location is None or location in locations
    assert list(Task.scan(Task.owner_id.exists())) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"sizeBytes": 0}, "empty_image"),
        ({"sizeBytes": MAX_BYTES + 1}, "image_too_large"),
        ({"contentType": "image/gif"}, "unsupported_format"),
    ],
)
def test_limits_of_pictures_have_their_own_codes(changes: dict[str, Any], code: str) -> None:
    answer = post_form({**FORM, **changes})

    assert (answer.status, answer.body["code"]) == (422, code)


def test_the_largest_picture_gets_a_form() -> None:
    assert post_form({**FORM, "sizeBytes": MAX_BYTES}).status == 201


@pytest.mark.parametrize(
    ("image", "status", "code"),
    [
        (None, 422, "empty_image"),
        (b"", 422, "empty_image"),
        (b"hello", 422, "unsupported_format"),
        (encode(build_quadrants(), "GIF"), 422, "unsupported_format"),
        (JPEG[:100], 422, "unreadable_image"),
        (encode(build_quadrants(20, 20), "PNG"), 422, "image_too_small"),
        (build_bomb(30_000), 422, "too_many_pixels"),
        (JPEG + bytes(DIRECT_MAX_BYTES + 1 - len(JPEG)), 413, "payload_too_large"),
    ],
)
def test_a_bad_picture_is_refused_before_anything_is_stored(
    image: bytes | None, status: int, code: str, queue: TaskQueue
) -> None:
    answer = post_image(image)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert list(Task.scan(Task.owner_id.exists())) == []
    assert receive(queue) == []


def test_the_largest_direct_picture_is_taken() -> None:
    image = JPEG + bytes(DIRECT_MAX_BYTES - len(JPEG))

    assert post_image(image).status == 202


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
def test_a_heic_or_avif_picture_is_taken(kind: Kind) -> None:
    answer = post_image(build_file(build_quadrants(), kind), f"image/{kind.lower()}")

    assert Task.get(answer.body["taskId"]).content_type in ("image/heic", "image/avif")


@pytest.fixture
def heic_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    off = upload.settings.model_copy(update={"accept_heic": False})
    monkeypatch.setattr(upload, "settings", off)


@pytest.mark.usefixtures("heic_is_off")
def test_a_service_without_heic_refuses_it_before_anything_is_stored() -> None:
    heic = build_file(build_quadrants(), "HEIF")

    answers = [
        post_image(heic, "image/heic"),
        post_image(heic, "image/jpeg"),
        post_form({**FORM, "contentType": "image/heic"}),
        post_form({**FORM, "contentType": "image/heif"}),
    ]

    refused = (422, "heic_not_accepted")
    assert [(answer.status, answer.body["code"]) for answer in answers] == [refused] * 4
    assert "JPEG" in answers[0].body["detail"]
    assert list(Task.scan(Task.owner_id.exists())) == []


@pytest.mark.usefixtures("heic_is_off")
def test_a_service_without_heic_takes_the_other_formats() -> None:
    assert post_image(build_file(build_quadrants(), "AVIF"), "image/avif").status == 202
    assert post_image(JPEG, "image/heic").status == 202  # The bytes decide


@pytest.mark.parametrize(
    "content_type",
    ["image/jpg", "image/pjpeg", "IMAGE/JPEG", "image/jpeg; charset=binary", "Image/Jpg;q=1"],
)
def test_a_type_is_understood_as_programs_write_it(content_type: str) -> None:
    assert post_image(content_type=content_type).status == 202
    form = post_form({**FORM, "contentType": content_type})
    assert Task.get(form.body["taskId"]).content_type == "image/jpeg"
    assert form.body["upload"]["fields"]["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("name", ["sizeBytes", "maxLabels"])
def test_a_whole_number_may_have_a_decimal_point(name: str) -> None:
    assert post_form({**FORM, name: 10.0}).status == 201
    assert post_form({**FORM, name: 10.5}).status == 422


@pytest.mark.parametrize("content_type", ["", "text/plain", "image/gif", "multipart/form-data"])
def test_other_media_types_are_refused(content_type: str) -> None:
    answer = request(
        handler, "POST", "/upload", body="hello", headers={"Content-Type": content_type}
    )

    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    "query",
    [
        {"minConfidence": "nan"},
        {"minConfidence": "101"},
        {"minConfidence": ""},
        {"minConfidence": ["1", "2"]},
        {"maxLabels": "0"},
        {"maxLabels": "1.5"},
        {"features": "labels,"},
        {"features": "faces"},
        {"detail": "finest"},
        {"fileName": "a\x00b"},
        {"fileName": "a" * 256},
    ],
)
def test_bad_options_of_a_picture_are_refused(query: dict[str, str]) -> None:
    answer = post_image(query=query)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    [error] = answer.body["errors"]
    assert error["location"] == f"query.{next(iter(query))}"


def test_a_file_name_with_a_comma_stays_whole() -> None:
    answer = post_image(query={"fileName": "me, you.jpg"})

    assert Task.get(answer.body["taskId"]).file_name == "me, you.jpg"


@pytest.mark.parametrize("key", ["", "a" * 129, "schlüssel", "a\tb"])
def test_a_bad_idempotency_key_is_refused(key: str) -> None:
    answer = post_form(key=key)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
