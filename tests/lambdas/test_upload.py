"""An upload is a form or the picture itself. It may be repeated and may stop at any step."""

import hashlib
import json
from typing import Any
from uuid import UUID

import boto3
import pytest

from pipeline.core.images import DIRECT_MAX_BYTES, MAX_BYTES
from pipeline.core.images.strip import strip_metadata
from pipeline.core.options import Detail, Feature
from pipeline.core.queue import TaskMessage, TaskQueue
from pipeline.core.storage import IMAGE_PREFIX, ImageStore, build_upload_key
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas import upload
from pipeline.lambdas.upload import handler
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.heif_files import Kind, build_file
from tests.lambdas.events import Answer, get_metrics, request
from tests.pictures import build_bomb, build_quadrants, encode

JPEG = encode(build_quadrants(), "JPEG")
PNG = encode(build_quadrants(), "PNG")
FORM = {"contentType": "image/jpeg", "sizeBytes": 1000}


def post_form(body: Any = FORM, key: str | None = None, **parts: Any) -> Answer:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    if key is not None:
        headers["Idempotency-Key"] = key
    body = body if isinstance(body, str | bytes) else json.dumps(body)
    return request(handler, "POST", "/upload", body=body, headers=headers, **parts)


def post_image(
    image: bytes | None = JPEG,
    content_type: str = "image/jpeg",
    key: str | None = None,
    **parts: Any,
) -> Answer:
    headers = {"Content-Type": content_type}
    if key is not None:
        headers["Idempotency-Key"] = key
    return request(handler, "POST", "/upload", body=image, headers=headers, **parts)


def receive(queue: TaskQueue) -> list[str]:
    bodies = [delivery.body for delivery in queue.receive(max_messages=10)]
    return [TaskMessage.model_validate_json(body).task_id for body in bodies]


@pytest.mark.parametrize(("asked", "kept"), [(1e-300, 0), (62.504, 62.5)])
def test_a_confidence_is_rounded_to_two_decimals(asked: float, kept: float) -> None:
    answers = [
        post_form({**FORM, "minConfidence": asked}),
        post_image(query={"minConfidence": str(asked)}),
    ]

    tasks = [Task.get(answer.body["taskId"]) for answer in answers]
    assert [task.min_confidence for task in tasks] == [kept, kept]


def test_a_form_belongs_to_a_task_that_awaits_its_picture(queue: TaskQueue) -> None:
    features = ["properties", "labels", "labels"]
    options = {"fileName": "Kätzchen 1.jpg", "minConfidence": 62.5, "maxLabels": 3}

    answer = post_form({**FORM, **options, "features": features, "detail": "fine"})

    assert answer.status == 201
    task = Task.get(answer.body["taskId"])
    assert (task.owner_id, task.status) == (OWNER_ID, TaskStatus.AWAITING_UPLOAD)
    assert (task.file_name, task.min_confidence, task.max_labels) == ("Kätzchen 1.jpg", 62.5, 3)
    assert task.get_features() == (Feature.LABELS, Feature.PROPERTIES)
    assert task.detail == Detail.FINE
    upload_key = build_upload_key(OWNER_ID, task.task_id)
    assert answer.body["upload"]["fields"]["key"] == upload_key
    assert task.image_key is None
    assert answer.body["upload"]["expiresAt"].endswith("Z")
    assert receive(queue) == []


def test_a_picture_is_stored_and_queued_at_once(
    queue: TaskQueue, store: ImageStore, capsys: pytest.CaptureFixture[str]
) -> None:
    options = {"minConfidence": "70", "maxLabels": "5", "features": "properties", "detail": "fine"}
    answer = post_image(query={"fileName": "a b.jpg", **options})

    assert answer.status == 202
    task = Task.get(answer.body["taskId"])
    assert (task.status, task.size_bytes) == (TaskStatus.QUEUED, len(JPEG))
    assert (task.file_name, task.min_confidence, task.max_labels) == ("a b.jpg", 70, 5)
    assert (task.get_features(), task.detail) == ((Feature.PROPERTIES,), Detail.FINE)
    assert answer.headers["Location"] == f"results/{task.task_id}"
    assert store.download(task.image_key) == JPEG
    assert receive(queue) == [task.task_id]
    assert get_metrics(capsys.readouterr().out) == {"UploadsAccepted": 1}


