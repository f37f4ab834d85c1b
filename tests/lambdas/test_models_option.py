"""A request can name the models that look at its picture."""

import hashlib
import json

import pytest

from pipeline.core.options import ADDED_MODEL_PIXELS, Detail, Options
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.lambdas import upload
from pipeline.lambdas.upload_checks import hash_request
from pipeline.lambdas.upload_request import UploadRequest
from tests.lambdas.events import Answer
from tests.lambdas.uploads import FORM, post_form, post_image


def post(way: str, models: str | None, key: str | None = None) -> Answer:
    """Ask for a form, or send the picture itself."""
    if way == "form":
        return post_form({**FORM, **({} if models is None else {"models": models.split(",")})}, key)
    return post_image(key=key, query={} if models is None else {"models": models})


@pytest.fixture(autouse=True)
def _two_are_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    on = upload.settings.model_copy(update={"offered_models": "tags, boxes"})
    monkeypatch.setattr(upload, "settings", on)


ways = pytest.mark.parametrize("way", ["form", "picture"])


@ways
@pytest.mark.parametrize(
    ("models", "stored"),
    [(None, ()), ("spotter", ("spotter",)), ("tags,spotter,tags", ("spotter", "tags"))],
)
def test_the_models_are_stored_for_the_worker(
    way: str, models: str | None, stored: tuple[str, ...]
) -> None:
    answer = post(way, models)

    assert answer.status in (201, 202), answer.body
    task = Task.get(answer.body["taskId"])
    if way == "form":
        transitions.accept(task, "images/me/1/a")
    started = transitions.start(task.task_id, worker="worker-1", receive_count=1)
    assert started.options.chosen_models == stored


@ways
def test_a_model_that_is_not_offered_is_refused_by_name(way: str) -> None:
    answer = post(way, "spotter,nose")

    assert (answer.status, answer.body["code"]) == (422, "model_not_offered")
    assert "Name some of: spotter, tags, boxes" in answer.body["detail"]
    assert list(Task.scan(Task.owner_id.exists())) == []


@ways
@pytest.mark.parametrize("models", ["Tags", "a,b,c,d,e,f", "tags,,boxes"])
def test_names_that_no_model_can_have_are_refused(way: str, models: str) -> None:
    answer = post(way, models)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    error = answer.body["errors"][0]
    assert error["location"].startswith("body.models" if way == "form" else "query.models")


def test_each_added_model_is_charged() -> None:
    assert Options(chosen_models=("spotter",)).extra_pixels == 0
    assert Options(chosen_models=("spotter", "a", "b")).extra_pixels == 2 * ADDED_MODEL_PIXELS
    assert Options(chosen_models=("a",), features=()).extra_pixels == 0


@ways
def test_a_repeat_with_other_models_is_another_request(way: str) -> None:
    post(way, None, key="one")

    assert post(way, None, key="one").status in (201, 202)
    assert post(way, "tags", key="one").body["code"] == "idempotency_key_reused"


def test_a_request_that_names_no_models_has_the_hash_of_earlier_releases() -> None:
    """Its first send may have reached the earlier release."""
    asked = UploadRequest(content_type="image/jpeg", size_bytes=1000, detail=Detail.FAST)
    new = {"engine", "strip_metadata", "chosen_models", "reference", "webhook_url"}
    text = json.dumps([asked.model_dump(mode="json", exclude=new), None], sort_keys=True)

    assert hash_request(asked, None) == hashlib.sha256(text.encode()).hexdigest()
