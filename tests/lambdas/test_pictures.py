"""POST /pictures takes the picture itself, as POST /upload does, with a type of every client."""

import json

import pytest

from pipeline.core.images import CONTENT_TYPES, DIRECT_MAX_BYTES
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.bodies import BYTES, JSON
from tests.lambdas.uploads import FORM, JPEG, PNG, post_image, post_picture, receive


@pytest.mark.parametrize("content_type", [BYTES, *CONTENT_TYPES, "Image/JPG; name=x"])
def test_a_picture_is_stored_and_queued_whatever_its_type_says(
    queue: TaskQueue, store: ImageStore, content_type: str
) -> None:
    answer = post_picture(PNG, content_type, query={"fileName": "a b.png", "maxLabels": "5"})

    assert answer.status == 202
    task = Task.get(answer.body["taskId"])
    assert (task.status, task.content_type) == (TaskStatus.QUEUED, "image/png")
    assert (task.file_name, task.max_labels) == ("a b.png", 5)
    assert answer.headers["Location"] == f"results/{task.task_id}"
    assert answer.headers["Retry-After"] == "1"
    assert store.download(task.image_key) == PNG
    assert receive(queue) == [task.task_id]


def test_both_routes_share_their_idempotency_keys() -> None:
    first, again = post_image(JPEG, key="k"), post_picture(JPEG, key="k")

    assert {**again.body, "upload": None} == first.body
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"


def test_a_form_is_only_offered_by_the_other_route() -> None:
    answer = post_picture(json.dumps(FORM).encode(), JSON)

    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


def test_the_other_route_does_not_guess_what_bytes_are() -> None:
    answer = post_image(JPEG, BYTES)

    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("picture", "status", "code"),
    [
        (b"", 422, "empty_image"),
        (b"text", 422, "unsupported_format"),
        (JPEG + bytes(DIRECT_MAX_BYTES), 413, "payload_too_large"),
    ],
)
def test_a_bad_picture_is_refused(picture: bytes, status: int, code: str) -> None:
    answer = post_picture(picture)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert list(Task.scan(Task.owner_id.exists())) == []