PRIVATE = encode(build_quadrants(), "JPEG", comment=b"a private comment")


def test_metadata_is_removed_from_a_picture_before_it_is_stored(store: ImageStore) -> None:
    answer = post_image(PRIVATE, query={"stripMetadata": "true"})

    task = Task.get(answer.body["taskId"])
    stored = store.download(task.image_key)
    assert stored == strip_metadata(PRIVATE) != PRIVATE
    assert (task.strip_metadata, task.size_bytes) == (True, len(stored))


def test_metadata_stays_unless_somebody_asks(store: ImageStore) -> None:
    tasks = [
        Task.get(answer.body["taskId"])
        for answer in (post_image(PRIVATE), post_image(PRIVATE, query={"stripMetadata": "false"}))
    ]

    assert [store.download(task.image_key) for task in tasks] == [PRIVATE, PRIVATE]


def test_a_form_keeps_the_wish_for_its_picture() -> None:
    tasks = [
        Task.get(post_form({**FORM, **options}).body["taskId"])
        for options in ({}, {"stripMetadata": True}, {"stripMetadata": False})
    ]

    assert [task.strip_metadata for task in tasks] == [False, True, False]


def test_a_repeat_with_another_wish_is_another_request() -> None:
    post_image(PRIVATE, key="1")

    again = post_image(PRIVATE, key="1")
    other = post_image(PRIVATE, key="1", query={"stripMetadata": "true"})

    assert again.status == 202
    assert (other.status, other.body["code"]) == (409, "idempotency_key_reused")


def test_an_option_that_is_left_out_has_a_default() -> None:
    tasks = [Task.get(answer.body["taskId"]) for answer in (post_form(), post_image())]

    for task in tasks:
        assert task.file_name is None
        assert (task.min_confidence, task.max_labels) == (50, 20)
        assert (task.get_features(), task.detail) == ((Feature.LABELS,), Detail.FAST)


def test_the_bytes_decide_the_type_of_a_picture(store: ImageStore) -> None:
    answer = post_image(PNG, "image/jpeg")

    task = Task.get(answer.body["taskId"])
    assert task.content_type == "image/png"
    stored = boto3.client("s3").head_object(Bucket=settings.images_bucket, Key=task.image_key)
    assert stored["ContentType"] == "image/png"


def test_the_owner_is_the_subject_of_the_token() -> None:
    answer = post_image(owner_id=OTHER_OWNER_ID)

    task = Task.get(answer.body["taskId"])
    assert task.owner_id == OTHER_OWNER_ID
    assert task.image_key.startswith(f"{IMAGE_PREFIX}{OTHER_OWNER_ID}/{task.task_id}/")


@pytest.mark.parametrize("post", [post_form, post_image])
def test_without_claims_nothing_is_saved(post: Any) -> None:
    answer = post(owner_id=None)

    assert (answer.status, answer.body["code"]) == (401, "unauthorized")
    assert list(Task.scan(Task.owner_id.exists())) == []


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


def test_a_repeated_form_request_returns_the_first_task_and_a_fresh_form() -> None:
    first = post_form(key="k, 1")

    again = post_form(key="k, 1")

    assert again.status == first.status == 201
    assert again.body["taskId"] == first.body["taskId"]
    assert again.body["upload"]["fields"]["key"] == first.body["upload"]["fields"]["key"]
    assert len(list(Task.scan(Task.owner_id.exists()))) == 1


@pytest.mark.parametrize("status", list(TaskStatus))
def test_no_form_is_signed_for_a_task_that_has_its_picture(status: TaskStatus) -> None:
    task_id = post_form(key="k").body["taskId"]
    Task.get(task_id).update(
        actions=[Task.image_key.set("images/1/2/3"), Task.status.set(status.value)]
    )

    answer = post_form(key="k")

    if status is TaskStatus.EXPIRED:  # The key of an expired task starts a new one
        assert "upload" in answer.body
    else:
        assert (answer.status, answer.body) == (202, {"taskId": task_id})
        assert answer.headers["Location"] == f"results/{task_id}"


