"""A user deletes the account with all data, and only the user can."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from pynamodb.exceptions import PutError

from pipeline.core import deletions, erasure
from pipeline.core.deletions import Deletion, find_deletion
from pipeline.core.exports.record import Export
from pipeline.core.live.connections import Connection, add_connection, list_connections
from pipeline.core.live.push import Push
from pipeline.core.live.streams import Stream, list_all_streams
from pipeline.core.storage import ImageStore, build_upload_key
from pipeline.core.tasks import flow
from pipeline.core.tasks.lockouts import is_locked_out
from pipeline.core.tasks.record import Task
from pipeline.lambdas import delete_account, erase_account, list_results
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import Answer, call, request
from tests.lambdas.exports.conftest import add_photo
from tests.live_gateway import LiveGateway, running_live_gateway

EMAIL = "ann@example.com"
QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/erasures"


@pytest.fixture(scope="module")
def sockets() -> Iterator[LiveGateway]:
    with running_live_gateway() as running:
        yield running


@pytest.fixture
def gateway(sockets: LiveGateway) -> LiveGateway:
    sockets.closed.clear()
    return sockets


@pytest.fixture(autouse=True)
def _account(_aws: None, gateway: LiveGateway, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account in a new pool."""
    for model in (Export, Stream, Connection):
        model.create_table()
    boto3.client("sqs").create_queue(QueueName="erasures")
    cognito = boto3.client("cognito-idp")
    pool_id = cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
    places = erase_account.places
    monkeypatch.setattr(
        erase_account,
        "places",
        erasure.Places(places.store, places.files, cognito, pool_id, Push(gateway.url)),
    )
    cognito.admin_create_user(UserPoolId=pool_id, Username="ann")


def build_claims(**values: str) -> dict[str, str]:
    fresh = {"auth_time": str(int(time.time()) - 10)}
    return {"email": EMAIL, "cognito:username": "ann", **fresh, **values}


def post(confirmation: str = EMAIL, **claims: str) -> Answer:
    return request(
        delete_account.handler,
        "POST",
        "/account/deletion",
        body=json.dumps({"confirmation": confirmation}),
        headers={"Content-Type": "application/json"},
        claims=build_claims(**claims),
    )


def get() -> Answer:
    return request(
        delete_account.handler, "GET", "/account/deletion", claims=build_claims(auth_time="0")
    )


def receive() -> list[str]:
    """The owners in the messages of the queue."""
    found = boto3.client("sqs").receive_message(QueueUrl=QUEUE_URL, MaxNumberOfMessages=10)
    return [json.loads(message["Body"])["owner_id"] for message in found.get("Messages", [])]


def work(remaining_ms: int = 60_000) -> None:
    body = json.dumps({"owner_id": OWNER_ID})
    call(erase_account.handler, {"Records": [{"body": body}]}, remaining_ms=remaining_ms)


def get_deletion() -> Deletion:
    found = find_deletion(OWNER_ID)
    assert found
    return found


def list_keys() -> list[str]:
    found = boto3.client("s3").list_objects_v2(Bucket=settings.images_bucket)
    return [entry["Key"] for entry in found.get("Contents", [])]


def has_account() -> bool:
    places = erase_account.places
    return bool(places.cognito.list_users(UserPoolId=places.user_pool_id)["Users"])


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


def test_what_comes_in_late_is_deleted_by_a_second_look(gateway: LiveGateway) -> None:
    post()
    work()
    late = add_photo("late.jpg")  # Of a request that was under way
    add_connection("late=", OWNER_ID)
    work()
    assert late.image_key in list_keys()  # Not yet due

    deletion = get_deletion()
    long_ago = datetime.now(UTC) - erasure.SECOND_LOOK_AFTER - timedelta(seconds=1)
    deletions.note(deletion, {**deletion.receipt, "account_deleted_at": long_ago.isoformat()})
    work()

    assert list_keys() == []
    assert gateway.closed == ["late="]
    assert get_deletion().is_done


def test_an_erasure_that_an_older_version_began_counts_exports_from_now_on() -> None:
    Export(OWNER_ID, "1", format="csv", selection={}).save()
    post()
    deletion = get_deletion()
    receipt = dict(deletion.receipt)
    del receipt["exports"]
    deletions.note(deletion, receipt)

    work()

    assert get().body["exports"] == 1


class DeadError(BaseException):
    """The process is gone."""


@pytest.mark.parametrize("number", range(1, 6))
def test_a_process_that_dies_is_followed_by_one_that_counts_everything_once(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(erasure, "BATCH", 2)
    for count in range(5):
        add_photo(f"{count}.jpg")
    post()
    delete, calls = flow.delete, 0

    def die(task: Task, store: ImageStore) -> None:
        nonlocal calls
        calls += 1
        if calls == number:
            raise DeadError
        delete(task, store)

    with monkeypatch.context() as patch:
        patch.setattr(flow, "delete", die)
        with pytest.raises(DeadError):
            work()
    work()

    answer = get()
    assert (answer.body["results"], answer.body["pictures"]) == (5, 5)
    assert answer.body["status"] == "deleted"


def test_a_deletion_goes_on_when_its_time_is_over() -> None:
    add_photo()
    post()
    receive()

    work(remaining_ms=erase_account.RESERVED_MS)

    assert receive() == [OWNER_ID]
    assert get().body["status"] == "deleting"
    work()
    assert get().body["status"] == "deleted"


def test_a_look_at_a_receipt_brings_a_lost_deletion_on() -> None:
    post()
    receive()
    get()
    assert receive() == []  # It can still come
    deletion = get_deletion()
    deletion.changed_at = datetime.now(UTC) - timedelta(minutes=6)
    deletion.save()

    get()

    assert receive() == [OWNER_ID]


def test_two_processes_never_note_over_each_other() -> None:
    post()
    first, second = get_deletion(), get_deletion()
    deletions.note(first, first.receipt)

    with pytest.raises(PutError):
        deletions.note(second, second.receipt)


def test_the_receipt_has_no_address_and_stays_for_400_days() -> None:
    post()

    items = boto3.client("dynamodb").scan(TableName=settings.tasks_table)["Items"]

    [item] = [it for it in items if it["task_id"]["S"] == f"deletion:{OWNER_ID}"]
    assert EMAIL not in json.dumps(item)
    assert 399 < (int(item["expires_at"]["N"]) - time.time()) / 86400 <= 400
