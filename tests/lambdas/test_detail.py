"""A result says how closely the detector looked, whatever was asked."""

from dataclasses import replace
from typing import Any

import pytest

from pipeline.core.options import Detail, Options
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.lambdas import get_result
from pipeline.lambdas.upload_checks import hash_request
from pipeline.lambdas.upload_request import UploadRequest
from tests.examples import build_result, build_task
from tests.lambdas.events import request
from tests.lambdas.uploads import post_image


def get(task_id: str) -> dict[str, Any]:
    body: dict[str, Any] = request(get_result.handler, "GET", f"/results/{task_id}").body
    return body


def test_a_worker_is_told_that_nobody_chose() -> None:
    answer = post_image()

    started = transitions.start(answer.body["taskId"], worker="worker-1", receive_count=1)

    assert started.options.detail is None
    assert Options().extra_pixels == started.options.extra_pixels == 0


@pytest.mark.parametrize(
    ("asked", "looked"), [(None, "fast"), (None, "fine"), ("fast", "fast"), ("fine", "fine")]
)
def test_a_result_says_how_closely_the_detector_looked(asked: str | None, looked: str) -> None:
    task = build_task(detail=asked)
    task.save()
    assert get(task.task_id)["detail"] == (asked or "fast")
    started = transitions.start(task.task_id, worker="worker-1", receive_count=1)

    transitions.succeed(started, replace(build_result(), detail=Detail(looked)))

    assert get(task.task_id)["detail"] == looked


def test_a_result_of_an_earlier_release_says_what_was_asked() -> None:
    task = build_task(detail="fine")
    task.save()
    started = transitions.start(task.task_id, worker="worker-1", receive_count=1)
    transitions.succeed(started, build_result())
    task.update(actions=[Task.looked.remove()])

    assert get(task.task_id)["detail"] == "fine"


def test_a_request_that_leaves_it_out_has_the_hash_of_earlier_releases() -> None:
    """They filled in `fast` before they computed it."""
    asked = UploadRequest(content_type="image/jpeg", size_bytes=1000)

    fast = asked.model_copy(update={"detail": Detail.FAST})
    assert hash_request(asked, None) == hash_request(fast, None)
    fine = asked.model_copy(update={"detail": Detail.FINE})
    assert hash_request(fine, None) != hash_request(fast, None)
