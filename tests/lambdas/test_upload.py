"""An upload is a form or the picture itself. It may be repeated and may stop at any step."""

from typing import Any
from uuid import UUID

import boto3
import pytest

from pipeline.core.images.strip import strip_metadata
from pipeline.core.options import Detail, Feature
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import IMAGE_PREFIX, ImageStore, build_upload_key
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas import get_result
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import get_metrics, request
from tests.lambdas.uploads import FORM, JPEG, PNG, PRIVATE, post_form, post_image, receive


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


@pytest.mark.parametrize(("path", "more"), [("/pictures", {}), ("/upload", {"upload": None})])
def test_the_answer_is_the_task_as_it_is_then(path: str, more: dict[str, None]) -> None:
    answer = post_image(path=path)

    shown = request(get_result.handler, "GET", f"/results/{answer.body['taskId']}").body
    assert answer.body["image"]["url"] is None  # The caller has the picture
    assert answer.body == {**shown, **more, "image": answer.body["image"]}


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


def test_an_option_that_is_left_out_has_a_default() -> None:
    tasks = [Task.get(answer.body["taskId"]) for answer in (post_form(), post_image())]

    for task in tasks:
        assert task.file_name is None
        assert (task.min_confidence, task.max_labels) == (50, 20)
        assert (task.get_features(), task.get_detail()) == ((Feature.LABELS,), Detail.FAST)


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


def test_task_ids_are_uuids() -> None:
    answers = [post_form(), post_form(key="k"), post_image()]

    assert all(str(UUID(answer.body["taskId"])) == answer.body["taskId"] for answer in answers)


def test_logs_contain_the_task_id_and_no_form(caplog: pytest.LogCaptureFixture) -> None:
    answer = post_form()

    [record] = caplog.records
    assert vars(record)["task_id"] == answer.body["taskId"]
    assert answer.body["upload"]["fields"]["policy"] not in str(vars(record))
    assert answer.body["upload"]["fields"]["x-amz-signature"] not in str(vars(record))