def test_a_repeated_picture_is_queued_once(queue: TaskQueue) -> None:
    first, again = post_image(key="k"), post_image(key="k")

    assert (again.status, again.body) == (first.status, first.body)
    assert receive(queue) == [first.body["taskId"]]


def test_without_a_key_a_repeat_is_a_new_task() -> None:
    assert post_image().body["taskId"] != post_image().body["taskId"]


def test_two_owners_can_use_the_same_key() -> None:
    mine, theirs = post_image(key="k"), post_image(key="k", owner_id=OTHER_OWNER_ID)

    assert mine.body["taskId"] != theirs.body["taskId"]


@pytest.mark.parametrize(
    "other",
    [
        lambda: post_image(PNG, key="k"),
        lambda: post_image(query={"maxLabels": "3"}, key="k"),
        lambda: post_form(key="k"),
    ],
)
def test_another_request_under_the_same_key_is_refused(other: Any, store: ImageStore) -> None:
    first = post_image(key="k")

    answer = other()

    assert (answer.status, answer.body["code"]) == (409, "idempotency_key_reused")
    assert store.download(Task.get(first.body["taskId"]).image_key) == JPEG


def test_a_repeat_completes_a_request_that_stopped_before_storing(
    queue: TaskQueue, store: ImageStore
) -> None:
    s3 = boto3.client("s3")
    s3.delete_bucket(Bucket=settings.images_bucket)
    broken = post_image(key="k")
    s3.create_bucket(Bucket=settings.images_bucket)

    answer = post_image(key="k")

    assert (broken.status, broken.body["code"]) == (500, "internal_error")
    assert answer.status == 202
    [task] = Task.scan(Task.owner_id.exists())
    assert task.status == TaskStatus.QUEUED
    assert store.download(task.image_key) == JPEG
    assert receive(queue) == [task.task_id]


def test_a_repeat_completes_a_request_that_stopped_before_queueing(queue: TaskQueue) -> None:
    sqs = boto3.client("sqs")
    sqs.delete_queue(QueueUrl=settings.task_queue_url)
    broken = post_image(key="k")
    [task] = Task.scan(Task.owner_id.exists())
    sqs.create_queue(QueueName="tasks")

    answer = post_image(key="k")

    assert broken.status == 500
    assert task.status == TaskStatus.AWAITING_UPLOAD
    assert answer.body["taskId"] == task.task_id
    assert Task.get(task.task_id).status == TaskStatus.QUEUED
    assert receive(queue) == [task.task_id]


def test_a_repeat_does_not_queue_a_finished_task(queue: TaskQueue) -> None:
    task_id = post_image(key="k").body["taskId"]
    receive(queue)
    task = Task.get(task_id)
    task.update(actions=[Task.status.set(TaskStatus.SUCCEEDED.value)])

    answer = post_image(key="k")

    assert (answer.status, answer.body["taskId"]) == (202, task_id)
    assert Task.get(task_id).status == TaskStatus.SUCCEEDED
    assert receive(queue) == []


def test_the_key_of_an_expired_task_can_be_used_again() -> None:
    task_id = post_form(key="k").body["taskId"]
    transitions.expire(Task.get(task_id))

    answer = post_form(key="k")

    assert answer.body["taskId"] == task_id
    assert Task.get(task_id).status == TaskStatus.AWAITING_UPLOAD


def test_the_hash_covers_the_picture_not_only_its_size() -> None:
    task = Task.get(post_image(key="k").body["taskId"])
    same_size = JPEG[:-2] + b"\xff\xd8"

    answer = post_image(same_size, key="k")

    assert answer.body["code"] == "idempotency_key_reused"
    assert task.request_hash != hashlib.sha256(JPEG).hexdigest()


def test_task_ids_are_uuids() -> None:
    answers = [post_form(), post_form(key="k"), post_image()]

    assert all(str(UUID(answer.body["taskId"])) == answer.body["taskId"] for answer in answers)


def test_logs_contain_the_task_id_and_no_form(caplog: pytest.LogCaptureFixture) -> None:
    answer = post_form()

    [record] = caplog.records
    assert vars(record)["task_id"] == answer.body["taskId"]
    assert answer.body["upload"]["fields"]["policy"] not in str(vars(record))
    assert answer.body["upload"]["fields"]["x-amz-signature"] not in str(vars(record))
