"""What an account chose is what its uploads get where they say nothing."""

import json
from typing import Any

import pytest

from pipeline.core.defaults import find_defaults, forget_defaults
from pipeline.core.images.strip import strip_metadata
from pipeline.core.options import Detail
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task
from pipeline.lambdas import account_defaults, upload
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import Answer, request
from tests.pictures import build_quadrants, encode

PRIVATE = encode(build_quadrants(), "JPEG", comment=b"a private comment")
FORM = {"contentType": "image/jpeg", "sizeBytes": 1000}
NOTHING = {"stripMetadata": None, "detail": None}
BOTH = {"stripMetadata": True, "detail": "fine"}

pytestmark = pytest.mark.usefixtures("queue", "store")


def get(**parts: Any) -> Answer:
    return request(account_defaults.handler, "GET", "/account/defaults", **parts)


def put(body: Any, content_type: str = "application/json", **parts: Any) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {"Content-Type": content_type}
    return request(
        account_defaults.handler, "PUT", "/account/defaults", body=text, headers=headers, **parts
    )


def post_form(**options: Any) -> Task:
    headers = {"Content-Type": "application/json"}
    answer = request(
        upload.handler, "POST", "/upload", body=json.dumps({**FORM, **options}), headers=headers
    )
    return Task.get(answer.body["taskId"])


def post_image(**options: str) -> Task:
    headers = {"Content-Type": "image/jpeg"}
    answer = request(
        upload.handler, "POST", "/upload", body=PRIVATE, headers=headers, query=options
    )
    return Task.get(answer.body["taskId"])


def test_nothing_is_chosen_at_first() -> None:
    answer = get()

    assert (answer.status, answer.body) == (200, NOTHING)


def test_what_was_chosen_is_there_and_belongs_to_one_account() -> None:
    chosen = put(BOTH)

    assert (chosen.status, chosen.body) == (200, BOTH)
    assert get().body == BOTH
    assert get(owner_id=OTHER_OWNER_ID).body == NOTHING


def test_null_takes_a_choice_back() -> None:
    put(BOTH)

    put({"stripMetadata": False, "detail": None})

    assert get().body == {"stripMetadata": False, "detail": None}


def test_uploads_that_say_nothing_get_what_was_chosen(store: ImageStore) -> None:
    put(BOTH)

    by_form, direct = post_form(), post_image()

    assert [(task.strip_metadata, task.detail) for task in (by_form, direct)] == [
        (True, Detail.FINE)
    ] * 2
    assert store.download(direct.image_key) == strip_metadata(PRIVATE) != PRIVATE
    assert direct.size_bytes == len(strip_metadata(PRIVATE))


def test_what_an_upload_says_wins(store: ImageStore) -> None:
    put(BOTH)

    by_form = post_form(stripMetadata=False, detail="fast")
    direct = post_image(stripMetadata="false", detail="fast")

    assert [(task.strip_metadata, task.detail) for task in (by_form, direct)] == [
        (False, Detail.FAST)
    ] * 2
    assert store.download(direct.image_key) == PRIVATE


def test_an_upload_says_one_thing_and_gets_the_other() -> None:
    put(BOTH)

    assert post_form(stripMetadata=False).detail == Detail.FINE
    assert post_form(detail="fast").strip_metadata is True


def test_the_choice_of_another_account_changes_nothing() -> None:
    put(BOTH, owner_id=OTHER_OWNER_ID)

    task = post_form()

    assert task.strip_metadata is False
    assert not task.detail


@pytest.mark.parametrize(
    ("body", "location"),
    [
        ("{", "body"),
        ("", "body"),
        ([], "body"),
        ({"stripMetadata": True}, "body.detail"),
        ({**BOTH, "stripMetadata": "yes"}, "body.stripMetadata"),
        ({**BOTH, "strip_metadata": True}, "body.strip_metadata"),
        ({**BOTH, "detail": "finest"}, "body.detail"),
        ({**BOTH, "owner": "me"}, "body.owner"),
    ],
)
def test_a_bad_body_changes_nothing(body: Any, location: str) -> None:
    put(BOTH)

    answer = put(body)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert answer.body["errors"][0]["location"] == location
    assert get().body == BOTH


def test_only_json_is_taken() -> None:
    answer = put(BOTH, "text/plain")

    assert (answer.status, answer.body["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("use", [get, lambda **parts: put(BOTH, **parts)])
def test_somebody_who_is_nobody_is_refused(use: Any) -> None:
    assert use(owner_id=None).status == 401


def test_they_can_be_forgotten() -> None:
    put(BOTH)

    forget_defaults(OWNER_ID)

    assert find_defaults(OWNER_ID).detail is None
    assert get().body == NOTHING
