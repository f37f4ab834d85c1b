"""Every page answers the operators who may see it, and reading a page changes nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from django.test import Client

from pipeline.core.live.streams import Stream
from pipeline.core.tasks.record import Task
from portal.access.items import OperatorItem
from portal.actions.items import AuditItem, RunItem
from portal.environment import env
from tests.environment import settings
from tests.examples import OWNER_ID
from tests.portal.examples import count_messages, create_user, save_dead_task, save_failed_task

LISTS = [
    "/",
    "/dashboard/live/",
    "/tasks/task/",
    "/queues/queue/",
    "/queues/deadletter/",
    "/users/user/",
    "/users/user/top/",
    "/workers/worker/",
    "/streams/stream/",
    "/corrections/disagreement/",
    "/doors/door/",
    "/limits/limit/",
    "/regions/region/",
    "/rekognition/day/",
    "/operators/run/",
    "/operators/auditentry/",
]
OPERATIONS = {
    "tasks/task": ("retry", "recognise", "delete"),
    "queues/deadletter": ("redrive", "discard"),
    "queues/queue": ("pause", "resume", "notice", "end-notice", "purge"),
    "users/user": (
        "disable", "enable", "sign-out", "invite", "reset", "groups", "erase",
        "hold", "release", "quota", "end-quota",
    ),
    "workers/worker": ("drain",),
    "streams/stream": ("stop",),
    "doors/door": ("close", "open"),
    "limits/limit": ("change", "reset"),
    "rekognition/day": ("budget", "reset"),
}  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_a_viewer_sees_every_list(viewer: Client, path: str) -> None:
    response = viewer.get(path)

    assert response.status_code == 200


@pytest.mark.parametrize(
    ("path", "empty"),
    [
        ("/tasks/task/", "No tasks yet"),
        ("/queues/deadletter/", "Every message was dealt with"),
        ("/users/user/", "No users yet"),
    ],
)
def test_a_search_without_a_match_does_not_say_that_the_list_is_empty(
    viewer: Client, path: str, empty: str
) -> None:
    all_rows = viewer.get(path).content.decode()
    found = viewer.get(path, {"q": "nothing-such"}).content.decode()

    assert "matches" not in all_rows
    assert "matches" in found
    assert empty not in found


def test_a_wrong_address_is_explained(viewer: Client) -> None:
    response = viewer.get("/nowhere/")

    assert response.status_code == 404
    assert "Http404" not in response.content.decode()
    assert "may be mistyped" in response.content.decode()


@pytest.mark.parametrize("path", [*LISTS, "/operators/operator/", "/workers/worker/scale/"])
def test_nobody_sees_a_page_without_signing_in(path: str) -> None:
    response = Client().get(path, secure=True)

    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


def test_only_admins_see_the_operators(operator: Client, admin: Client) -> None:
    statuses = [client.get("/operators/operator/").status_code for client in (operator, admin)]

    assert statuses == [403, 200]


def test_looking_changes_nothing(admin: Client) -> None:
    task, message_id = save_dead_task()
    ids = _find_ids(message_id, save_failed_task())
    before = _take_inventory()

    for model, pk in ids.items():
        for page in ("change", "history"):
            assert admin.get(f"/{model}/{pk}/{page}/").status_code == 200
        for name in OPERATIONS[model]:
            assert admin.get(f"/{model}/operations/{name}/?id={pk}").status_code == 200
            assert admin.get(f"/{model}/operations/{name}/?all=1").status_code in (200, 403)
    for path in LISTS:
        admin.get(path)

    assert _take_inventory() == before
    assert task.task_id in admin.get("/tasks/task/").content.decode()


@pytest.mark.parametrize(
    "path", ["/operators/run/x/advance/", "/operators/run/x/cancel/", "/logout/",
             "/operators/auditentry/export/"]
)  # fmt: skip
def test_addresses_that_change_something_refuse_get_requests(admin: Client, path: str) -> None:
    response = admin.get(path)

    assert response.status_code == 405


def test_a_post_without_its_token_is_refused(admin: Client) -> None:
    task = save_failed_task()
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = admin.cookies
    path = f"/tasks/task/operations/retry/?id={task.task_id}"

    response = strict.post(path, secure=True)

    task.refresh()
    assert response.status_code == 403
    assert "The form was too old" in response.content.decode()
    assert task.status == "failed"
    [entry] = [entry for entry in AuditItem.scan() if entry.action == "Refused"]
    assert entry.target == f"tasks.task/{task.task_id}"
    assert "no valid token" in entry.detail


def test_an_attempt_that_the_role_forbids_is_audited(viewer: Client) -> None:
    viewer.post("/tasks/task/operations/delete/?id=1")

    [entry] = [entry for entry in AuditItem.scan() if entry.action == "Refused"]
    assert (entry.operator, entry.target) == ("the-viewer", "tasks.task/1")
    assert "the role forbids it" in entry.detail


LONG = "x" * 2100


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/queues/queue/?q=x", 400),
        ("/operators/operator/?q=x", 400),
        (f"/tasks/task/?q={LONG}", 400),
        (f"/operators/auditentry/?q={LONG}", 400),
        (f"/users/user/?q={LONG}", 400),
        (f"/tasks/task/{LONG}/change/", 404),
        (f"/tasks/task/{LONG}/history/", 404),
        ("/r/1/1/", 404),
        ("/autocomplete/", 404),
        ("/jsi18n/", 200),
        ("/tasks/", 200),
        ("/operators/auditentry/?at_from=0001-01-01T00:00", 400),
        ("/operators/auditentry/?at=2026-11-23", 400),
        ("/operators/run/?created_at=2026-11-23", 400),
        ("/operators/auditentry/?at_from=0001-01-01T00:00%2B14:00", 400),
    ],
)
def test_an_odd_address_causes_no_server_error(admin: Client, path: str, status: int) -> None:
    assert admin.get(path).status_code == status


@pytest.mark.parametrize("path", [*LISTS, "/workers/worker/scale/", "/tasks/task/1/change/"])
def test_an_empty_form_causes_no_server_error(admin: Client, path: str) -> None:
    for form in ({}, {"action": ""}, {"index": "x", "_selected_action": "x"}):
        assert admin.post(path, form).status_code < 500


def test_a_missing_thing_is_reported_as_missing(operator: Client) -> None:
    response = operator.get("/tasks/task/00000000-0000-4000-8000-000000000000/change/")

    assert response.status_code == 404
    assert "no such task" in response.content.decode()


def test_a_failure_of_aws_shows_a_page_with_its_error_code(
    operator: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    boto3.client("dynamodb").delete_table(TableName=settings.tasks_table)

    listed = operator.get("/tasks/task/")
    detail = operator.get("/tasks/task/1/change/")

    assert "This list could not be read" in listed.content.decode()
    assert detail.status_code == 503
    assert "ResourceNotFoundException" in detail.content.decode()


def _find_ids(message_id: str, task: Task) -> dict[str, Any]:
    create_user()
    username = boto3.client("cognito-idp").list_users(UserPoolId=env.user_pool_id)["Users"][0]
    groups = boto3.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    return {
        "tasks/task": task.task_id,
        "queues/deadletter": message_id,
        "queues/queue": "tasks",
        "users/user": username["Username"],
        "workers/worker": groups[0]["Instances"][0]["InstanceId"],
        "doors/door": "uploads",
        "streams/stream": Stream.begin(OWNER_ID, "front door").stream_id,
        "limits/limit": "upload_burst",
        "rekognition/day": datetime.now(UTC).date().isoformat(),
    }


def _take_inventory() -> dict[str, Any]:
    """Everything that an operation could change, to compare before and after."""
    groups = boto3.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    users = boto3.client("cognito-idp").list_users(UserPoolId=env.user_pool_id)["Users"]
    return {
        "tasks": sorted(str(task.serialize()) for task in Task.scan()),
        "streams": sorted(str(stream.serialize()) for stream in Stream.scan()),
        "queue": count_messages(settings.task_queue_url),
        "letters": count_messages(env.dead_letter_queue_url),
        "runs": RunItem.count(),
        "operators": sorted(str(item.serialize()) for item in OperatorItem.scan()),
        "users": [(user["Username"], user["Enabled"], user["UserStatus"]) for user in users],
        "desired": groups[0]["DesiredCapacity"],
    }
