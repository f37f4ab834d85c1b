"""The budget closes uploads and sign-up on the local system, and an operator opens them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import Page, expect

from infra.local import names
from infra.local.clients import Clients
from infra.local.state import State
from pipeline.core import controls
from tests.e2e.attempts import Attempts
from tests.e2e.conftest import User, wait_until
from tests.e2e.portal.conftest import SignIn, look, submit
from tests.people import sign_up

DOORS = ("uploads", "sign_up")
KIND = "money"


FORM_REQUEST = {"contentType": "image/jpeg", "sizeBytes": 100}


@pytest.fixture
def topic_arn(root: Clients, system: State, user: User) -> Iterator[str]:
    """The topic of the budget's notice of 100 %. After the test the doors are open.

    Functions rely on their last look at a door for some seconds. The next test must not meet that.
    """
    yield root.sns.create_topic(Name=names.BUDGET_TOPIC)["TopicArn"]
    for door in DOORS:
        root.dynamodb.update_item(
            TableName=names.TASKS_TABLE,
            Key={"task_id": {"S": controls.KEY}},
            UpdateExpression=f"REMOVE {door}_closed",
        )
    wait_until(lambda: user.http.post("/upload", json=FORM_REQUEST).status_code == 201)
    wait_until(lambda: not find_sign_up_error(system))


def find_sign_up_error(system: State) -> str:
    """The code with which Cognito refuses a sign-up; empty if it takes it."""
    try:
        sign_up(system)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return ""


def operate(page: Page, operation: str, door: str) -> None:
    page.goto(f"/doors/door/operations/{operation}/?id={door}")
    page.get_by_label("Reason").fill("A test")
    look(page, f"{operation}-{door}")
    submit(page, page.locator("form.confirm button[type=submit]"))


def test_a_spent_budget_closes_the_doors_and_an_operator_opens_them(
    root: Clients,
    system: State,
    user: User,
    photo: Path,
    topic_arn: str,
    sign_in_to_portal: SignIn,
    attempts: Attempts,
) -> None:
    data = photo.read_bytes()
    headers = {"Content-Type": "image/jpeg"}
    task_id = user.client.recognise(photo)["taskId"]

    def upload() -> int:
        return user.http.post("/upload", content=data, headers=headers).status_code

    def find_address() -> object:
        return user.http.get(f"/results/{task_id}").json()["image"]["url"]

    root.sns.publish(TopicArn=topic_arn, Message="AWS Budget Notification")

    wait_until(lambda: upload() == 503)
    wait_until(lambda: find_sign_up_error(system))
    wait_until(lambda: find_address() is None)
    refusal = user.http.post("/upload", content=data, headers=headers)
    error = find_sign_up_error(system)
    for attempt, answer, is_open in (
        ("uploads after the budget is spent", refusal.status_code, refusal.status_code != 503),
        ("signs up after the budget is spent", error or "accepted", not error),
    ):
        attempts.note(KIND, attempt, answer, is_open=is_open)
    assert refusal.json()["code"] == "uploads_closed"
    assert error == "UserLambdaValidationException"

    page = sign_in_to_portal("operator")
    page.goto("/doors/door/")
    expect(page.get_by_text("AWS Budgets")).to_have_count(2)
    look(page, "doors")
    for door in DOORS:
        operate(page, "open", door)
        expect(page.get_by_text("open", exact=True).first).to_be_visible()

    wait_until(lambda: upload() == 202)
    wait_until(lambda: not find_sign_up_error(system))
    wait_until(lambda: find_address() is not None)


def test_an_operator_closes_uploads(
    topic_arn: str, user: User, photo: Path, sign_in_to_portal: SignIn
) -> None:
    page = sign_in_to_portal("operator")

    operate(page, "close", "uploads")

    wait_until(lambda: user.http.post("/upload", json=FORM_REQUEST).status_code == 503)
