"""Operators and the budget close uploads and sign-up, and everybody who comes is told."""

from typing import Any

import pytest

from pipeline.core import controls
from pipeline.core.doors import Door, close, find_closure, is_closed, reopen
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import TaskStatus
from pipeline.lambdas import close as closing
from pipeline.lambdas import get_result, list_results, retry_result, sign_up, upload
from tests.examples import build_task
from tests.lambdas.events import Answer, call, request
from tests.pictures import build_quadrants, encode

NOTICE = {"Records": [{"Sns": {"Message": "AWS Budget Notification"}}]}
STRANGER = {"triggerSource": "PreSignUp_SignUp", "request": {}, "response": {}}
JPEG = encode(build_quadrants(), "JPEG")


def shut(door: Door) -> None:
    close(door, closed_by="ann@example.com", reason="A test")


def send() -> Answer:
    headers = {"Content-Type": "image/jpeg"}
    return request(upload.handler, "POST", "/upload", body=JPEG, headers=headers)


def ask_for_form() -> Answer:
    headers = {"Content-Type": "application/json"}
    body = '{"contentType": "image/png", "sizeBytes": 1}'
    return request(upload.handler, "POST", "/upload", body=body, headers=headers)


def test_closed_uploads_refuse_pictures_and_forms(queue: TaskQueue, store: ImageStore) -> None:
    shut(Door.UPLOADS)

    for answer in (send(), ask_for_form()):
        assert (answer.status, answer.body["code"]) == (503, "uploads_closed")
        assert answer.headers["Retry-After"] == "3600"
    assert queue.receive() == []


def test_opened_uploads_take_pictures_again(queue: TaskQueue, store: ImageStore) -> None:
    shut(Door.UPLOADS)
    reopen(Door.UPLOADS)

    assert send().status == 202


def test_closed_uploads_refuse_a_retry(queue: TaskQueue) -> None:
    task = build_task(status=TaskStatus.FAILED.value)
    transitions.insert(task)
    shut(Door.UPLOADS)

    answer = request(retry_result.handler, "POST", f"/results/{task.task_id}/retry")

    assert (answer.status, answer.body["code"]) == (503, "uploads_closed")
    assert queue.receive() == []


def test_closed_uploads_show_results_without_addresses(store: ImageStore) -> None:
    task = build_task(status=TaskStatus.QUEUED.value)
    transitions.insert(task)

    def find_addresses() -> list[Any]:
        one = request(get_result.handler, "GET", f"/results/{task.task_id}").body
        [listed] = request(list_results.handler, "GET", "/results").body["results"]
        return [one["image"]["url"], listed["image"]["url"]]

    before = find_addresses()
    shut(Door.UPLOADS)

    assert all(before)
    assert find_addresses() == [None, None]


def test_nobody_signs_up_through_a_closed_door() -> None:
    allowed = call(sign_up.handler, STRANGER)
    shut(Door.SIGN_UP)

    with pytest.raises(sign_up.SignUpClosedError, match="Sign-up is closed"):
        call(sign_up.handler, STRANGER)
    assert allowed == STRANGER


def test_operators_create_accounts_while_sign_up_is_closed() -> None:
    event = {**STRANGER, "triggerSource": "PreSignUp_AdminCreateUser"}
    shut(Door.SIGN_UP)

    assert call(sign_up.handler, event) == event


def test_a_door_closes_alone() -> None:
    shut(Door.SIGN_UP)

    assert is_closed(Door.SIGN_UP)
    assert not is_closed(Door.UPLOADS)


def test_a_spent_budget_closes_every_door() -> None:
    call(closing.handler, NOTICE)

    closures = [find_closure(door) for door in Door]
    assert [closure.operator for closure in closures if closure] == ["AWS Budgets"] * len(Door)


def test_a_call_without_a_notice_closes_nothing() -> None:
    call(closing.handler, {"Records": []})

    assert not any(is_closed(door) for door in Door)


def test_a_process_looks_at_a_door_once_in_ten_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(controls, "REFRESH_SECONDS", 10)
    now = 1000.0
    monkeypatch.setattr(controls, "monotonic", lambda: now)
    before = is_closed(Door.UPLOADS)
    shut(Door.UPLOADS)

    now += 9
    still = is_closed(Door.UPLOADS)
    now += 2

    assert (before, still, is_closed(Door.UPLOADS)) == (False, False, True)
