"""Refused uploads are counted for operators, with few writes."""

from __future__ import annotations

import json

import boto3
import pytest

from pipeline.core.tasks.record import Task
from pipeline.core.tasks.refusals import list_most_refused, read
from pipeline.lambdas import get_result, refusals, retry_result, upload
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import Answer, request


def ask(size_bytes: int = 1000, owner_id: str = OWNER_ID) -> Answer:
    body = json.dumps({"contentType": "image/jpeg", "sizeBytes": size_bytes})
    headers = {"Content-Type": "application/json"}
    return request(upload.handler, "POST", "/upload", body=body, headers=headers, owner_id=owner_id)


def send(body: bytes) -> Answer:
    headers = {"Content-Type": "image/jpeg"}
    return request(upload.handler, "POST", "/upload", body=body, headers=headers)


def test_each_refusal_is_counted_by_its_code() -> None:
    answers = [ask(-1), send(b"no picture"), send(b"no picture")]

    found = read(OWNER_ID)

    assert [answer.status for answer in answers] == [422, 422, 422]
    assert found.by_code == {"unsupported_format": 2, "invalid_request": 1}
    assert found.last_code == "unsupported_format"
    assert found.last_at is not None


def test_a_limit_that_was_reached_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload, "settings", settings.model_copy(update={"max_unfinished_tasks": 1}))
    ask()

    assert ask().status == 429

    assert read(OWNER_ID).by_code == {"too_many_in_flight": 1}


def test_a_refused_retry_is_counted_and_a_refused_look_is_not() -> None:
    path = "/results/8f14e45f-ceea-467f-a9d4-1f2d3c4b5a69"
    request(retry_result.handler, "POST", f"{path}/retry")
    request(get_result.handler, "GET", path)

    assert read(OWNER_ID).by_code == {"task_not_found": 1}


def test_an_accepted_upload_counts_nothing() -> None:
    assert ask().status == 201

    assert read(OWNER_ID).count == 0


def test_a_flood_costs_a_few_writes_and_loses_no_count(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("pipeline.lambdas.refusals.time.monotonic", lambda: clock[0])
    for _ in range(100):
        refusals.note(OWNER_ID, "too_many_requests")
    in_flood = read(OWNER_ID).count
    clock[0] = refusals.WINDOW_SECONDS

    refusals.note(OWNER_ID, "too_many_requests")

    assert in_flood == refusals.WRITES
    assert read(OWNER_ID).count == 101


def test_the_flood_of_one_user_hides_no_refusal_of_another() -> None:
    for _ in range(100):
        refusals.note(OWNER_ID, "too_many_requests")
    refusals.note(OTHER_OWNER_ID, "unsupported_format")

    assert read(OTHER_OWNER_ID).by_code == {"unsupported_format": 1}


def test_a_process_remembers_a_bounded_number_of_users(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "MOST_OWNERS", 2)
    for number in range(4):
        refusals.note(f"owner-{number}", "invalid_request")

    assert list(refusals._windows) == ["owner-2", "owner-3"]


def test_the_users_with_most_refusals_come_first() -> None:
    for owner_id, count in (("a", 1), ("b", 3), ("c", 2)):
        for _ in range(count):
            refusals.note(owner_id, "invalid_request")

    assert list_most_refused(2) == [("b", 3), ("c", 2)]


def test_a_counter_is_in_no_list_of_tasks_and_expires() -> None:
    ask(-1)

    [item] = boto3.client("dynamodb").scan(
        TableName=settings.tasks_table,
        FilterExpression="begins_with(task_id, :refused)",
        ExpressionAttributeValues={":refused": {"S": "refused:"}},
    )["Items"]
    assert "N" in item["expires_at"]
    assert list(Task.by_owner.query(OWNER_ID)) == []


def test_an_answer_does_not_depend_on_the_counter() -> None:
    boto3.client("dynamodb").delete_table(TableName=settings.tasks_table)

    refusals.note(OWNER_ID, "invalid_request")
