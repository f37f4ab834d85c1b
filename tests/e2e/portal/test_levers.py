"""Operators pause the queue, tell users, hold a user who floods, and change limits and quotas."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from infra.local import names
from infra.local.clients import Clients
from pipeline.core import controls
from spotter_client import SpotterError
from tests.e2e.conftest import PATIENCE_SECONDS, SetWorkers, User, wait_until
from tests.e2e.portal.conftest import SLOW_MS, SignIn, look, submit
from tests.e2e.spa.browser import Visit

# The window of a signed-in user of the web page.
from tests.e2e.spa.conftest import at_home, newcomer, open_visit, visit  # noqa: F401

pytestmark = pytest.mark.slow

QUEUE = names.TASK_QUEUE
NOTICE = "Results come later tonight, because we repair the storage."
REASON = "Storage is repaired"
PATIENT_SECONDS = 5
"""An idle worker recognises a picture in less."""


@pytest.fixture(autouse=True)
def _controls(root: Clients) -> Iterator[None]:
    """After a test nothing is paused, held or limited, even if the test failed."""
    yield
    key = {"task_id": {"S": controls.KEY}}
    root.dynamodb.delete_item(TableName=names.TASKS_TABLE, Key=key)
    sweep(root)


def sweep(root: Clients) -> None:
    """Run the sweep now. Its schedule runs it once a minute."""
    root.functions.invoke(FunctionName=names.build_function_name("sweep"), Payload=b"{}")


def confirm(page: Page, button: str, **answers: str) -> None:
    """Press a button of a page, and fill in the form. `answers` maps labels to values."""
    page.get_by_role("link", name=button, exact=True).click()
    for label, answer in answers.items():
        page.get_by_label(re.compile(label.replace("_", " "), re.I)).fill(answer)
    if (reason := page.get_by_label("Reason")).count():
        reason.fill(REASON)
    look(page, f"lever-{button.lower().replace(' ', '-')}")
    submit(page, page.locator("form.confirm button[type=submit]"))


def open_queue(page: Page) -> None:
    page.get_by_role("link", name="Queues").first.click()
    page.get_by_role("link", name=QUEUE, exact=True).first.click()


def test_the_queue_is_paused_and_users_are_told(
    sign_in_to_portal: SignIn,
    root: Clients,
    at_home: Visit,  # noqa: F811
    newcomer: User,  # noqa: F811
    photo: Path,
) -> None:
    page = sign_in_to_portal("operator")

    open_queue(page)
    confirm(page, "Pause", Minutes="30")
    confirm(page, "Tell users", Text_for_users=NOTICE)
    expect(page.get_by_text("Users read until", exact=False)).to_be_visible()
    look(page, "paused-queue")
    waiting = leave_one_waiting(newcomer, photo)
    sweep(root)
    page.get_by_role("link", name="Health").click()
    expect(page.get_by_role("region", name="Verdict")).to_contain_text(REASON)
    alarms = page.locator("section", has=page.get_by_role("heading", name="Alarms"))
    expect(alarms.get_by_text("silent", exact=True)).to_have_count(2)
    look(page, "paused-health")
    at_home.page.reload()
    expect(at_home.page.get_by_text(NOTICE)).to_be_visible()
    open_queue(page)
    confirm(page, "Resume")
    confirm(page, "End notice")
    result = newcomer.client.wait_for_result(waiting, PATIENCE_SECONDS)
    sweep(root)

    assert result["status"] == "succeeded"
    page.get_by_role("link", name="Health").click()
    expect(page.get_by_role("region", name="Verdict")).not_to_contain_text("Paused")
    expect(alarms.get_by_text("silent", exact=True)).to_have_count(0)


def leave_one_waiting(user: User, photo: Path) -> str:
    """Send pictures until one stays in the queue: a worker knows of a pause after some seconds."""
    data = photo.read_bytes()

    def send() -> str | None:
        task_id = user.client.upload_direct(data, "image/jpeg", "waits.jpg")
        try:
            user.client.wait_for_result(task_id, PATIENT_SECONDS)
        except SpotterError:
            return task_id
        return None

    return str(wait_until(send))


def test_a_user_who_floods_is_held_and_limited_and_gets_a_quota(
    sign_in_to_portal: SignIn,
    build_user: Callable[[], User],
    set_workers: SetWorkers,
    photo: Path,
) -> None:
    heavy, light = build_user(), build_user()
    set_workers(0)
    data = photo.read_bytes()
    flood = [heavy.client.upload_direct(data, "image/jpeg", "flood.jpg") for _ in range(4)]
    other = light.client.upload_direct(data, "image/jpeg", "other.jpg")
    page = sign_in_to_portal("operator")

    find_in_top_users(page, heavy)
    confirm(page, "Hold queue")
    expect(page.get_by_text("held", exact=True)).to_be_visible()
    set_workers(1)
    of_others = light.client.wait_for_result(other, PATIENCE_SECONDS)
    change_limit(page, "10")
    wait_until(lambda: ask_for_form(heavy).json().get("code") == "too_many_in_flight")
    still = [heavy.http.get(f"/results/{task_id}").json()["status"] for task_id in flood]
    find_in_top_users(page, heavy)
    refused = page.get_by_role("row").filter(has_text="too_many_in_flight")
    expect(refused).to_be_visible()
    look(page, "flooding-user")
    confirm(page, "Change quota", Times="20", Days="1")
    expect(page.get_by_text("20 times the limits").first).to_be_visible()
    wait_until(lambda: ask_for_form(heavy).status_code == 201)
    confirm(page, "Release queue")
    results = [heavy.client.wait_for_result(task_id, SLOW_MS / 1000) for task_id in flood]
    reset_limit(page)

    assert of_others["status"] == "succeeded"
    assert still == ["queued"] * 4
    assert [result["status"] for result in results] == ["succeeded"] * 4
    wait_until(lambda: [ask_for_form(light).status_code for _ in range(3)] == [201] * 3)


def ask_for_form(user: User) -> httpx.Response:
    return user.http.post("/upload", json={"contentType": "image/jpeg", "sizeBytes": 1000})


def find_in_top_users(page: Page, user: User) -> None:
    """Open the page of a user from the list of those who use most."""
    page.get_by_role("link", name="Users").first.click()
    page.get_by_role("link", name="Top users now").click()
    look(page, "top-users")
    page.get_by_role("link", name=user.person.email).click()


def change_limit(page: Page, value: str) -> None:
    page.get_by_role("link", name="Limits").first.click()
    page.get_by_role("link", name="Unfinished pictures").click()
    confirm(page, "Change", Unfinished_pictures=value)
    expect(page.get_by_text("changed", exact=True).first).to_be_visible()


def reset_limit(page: Page) -> None:
    page.get_by_role("link", name="Limits").first.click()
    look(page, "limits-changed")
    page.get_by_role("link", name="Unfinished pictures").click()
    confirm(page, "Back to default")
    expect(page.get_by_text("default", exact=True).first).to_be_visible()
