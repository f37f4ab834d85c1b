"""A task is shown only to its owner."""

from uuid import uuid4

import pytest
import requests

from pipeline.core.errors import ImageMissingError, UnreadableImageError
from pipeline.core.storage import ImageStore, build_preview_key, build_thumbnail_key
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.get_result import handler
from tests.examples import FINGERPRINT, OTHER_OWNER_ID, OWNER_ID, PROPERTIES, build_task, succeed
from tests.lambdas.events import Answer, build_event, call, request


def get(task_id: str, **parts: object) -> Answer:
    return request(handler, "GET", f"/results/{task_id}", **parts)


def save(status: TaskStatus = TaskStatus.AWAITING_UPLOAD) -> Task:
    task = build_task(status=status.value, file_name="cat.jpg")
    transitions.insert(task)
    return task


def test_a_finished_task_shows_its_labels_and_times() -> None:
    task = save()
    transitions.mark_queued(task)
    succeed(task.task_id)

    answer = get(task.task_id)

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Retry-After" not in answer.headers
    body = answer.body
    assert (body["taskId"], body["status"], body["fileName"]) == (
        task.task_id,
        "succeeded",
        "cat.jpg",
    )
    assert body["labels"][0]["name"] == "cat"
    assert body["labels"][0]["instances"][0]["boundingBox"]["width"] == 0.5
    assert body["properties"] == PROPERTIES.model_dump(by_alias=True)
    assert body["fingerprint"] == FINGERPRINT.model_dump(by_alias=True)
    [line] = body["text"]["lines"]
    assert [line["text"], *(word["text"] for word in line["words"])] == ["WAY OUT", "WAY", "OUT"]
    assert (body["image"]["width"], body["image"]["height"]) == (640, 480)
    assert body["models"]["classifier"] == "efficientnet_lite3"
    assert body["timings"]["inferenceMs"] == 98.8
    assert body["timings"]["totalMs"] >= body["timings"]["queuedMs"]
    assert body["error"] is None
    assert body["createdAt"] <= body["queuedAt"] <= body["finishedAt"] <= body["expiresAt"]


def test_the_url_shows_the_picture(store: ImageStore) -> None:
    task = save(TaskStatus.QUEUED)
    store.put(task.image_key, b"picture", "image/jpeg")

    image = get(task.task_id).body["image"]

    assert requests.get(image["url"], timeout=5).content == b"picture"
    assert image["urlExpiresAt"].endswith("Z")
    assert image["metadata"] == "kept"


def test_the_answer_says_that_metadata_was_removed() -> None:
    task = save(TaskStatus.QUEUED)
    task.update(actions=[Task.strip_metadata.set(True)])

    assert get(task.task_id).body["image"]["metadata"] == "removed"


def test_the_urls_show_preview_and_thumbnail(store: ImageStore) -> None:
    task = save(TaskStatus.QUEUED)
    succeed(task.task_id)
    store.put(build_preview_key(task.image_key), b"preview", "image/jpeg")
    store.put(build_thumbnail_key(task.image_key), b"thumbnail", "image/jpeg")

    image = get(task.task_id).body["image"]

    assert requests.get(image["previewUrl"], timeout=5).content == b"preview"
    assert requests.get(image["thumbnailUrl"], timeout=5).content == b"thumbnail"


def test_a_copy_that_is_not_there_has_no_url() -> None:
    unfinished = get(save(TaskStatus.PROCESSING).task_id).body["image"]
    task = save(TaskStatus.QUEUED)
    succeed(task.task_id)
    task.update(actions=[Task.has_preview.set(False)])

    image = get(task.task_id).body["image"]

    assert (unfinished["previewUrl"], unfinished["thumbnailUrl"]) == (None, None)
    assert image["previewUrl"] is None
    assert image["thumbnailUrl"]


@pytest.mark.parametrize("status", [TaskStatus.AWAITING_UPLOAD, TaskStatus.EXPIRED])
def test_without_a_picture_there_is_no_url(status: TaskStatus) -> None:
    answer = get(save(status).task_id)

    assert answer.body["image"]["url"] is None
    assert answer.body["image"]["urlExpiresAt"] is None


@pytest.mark.parametrize("status", [TaskStatus.QUEUED, TaskStatus.PROCESSING])
def test_an_unfinished_task_answers_with_retry_after(status: TaskStatus) -> None:
    answer = get(save(status).task_id)

    assert answer.body["status"] == status
    assert answer.body["labels"] == []
    assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize("error", [UnreadableImageError(), ImageMissingError()])
def test_a_failed_task_shows_its_error(error: UnreadableImageError) -> None:
    task = save(TaskStatus.QUEUED)
    transitions.fail(task, error)

    answer = get(task.task_id)

    assert answer.body["error"] == {"code": error.code, "message": str(error)}


def test_the_task_of_another_user_is_reported_as_missing() -> None:
    task = save()

    theirs, missing = get(task.task_id, owner_id=OTHER_OWNER_ID), get(str(uuid4()))

    assert theirs.status == missing.status == 404
    assert theirs.body == missing.body
    assert theirs.body["code"] == "task_not_found"


@pytest.mark.parametrize("task_id", ["1", "not-a-uuid", "a" * 3000, "%00", "..;", "é"])
def test_an_id_that_is_no_uuid_answers_not_found(task_id: str) -> None:
    answer = get(task_id)

    assert (answer.status, answer.body["code"]) == (404, "task_not_found")


def test_an_id_may_be_written_in_capitals() -> None:
    task = save()

    assert get(task.task_id.upper()).body["taskId"] == task.task_id


def test_a_request_without_claims_is_refused() -> None:
    answer = get(save().task_id, owner_id=None)

    assert (answer.status, answer.body["code"]) == (401, "unauthorized")


@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"token_use": "access", "client_id": "page"}, 401),  # Of a person, to manage the account
        ({"token_use": "refresh"}, 401),
        ({}, 401),
        ({"token_use": "access", "client_id": OWNER_ID}, 200),  # Of a program
        ({"token_use": "id"}, 200),
    ],
)
def test_a_token_must_be_one_for_this_api(claims: dict[str, str], status: int) -> None:
    event = build_event("GET", f"/results/{save().task_id}")
    event["requestContext"]["authorizer"]["claims"] = {"sub": OWNER_ID, **claims}

    assert call(handler, event)["statusCode"] == status
