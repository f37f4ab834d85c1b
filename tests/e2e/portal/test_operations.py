"""The operations of the portal on the local system, with its real policies."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from infra.local import names
from infra.local.clients import Clients
from infra.local.demo.client import Json
from infra.local.state import State
from pipeline.core.exports.files import build_prefix
from pipeline.core.storage import build_prefixes, build_upload_key
from tests.e2e.attempts import Attempts
from tests.e2e.conftest import User, wait_until
from tests.e2e.portal.conftest import SLOW_MS, SignIn, look, submit
from tests.e2e.portal.test_night_incident import find_sub
from tests.e2e.test_account_deletion import read_until_closed
from tests.e2e.test_live import connect
from tools.chaos.live.targets import list_sockets

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType


@pytest.fixture
def page(sign_in_to_portal: SignIn) -> Page:
    """An admin's window."""
    return sign_in_to_portal("admin")


@pytest.fixture
def someone(build_user: Callable[[], User]) -> User:
    """A user whose account the test may change."""
    return build_user()


def do(page: Page, model: str, operation: str, pk: str, **answers: str) -> None:
    """Confirm an operation as an admin. `answers` maps the beginning of a label to its value."""
    page.goto(f"/{model}/operations/{operation}/?id={pk}")
    for label, answer in answers.items():
        page.get_by_label(re.compile(label.replace("_", "-"), re.I)).fill(answer)
    look(page, f"confirm-{operation}")
    submit(page, page.locator("form.confirm button[type=submit]"))


def find_version(task: Json, version: int) -> Json | None:
    """The task, if it shows this version."""
    return task if task["version"] == version else None


def test_a_task_is_recognised_again_and_deleted(page: Page, someone: User, photo: Path) -> None:
    first = someone.client.recognise(photo)

    do(page, "tasks/task", "recognise", first["taskId"])
    expect(page.get_by_text("A new version is queued")).to_be_visible()
    path = f"/results/{first['taskId']}"
    again = wait_until(lambda: find_version(someone.http.get(path).json(), 2), 60)
    page.goto(f"/tasks/task/{first['taskId']}/change/")
    expect(page.get_by_role("heading", name="Versions")).to_be_visible()
    look(page, "versions")
    do(page, "tasks/task", "delete", first["taskId"], reason="A test")

    expect(page.get_by_text("Deleted")).to_be_visible()
    page.goto(f"/operators/auditentry/?q={first['taskId']}")
    page.locator("#result_list tbody a").first.click()
    expect(page.get_by_text("A test")).to_be_visible()
    look(page, "audit-entry")
    assert again["labels"] == first["labels"]
    assert someone.http.get(f"/results/{first['taskId']}").status_code == 404


def test_an_account_is_managed_and_erased(
    page: Page, root: Clients, system: State, someone: User, photo: Path, attempts: Attempts
) -> None:
    task_id = someone.client.recognise(photo)["taskId"]
    email = someone.person.email
    owner_id = find_sub(root, someone)

    def read_status() -> tuple[bool, str]:
        found = root.cognito.admin_get_user(UserPoolId=system.user_pool_id, Username=email)
        return found["Enabled"], found["UserStatus"]

    def use_token(state: str) -> int:
        status = someone.http.get(f"/results/{task_id}").status_code
        attempts.note("token", f"uses a token of a {state} user", status, is_open=status != 401)
        return status

    ticket = someone.http.post("/live/tickets").raise_for_status().json()
    socket = connect(f"{ticket['url']}?ticket={ticket['ticket']}")
    wait_until(lambda: list_sockets(root, owner_id))
    do(page, "users/user", "disable", owner_id, reason="A test")
    assert read_status() == (False, "CONFIRMED")
    assert list_sockets(root, owner_id) == []
    read_until_closed(socket)
    assert use_token("disabled") == 401
    do(page, "users/user", "enable", owner_id)
    assert read_status() == (True, "CONFIRMED")
    assert someone.http.get(f"/results/{task_id}").status_code == 200
    do(page, "users/user", "sign-out", owner_id)
    page.goto(f"/users/user/operations/groups/?id={owner_id}")
    page.get_by_label("viewer").check()
    page.get_by_label("Reason").fill("A test")
    submit(page, page.get_by_role("button", name="Change groups"))
    expect(page.get_by_text("viewer").first).to_be_visible()
    groups = root.cognito.admin_list_groups_for_user(
        UserPoolId=system.user_pool_id, Username=email
    )["Groups"]
    assert [group["GroupName"] for group in groups] == ["viewer"]
    page.goto(f"/users/user/operations/groups/?id={owner_id}")
    page.get_by_label("viewer").uncheck()
    page.get_by_label("Reason").fill("The test is over")
    submit(page, page.get_by_role("button", name="Change groups"))
    do(page, "users/user", "reset", owner_id)
    assert read_status() == (True, "RESET_REQUIRED")

    root.dynamodb.put_item(
        TableName=names.EXPORTS_TABLE,
        Item={"owner_id": {"S": owner_id}, "export_id": {"S": str(uuid4())}},
    )
    root.dynamodb.put_item(
        TableName=names.WEBHOOKS_TABLE,
        Item={"owner_id": {"S": owner_id}, "webhook_id": {"S": "left"}},
    )
    root.dynamodb.put_item(
        TableName=names.DELIVERIES_TABLE,
        Item={"list_id": {"S": "open#left"}, "delivery_id": {"S": str(uuid4())}},
    )
    export_key = f"{build_prefix(owner_id)}left/file"
    root.s3.put_object(Bucket=names.IMAGES_BUCKET, Key=export_key, Body=b"left behind")
    # An upload that no task took over, because the account was locked out
    key = build_upload_key(owner_id, str(uuid4()))
    root.s3.put_object(Bucket=names.IMAGES_BUCKET, Key=key, Body=b"left behind")
    do(page, "users/user", "erase", owner_id, reason="They asked for it", e_mail=email)
    # It looks again after 75 minutes.
    expect(page.get_by_text("waiting", exact=True).first).to_be_visible(timeout=SLOW_MS)
    look(page, "receipt")

    found = root.cognito.list_users(UserPoolId=system.user_pool_id, Filter=f'email = "{email}"')
    assert found["Users"] == []
    assert use_token("erased") == 401
    for prefix in (*build_prefixes(owner_id), build_prefix(owner_id)):
        left = root.s3.list_objects_v2(Bucket=names.IMAGES_BUCKET, Prefix=prefix)
        assert left.get("Contents", []) == []


