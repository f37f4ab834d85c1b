"""Exports are asked for, listed, fetched and deleted by their owner alone."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from pipeline.core.doors import Door, close
from pipeline.core.errors import TooManyExportsError
from pipeline.core.exports import record
from pipeline.core.exports.errors import ExportTooLargeError
from pipeline.core.exports.record import (
    MAX_BYTES,
    MAX_EXPORTS,
    MAX_PHOTOS,
    Export,
    ExportStatus,
    get_export,
)
from pipeline.lambdas import exports
from pipeline.lambdas.limits import Limit
from pipeline.lambdas.problems import TooManyRequestsError
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import Answer, request
from tests.lambdas.exports.conftest import add_photo, receive, work

UNKNOWN = "0b6e1d3c-0f57-4c33-9a4e-6f7d0a1c2b3d"


def post(body: Any = None, key: str | None = None, **parts: Any) -> Answer:
    headers = {"Content-Type": "application/json", **({"Idempotency-Key": key} if key else {})}
    text = body if isinstance(body, str) else json.dumps(body or {"format": "ndjson"})
    return request(exports.handler, "POST", "/exports", body=text, headers=headers, **parts)


def get(export_id: str = "", **parts: Any) -> Answer:
    path = f"/exports/{export_id}" if export_id else "/exports"
    return request(exports.handler, "GET", path, **parts)


def delete(export_id: str, **parts: Any) -> Answer:
    return request(exports.handler, "DELETE", f"/exports/{export_id}", **parts)


def test_an_export_is_written_and_its_owner_gets_a_link() -> None:
    add_photo()

    asked = post()
    work()
    answer = get(asked.body["exportId"])

    assert (asked.status, asked.body["status"], asked.body["url"]) == (202, "waiting", None)
    assert asked.headers["Location"] == f"exports/{asked.body['exportId']}"
    assert (answer.body["status"], answer.body["photos"], answer.body["total"]) == (
        "succeeded",
        1,
        1,
    )
    assert answer.body["sizeBytes"] > 100
    assert f"exports/{OWNER_ID}/{asked.body['exportId']}/file" in answer.body["url"]
    assert "Expires=300" in answer.body["url"]
    assert get().body["exports"][0]["url"] is None


def test_the_file_is_encrypted_and_named_for_the_browser() -> None:
    add_photo()
    export_id = post({"format": "csv"}).body["exportId"]
    work()

    file = boto3.client("s3").head_object(
        Bucket=settings.images_bucket, Key=f"exports/{OWNER_ID}/{export_id}/file"
    )

    assert file["ServerSideEncryption"] == "AES256"
    assert file["ContentDisposition"].startswith('attachment; filename="spotter-')
    assert file["ContentType"].startswith("text/csv")


def test_an_export_ends_after_a_day() -> None:
    export_id = post().body["exportId"]
    export = get_export(OWNER_ID, export_id)
    left = export.expires_at - datetime.now(UTC)
    export.update(actions=[Export.expires_at.set(datetime.now(UTC) - timedelta(seconds=5))])

    answer = get(export_id)

    assert timedelta(hours=23) < left <= timedelta(days=1)
    assert (answer.status, answer.body["code"]) == (404, "export_not_found")
    assert get().body["exports"] == []


def test_a_repeat_with_the_same_key_gets_the_same_export() -> None:
    first, second = post(key="a"), post(key="a")

    other = post({"format": "csv"}, key="a")

    assert first.body["exportId"] == second.body["exportId"]
    assert (other.status, other.body["code"]) == (409, "idempotency_key_reused")
    assert len(list(Export.scan())) == 1


def test_a_repeat_sends_a_message_that_was_lost() -> None:
    add_photo()
    export_id = post(key="a").body["exportId"]
    assert len(list(receive())) == 1  # And nothing wrote it

    post(key="a")
    work()

    assert get(export_id).body["status"] == "succeeded"


def test_a_look_at_an_export_whose_message_was_lost_brings_it_on() -> None:
    add_photo()
    export_id = post().body["exportId"]
    list(receive())
    get(export_id)
    assert work() == 0  # It can still come
    export = get_export(OWNER_ID, export_id)
    export.update(actions=[Export.updated_at.set(datetime.now(UTC) - timedelta(minutes=6))])

    get()
    work()

    assert get(export_id).body["status"] == "succeeded"


def test_one_export_is_written_at_a_time() -> None:
    add_photo()
    first = post()

    second = post()
    work()
    third = post()

    assert (second.status, second.body["code"]) == (409, "export_open")
    assert third.status == 202
    assert post(owner_id=OTHER_OWNER_ID).status == 202
    assert first.body["exportId"] != third.body["exportId"]


def test_of_two_exports_at_the_same_time_not_both_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    insert = record.insert

    def insert_beside_another(export: Export) -> bool:
        Export(OWNER_ID, format="csv", selection={}).save()  # Another process was as fast
        return insert(export)

    monkeypatch.setattr(record, "insert", insert_beside_another)

    answer = post()

    assert (answer.status, answer.body["code"]) == (409, "export_open")
    assert len(list(Export.scan())) == 1
    assert list(receive()) == []


def test_one_user_cannot_have_any_number_of_exports() -> None:
    add_photo()
    for _ in range(MAX_EXPORTS):
        assert post().status == 202
        work()

    answer = post()

    assert (answer.status, answer.body["code"]) == (409, "too_many_exports")


def test_the_messages_name_the_limits() -> None:
    assert f"{MAX_EXPORTS} exports" in TooManyExportsError.message
    assert f"{MAX_PHOTOS:,} photos or {MAX_BYTES // 10**9} GB" in ExportTooLargeError.message


def test_a_user_sees_and_deletes_their_own_exports_only() -> None:
    add_photo()
    mine = post().body["exportId"]
    work()
    theirs = post(owner_id=OTHER_OWNER_ID).body["exportId"]

    assert get(theirs).body["code"] == "export_not_found"
    assert delete(theirs).body["code"] == "export_not_found"
    assert delete(mine).status == 204
    assert get().body["exports"] == []
    left = boto3.client("s3").list_objects_v2(Bucket=settings.images_bucket, Prefix="exports/")
    assert left["KeyCount"] == 0
    assert get_export(OTHER_OWNER_ID, theirs).status == ExportStatus.WAITING


@pytest.mark.parametrize("export_id", [UNKNOWN, "no-id"])
def test_an_export_that_is_not_there_is_not_found(export_id: str) -> None:
    for answer in (get(export_id), delete(export_id)):
        assert (answer.status, answer.body["code"]) == (404, "export_not_found")


def test_a_spent_budget_closes_exports_and_hides_the_files() -> None:
    add_photo()
    export_id = post().body["exportId"]
    work()
    close(Door.UPLOADS, closed_by="budget", reason="spent")

    answer = post()

    assert (answer.status, answer.body["code"]) == (503, "uploads_closed")
    assert get(export_id).body["url"] is None


@pytest.mark.parametrize(
    ("body", "location"),
    [
        ("{", "body"),
        ({"label": ["dog"]}, "body.format"),
        ({"format": "pdf"}, "body.format"),
        ({"format": "csv", "taskIds": []}, "body.taskIds"),
        ({"format": "csv", "taskIds": ["no-id"]}, "body.taskIds.0"),
        ({"format": "csv", "taskIds": [UNKNOWN], "label": ["dog"]}, "body"),
        ({"format": "csv", "label": ["!"]}, "body.label"),
        ({"format": "csv", "from": "2026-11-01"}, "body.from"),
        ({"format": "csv", "owner": "me"}, "body.owner"),
    ],
)
def test_a_bad_body_begins_nothing(body: Any, location: str) -> None:
    answer = post(body)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert answer.body["errors"][0]["location"] == location
    assert list(Export.scan()) == []


def test_only_json_is_taken() -> None:
    answer = request(
        exports.handler, "POST", "/exports", body="x", headers={"Content-Type": "text/plain"}
    )

    assert answer.status == 415


@pytest.mark.parametrize("use", [get, post, lambda **parts: delete(UNKNOWN, **parts)])
def test_a_caller_without_an_account_is_refused(use: Any) -> None:
    assert use(owner_id=None).status == 401


def test_nobody_exports_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Deleting an export at once makes room for the next, but it has been read."""
    limit = Limit("new_exports", 2, 1 / 3600, TooManyRequestsError)
    monkeypatch.setattr(exports, "NEW_EXPORTS", limit)
    add_photo()

    statuses: list[int] = []
    for _ in range(3):
        answer = post(key="the same") if not statuses else post()
        repeat = post(key="the same") if not statuses else answer
        statuses.append(answer.status)
        if answer.status == 202:
            assert repeat.status == 202
            work()
            delete(answer.body["exportId"])

    assert statuses == [202, 202, 429]
    assert int(answer.headers["Retry-After"]) > 3000
