"""A user deletes the account with all data, and only the user can."""

from __future__ import annotations

import json
import time

import boto3
import pytest

from pipeline.core.deletions import find_deletion
from pipeline.core.exports.record import Export
from pipeline.core.live.connections import add_connection, list_connections
from pipeline.core.live.streams import Stream, list_all_streams
from pipeline.core.storage import ImageStore, build_upload_key
from pipeline.core.tasks.lockouts import is_locked_out
from pipeline.core.tasks.record import Task
from pipeline.lambdas import erase_account, list_results
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.deletion.conftest import (
    EMAIL,
    build_claims,
    get,
    has_account,
    list_keys,
    post,
    receive,
    work,
)
from tests.lambdas.events import request
from tests.lambdas.exports.conftest import add_photo
from tests.live_gateway import LiveGateway


def test_everything_is_deleted_and_the_receipt_says_what() -> None:
    for number in range(3):
        add_photo(f"{number}.jpg")
    other = add_photo("theirs.jpg", owner_id=OTHER_OWNER_ID)
    store = ImageStore(settings.images_bucket)
    store.put(build_upload_key(OWNER_ID, "of-a-form"), b"x", "image/jpeg")
    Export(OWNER_ID, "1", format="csv", selection={}).save()
    erase_account.places.files.put(f"exports/{OWNER_ID}/1/file", b"x")

    asked = post()
    owners = receive()
    work()
    answer = get()

    assert (asked.status, asked.body["status"], asked.body["deletedAt"]) == (202, "deleting", None)
    assert owners == [OWNER_ID]
    assert (answer.status, answer.body["status"]) == (200, "deleted")
    assert answer.body["number"] == asked.body["number"]
    assert (answer.body["results"], answer.body["pictures"], answer.body["exports"]) == (3, 4, 1)
    assert answer.body["deletedAt"]
    assert list_keys() == [other.image_key]
    assert list(Task.by_owner.query(OWNER_ID)) == []
    assert list(Export.query(OWNER_ID)) == []
    assert not has_account()


def test_nobody_can_use_the_account_from_the_answer_on() -> None:
    post()

    answer = request(list_results.handler, "GET", "/results", claims=build_claims())

    assert answer.status == 401


def test_cameras_and_open_pages_are_cut_off_before_anything_is_deleted(
    gateway: LiveGateway,
) -> None:
    for owner_id, socket in ((OWNER_ID, "mine="), (OTHER_OWNER_ID, "theirs=")):
        Stream.begin(owner_id, "kitchen")
        add_connection(socket, owner_id)
    photo = add_photo()
    post()

    work(remaining_ms=erase_account.RESERVED_MS)

    assert gateway.closed == ["mine="]
    assert [stream.owner_id for stream in list_all_streams()] == [OTHER_OWNER_ID]
    assert list_connections(OTHER_OWNER_ID) == ["theirs="]
    assert list_keys() == [photo.image_key]


def test_a_second_request_is_answered_the_same_also_with_an_old_sign_in() -> None:
    first = post()
    again = post(auth_time="0")
    work()

    last = post(auth_time="0")

    assert [it.status for it in (first, again, last)] == [202] * 3
    assert len({it.body["number"] for it in (first, again, last)}) == 1
    assert last.body["status"] == "deleted"


@pytest.mark.parametrize(
    ("claims", "status", "code"),
    [
        ({"auth_time": "0"}, 403, "sign_in_again"),
        ({"token_use": "access", "client_id": OWNER_ID}, 403, "sign_in_again"),
        ({"cognito:groups": "viewer"}, 403, "operator_account"),
        ({"email": "bob@example.com"}, 422, "invalid_request"),
    ],
)
def test_only_its_user_who_signed_in_just_now_can_delete_an_account(
    claims: dict[str, str], status: int, code: str
) -> None:
    answer = post(**claims)

    assert (answer.status, answer.body["code"]) == (status, code)
    assert find_deletion(OWNER_ID) is None
    assert not is_locked_out(OWNER_ID)
    assert receive() == []


@pytest.mark.parametrize(("seconds", "status"), [(290, 202), (310, 403)])
def test_a_sign_in_is_fresh_for_five_minutes(seconds: int, status: int) -> None:
    assert post(auth_time=str(int(time.time()) - seconds)).status == status


def test_the_address_may_be_typed_in_capitals() -> None:
    assert post(confirmation=" ANN@Example.com ").status == 202


def test_a_user_who_has_not_asked_has_no_receipt() -> None:
    answer = get()

    assert (answer.status, answer.body["code"]) == (404, "deletion_not_found")


def test_the_receipt_has_no_address_and_stays_for_400_days() -> None:
    post()

    items = boto3.client("dynamodb").scan(TableName=settings.tasks_table)["Items"]

    [item] = [it for it in items if it["task_id"]["S"] == f"deletion:{OWNER_ID}"]
    assert EMAIL not in json.dumps(item)
    assert 399 < (int(item["expires_at"]["N"]) - time.time()) / 86400 <= 400