def test_a_webhook_is_stopped_and_allowed_and_sends_again(page: Page, someone: User) -> None:
    url = "http://127.0.0.1:9999/hook"  # Nobody listens
    wanted = {"url": url, "events": ["task.failed"]}
    webhook = someone.http.post("/webhooks", json=wanted).raise_for_status().json()
    path = f"/webhooks/{webhook['webhookId']}"
    pk = f"{someone.owner_id}~{webhook['webhookId']}"
    someone.http.post(f"{path}/test").raise_for_status()

    def read_statuses() -> list[str]:
        found = someone.http.get(f"{path}/deliveries").raise_for_status().json()["deliveries"]
        return [delivery["status"] for delivery in found]

    page.goto("/webhooks/webhook/")
    expect(page.get_by_text(url).first).to_be_visible()
    page.goto(f"/webhooks/webhook/{pk}/change/")
    expect(page.get_by_text("Newest deliveries")).to_be_visible()
    look(page, "webhook")
    do(page, "webhooks/webhook", "stop", pk, reason="A test")
    wait_until(lambda: read_statuses() == ["failed"])
    do(page, "webhooks/webhook", "allow", pk, reason="The test is over")
    do(page, "webhooks/webhook", "again", pk)
    wait_until(lambda: read_statuses() == ["waiting"])


ON_ADMINS = ("disable", "sign-out", "reset")


@pytest.mark.parametrize("operation", ON_ADMINS)
def test_an_operator_changes_no_account_of_an_admin(
    operation: str,
    sign_in_to_portal: SignIn,
    root: Clients,
    system: State,
    attempts: Attempts,
) -> None:
    person = next(person for person in system.people if person.group == "admin")

    def read_account() -> tuple[str, bool, str]:
        found = root.cognito.admin_get_user(UserPoolId=system.user_pool_id, Username=person.email)
        owner_id = next(a["Value"] for a in found["UserAttributes"] if a["Name"] == "sub")
        return owner_id, found["Enabled"], found["UserStatus"]

    before = read_account()
    page = sign_in_to_portal("operator")

    page.goto(f"/users/user/operations/{operation}/?id={before[0]}")
    reason = page.get_by_label("Reason")
    if reason.count():
        reason.fill("A try")
    submit(page, page.locator("form.confirm button[type=submit]"))

    is_refused = page.get_by_text("the account has a higher role than yours").count() > 0
    is_open = read_account() != before or not is_refused
    answer = "done" if is_open else "refused: the account has a higher role"
    attempts.note("insider", f"an operator's {operation} of an admin", answer, is_open=is_open)
    assert not is_open


def test_an_operator_resets_no_second_factor(
    sign_in_to_portal: SignIn, root: Clients, system: State, attempts: Attempts
) -> None:
    page = sign_in_to_portal("operator")

    answer = page.goto("/operators/operator/operations/reset-second-factor/?id=admin")

    assert answer
    is_open = answer.status != 403
    attempts.note(
        "insider", "an operator's reset of an admin's second factor", answer.status, is_open=is_open
    )
    assert not is_open


def test_an_invitation_is_sent_again(page: Page, root: Clients, system: State) -> None:
    email = f"{uuid4()}@example.com"
    created = root.cognito.admin_create_user(
        UserPoolId=system.user_pool_id,
        Username=email,
        UserAttributes=[{"Name": "email", "Value": email}],
    )
    owner_id = next(a["Value"] for a in created["User"]["Attributes"] if a["Name"] == "sub")

    do(page, "users/user", "invite", owner_id)

    expect(page.get_by_text("Invitation", exact=False).first).to_be_visible()


def test_dead_letters_are_discarded_and_queues_purged(
    page: Page, root: Clients, system: State
) -> None:
    url = system.dead_letter_queue_url
    letter = '{"task_id": "unknown"}'

    def count() -> int:
        wanted: QueueAttributeNameType = "ApproximateNumberOfMessages"
        found = root.sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[wanted])
        return int(found["Attributes"][wanted])

    before = count()
    root.sqs.send_message(QueueUrl=url, MessageBody=letter)
    page.goto("/queues/deadletter/")
    page.locator("input.action-select").first.check()
    page.locator("select[name=action]").select_option("discard")
    page.get_by_role("button", name="Run").click()
    page.get_by_label("Reason").fill("A test")
    look(page, "confirm-discard")
    submit(page, page.locator("form.confirm button[type=submit]"))
    wait_until(lambda: count() == before)
    root.sqs.send_message(QueueUrl=url, MessageBody=letter)

    for queue in ("spotter-local-tasks", "spotter-local-tasks-dlq"):
        do(page, "queues/queue", "purge", queue, reason="A test", name=queue)

    assert count() == 0
