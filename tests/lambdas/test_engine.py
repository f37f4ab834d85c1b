"""A request can name who recognises its picture, and the result says who did."""

import hashlib
import json
from dataclasses import replace
from typing import Any

import pytest

from pipeline.core.engines import Answer, Reason
from pipeline.core.moderation import ModerationLabel
from pipeline.core.options import Detail, Engine
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.lambdas import get_result, upload
from pipeline.lambdas.upload_checks import hash_request
from pipeline.lambdas.upload_request import UploadRequest
from tests.examples import build_result, build_task, succeed
from tests.lambdas.events import Answer as HttpAnswer
from tests.lambdas.events import request
from tests.pictures import build_quadrants, encode

JPEG = encode(build_quadrants(), "JPEG")
FORM = {"contentType": "image/jpeg", "sizeBytes": 1000}


def post(way: str, options: dict[str, str], key: str = "") -> HttpAnswer:
    """Ask for a form, or send the picture itself."""
    headers = {"Idempotency-Key": key} if key else {}
    if way == "form":
        body: dict[str, Any] = {**FORM, **options}
        if "features" in options:
            body["features"] = options["features"].split(",")
        headers["Content-Type"] = "application/json"
        return request(upload.handler, "POST", "/upload", body=json.dumps(body), headers=headers)
    headers["Content-Type"] = "image/jpeg"
    return request(upload.handler, "POST", "/upload", body=JPEG, headers=headers, query=options)


def get(task: Task) -> dict[str, Any]:
    body: dict[str, Any] = request(get_result.handler, "GET", f"/results/{task.task_id}").body
    return body


@pytest.fixture
def rekognition_is_on(monkeypatch: pytest.MonkeyPatch) -> None:
    on = upload.settings.model_copy(update={"rekognition_usd_a_day": 1.0})
    monkeypatch.setattr(upload, "settings", on)


ways = pytest.mark.parametrize("way", ["form", "picture"])


@ways
@pytest.mark.parametrize("engine", ["rekognition", "auto"])
def test_a_service_without_rekognition_says_so_and_stores_nothing(way: str, engine: str) -> None:
    answer = post(way, {"engine": engine})

    assert (answer.status, answer.body["code"]) == (422, "engine_not_offered")
    assert "with engine spotter" in answer.body["detail"]
    assert list(Task.scan(Task.owner_id.exists())) == []


@ways
@pytest.mark.parametrize("engine", Engine)
@pytest.mark.usefixtures("rekognition_is_on")
def test_the_engine_is_stored_for_the_worker(way: str, engine: Engine) -> None:
    features = "labels" if engine == Engine.SPOTTER else "labels,moderation"

    answer = post(way, {"engine": engine.value, "features": features})

    assert answer.status in (201, 202)
    task = Task.get(answer.body["taskId"])
    if way == "form":
        transitions.accept(task, "images/me/1/a")
    started = transitions.start(task.task_id, worker="worker-1", receive_count=1)
    assert started.options.engine == engine
    assert ",".join(started.options.features) == features
    assert get(task)["engine"] == {"asked": engine, "answer": None}


@ways
@pytest.mark.usefixtures("rekognition_is_on")
def test_our_own_networks_cannot_tell_unwanted_content(way: str) -> None:
    answer = post(way, {"features": "labels,moderation"})

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    [error] = answer.body["errors"]
    assert error["location"] == ("body.features" if way == "form" else "query.features")
    assert "engine rekognition or auto" in error["detail"]


@ways
def test_an_unknown_engine_is_refused(way: str) -> None:
    assert post(way, {"engine": "magic"}).body["code"] == "invalid_request"


@ways
@pytest.mark.usefixtures("rekognition_is_on")
def test_a_repeat_with_another_engine_is_another_request(way: str) -> None:
    post(way, {}, key="one")

    assert post(way, {"engine": "spotter"}, key="one").status in (201, 202)
    assert post(way, {"engine": "auto"}, key="one").body["code"] == "idempotency_key_reused"


def test_a_request_that_names_no_engine_has_the_hash_of_earlier_releases() -> None:
    """Its first send may have reached the earlier release."""
    asked = UploadRequest(content_type="image/jpeg", size_bytes=1000, detail=Detail.FAST)
    earlier = asked.model_dump(
        mode="json",
        exclude={"engine", "strip_metadata", "chosen_models", "reference", "webhook_url"},
    )
    text = json.dumps([earlier, None], sort_keys=True)

    assert hash_request(asked, None) == hashlib.sha256(text.encode()).hexdigest()
    assert hash_request(asked.model_copy(update={"engine": Engine.AUTO}), None) != hash_request(
        asked, None
    )


def test_a_task_of_an_earlier_release_was_answered_by_our_own_networks() -> None:
    task = build_task()
    task.save()
    succeed(task.task_id)
    task.update(actions=[Task.answer.remove(), Task.moderation.remove()])

    found = get(task)

    own = {"by": "spotter", "reason": "asked", "costUsd": 0}
    assert found["engine"] == {"asked": "spotter", "answer": own}
    assert found["moderation"] is None


@pytest.mark.parametrize("moderation", [[], ["Weapons"]])
def test_a_result_says_who_answered_why_and_at_what_cost(moderation: list[str]) -> None:
    task = build_task(engine="auto")
    task.save()
    assert get(task)["engine"] == {"asked": "auto", "answer": None}
    started = transitions.start(task.task_id, worker="worker-1", receive_count=1)
    answer = Answer(by=Engine.REKOGNITION, reason=Reason.UNSURE, cost_usd=0.002)
    unwanted = [
        ModerationLabel(name=name, confidence=87.5, parent_name="Violence") for name in moderation
    ]

    transitions.succeed(started, replace(build_result(), answer=answer, moderation=unwanted))

    found = get(task)
    assert found["engine"]["answer"] == {
        "by": "rekognition",
        "reason": "unsure",
        "costUsd": 0.002,
    }
    assert [label["name"] for label in found["moderation"]] == moderation
