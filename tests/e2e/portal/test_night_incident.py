"""Follows docs/runbooks/night-incident.md in the portal."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from infra.local import names
from infra.local.clients import Clients
from infra.local.state import State
from pipeline.core.queue import Delivery, TaskQueue
from pipeline.core.settings import MAX_RECEIVE_COUNT
from tests.e2e.conftest import PATIENCE_SECONDS, SetWorkers, User, wait_until
from tests.e2e.looks import check_accessibility
from tests.e2e.portal.conftest import SLOW_MS, SignIn, look

pytestmark = pytest.mark.slow

POLICY = "night-incident"
PICTURES = 3


@pytest.fixture
def victim(build_user: Callable[[], User]) -> User:
    """A user whose pictures will fail."""
    return build_user()


@pytest.fixture
def locked_out(root: Clients, system: State, victim: User) -> Iterator[None]:
    """A policy that forbids the workers to read the pictures of one user."""
    root.sqs.purge_queue(QueueUrl=system.dead_letter_queue_url)  # Letters of other tests
    owner_id = find_sub(root, victim)
    pictures = f"arn:aws:s3:::{names.IMAGES_BUCKET}/images/{owner_id}/*"
    statement = {"Effect": "Deny", "Action": "s3:GetObject", "Resource": pictures}
    root.iam.put_user_policy(
        UserName=names.WORKER_USER,
        PolicyName=POLICY,
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    yield
    mend(root)


def mend(root: Clients) -> None:
    """Repair the cause."""
    if POLICY in root.iam.list_user_policies(UserName=names.WORKER_USER)["PolicyNames"]:
        root.iam.delete_user_policy(UserName=names.WORKER_USER, PolicyName=POLICY)


def find_sub(root: Clients, user: User) -> str:
    pool_id = root.cognito.list_user_pools(MaxResults=60)["UserPools"][0]["Id"]
    found = root.cognito.admin_get_user(UserPoolId=pool_id, Username=user.person.email)
    return next(a["Value"] for a in found["UserAttributes"] if a["Name"] == "sub")


@pytest.mark.usefixtures("locked_out")
def test_an_operator_finds_the_cause_repairs_it_and_redrives(
    sign_in_to_portal: SignIn,
    system: State,
    root: Clients,
    set_workers: SetWorkers,
    victim: User,
    stranger: User,
    photo: Path,
) -> None:
    data = photo.read_bytes()
    set_workers(0)
    task_ids = [victim.client.upload_direct(data, "image/jpeg", "a.jpg") for _ in range(PICTURES)]
    fail_deliveries(root, system)
    set_workers(1)
    of_others = stranger.client.recognise(photo)
    page = sign_in_to_portal("operator")

    see_the_alarm(page)
    task_id = find_the_poison_task(page, task_ids)
    read_the_task(page, task_id, victim)
    assert of_others["status"] == "succeeded"
    mend(root)
    redrive_everything(page)
    see_the_queue_drained(page)
    results = [victim.client.wait_for_result(task_id, PATIENCE_SECONDS) for task_id in task_ids]
    find_it_in_the_audit_log(page, task_ids)

    assert all(result["labels"] for result in results)


def fail_deliveries(root: Clients, system: State) -> None:
    """Use up all deliveries but the last. With a worker's pauses that would take six minutes."""
    queue = TaskQueue(system.task_queue_url, root.sqs)
    held: dict[str, Delivery] = {}
    wanted = MAX_RECEIVE_COUNT - 1
    while len(held) < PICTURES or min(d.receive_count for d in held.values()) < wanted:
        for delivery in queue.receive(max_messages=PICTURES, wait_seconds=1):
            held[delivery.message_id] = delivery
            if delivery.receive_count < wanted:
                queue.hide(delivery, 0)
    queue.hide_all(list(held.values()), 0)


def see_the_alarm(page: Page) -> None:
    """Wait for the alarm. The page refreshes without a reload."""
    expect(page.get_by_role("heading", name="Needs attention")).to_be_visible(timeout=SLOW_MS)
    alarms = page.locator("section", has=page.get_by_role("heading", name="Alarms"))
    expect(alarms.get_by_text("Alarm", exact=True).first).to_be_visible(timeout=SLOW_MS)
    look(page, "incident")
    failures = page.get_by_role("row", name="retries exhausted")
    expect(failures.locator("td.number")).to_have_text(re.compile(r"[3-9]|\d\d"), timeout=SLOW_MS)


def find_the_poison_task(page: Page, task_ids: list[str]) -> str:
    page.get_by_role("link", name="retries exhausted").click()
    links = page.locator("#result_list a[href*='/change/']")
    for task_id in task_ids:  # Among the tasks of other tests
        expect(links.locator(f"code[title='{task_id}']")).to_be_visible()
    look(page, "failed-tasks")
    links.filter(has=page.locator(f"code[title='{task_ids[0]}']")).click()
    return task_ids[0]


def read_the_task(page: Page, task_id: str, user: User) -> None:
    expect(page.get_by_role("heading", name=f"Task {task_id}")).to_be_visible()
    expect(page.get_by_text("We tried several times and failed")).to_be_visible()
    expect(page.get_by_text("receive 5")).to_be_visible()
    # The portal may read the picture, so it is shown.
    expect(page.get_by_alt_text("The picture of this task")).to_be_visible()
    look(page, "failed-task")
    page.get_by_role("link", name=user.person.email).click()
    expect(page.get_by_role("heading", name=f"User {user.person.email}")).to_be_visible()
    check_accessibility(page)


def redrive_everything(page: Page) -> None:
    page.get_by_role("link", name="Dead letters").first.click()
    expect(page.locator("#result_list tbody")).to_have_count(PICTURES)
    look(page, "incident-dead-letters")
    for box in page.locator("input.action-select").all():
        box.check()
    page.locator("select[name=action]").select_option("redrive")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("Mend the cause first")).to_be_visible()
    look(page, "redrive")
    page.get_by_role("button", name="Redrive").click()
    expect(page.get_by_text(f"Back in the queue: {PICTURES} of them")).to_be_visible()
    expect(page.get_by_text("No dead letters. Every message was dealt with.")).to_be_visible()


def see_the_queue_drained(page: Page) -> None:
    page.get_by_role("link", name="Health").click()
    # The failures of the last hour stay red. Alarms and letters must be gone.
    verdict = page.get_by_role("region", name="Verdict")
    for concern in ("Alarm:", "dead letter", "without a report"):
        expect(verdict).not_to_contain_text(concern, timeout=SLOW_MS)


def find_it_in_the_audit_log(page: Page, task_ids: list[str]) -> None:
    page.get_by_role("link", name="Audit log").first.click()
    for task_id in task_ids:
        outcome = page.get_by_role("row").filter(has_text=f"Task {task_id} queued again")
        expect(outcome).to_contain_text("operator@example.com")
        expect(outcome).to_contain_text("Redrive")
    look(page, "incident-audit")


WIDTHS = {"light": [(390, 844), (768, 1024), (1440, 950)], "dark": [(1440, 950)]}
"""The dark theme has the same layout. Its colours do not depend on the width."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible(
    sign_in_to_portal: SignIn, root: Clients, user: User, photo: Path, scheme: str
) -> None:
    result = user.client.recognise(photo)
    page = sign_in_to_portal("admin", color_scheme=scheme)
    owner_id = find_sub(root, user)
    paths = {
        "health": "/",
        "time": "/time/?range=1h",
        "time-30d": "/time/?range=30d",
        "alarm": "/alarms/queue-depth/",
        "tasks": "/tasks/task/",
        "task": f"/tasks/task/{result['taskId']}/change/",
        "task-history": f"/tasks/task/{result['taskId']}/history/",
        "delete-task": f"/tasks/task/operations/delete/?id={result['taskId']}",
        "retry-all": "/tasks/task/operations/retry/?all=1&status=failed",
        "queues": "/queues/queue/",
        "queue": "/queues/queue/spotter-local-tasks/change/",
        "purge": "/queues/queue/operations/purge/?id=spotter-local-tasks",
        "dead-letters": "/queues/deadletter/",
        "users": "/users/user/",
        "user": f"/users/user/{owner_id}/change/",
        "erase-user": f"/users/user/operations/erase/?id={owner_id}",
        "top-users": "/users/user/top/",
        "limits": "/limits/limit/",
        "limit": "/limits/limit/bytes_per_day/change/",
        "change-limit": "/limits/limit/operations/change/?id=bytes_per_day",
        "webhooks": "/webhooks/webhook/",
        "streams": "/streams/stream/",
        "corrections": "/corrections/disagreement/",
        "doors": "/doors/door/",
        "rekognition": "/rekognition/day/",
        "workers": "/workers/worker/",
        "scale": "/workers/worker/scale/",
        "runs": "/operators/run/",
        "audit": "/operators/auditentry/",
        "operators": "/operators/operator/",
    }

    for name, path in paths.items():
        response: Any = page.goto(path)
        page.wait_for_load_state("load")
        assert response.status == 200, path
        for width, height in WIDTHS[scheme]:
            page.set_viewport_size({"width": width, "height": height})
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 1, (path, width)
            look(page, f"{name}-{scheme}-{width}", colours_only=scheme == "dark")


def test_a_user_who_is_not_an_operator_cannot_sign_in(
    sign_in_to_portal: SignIn,
) -> None:
    page = sign_in_to_portal("")

    expect(page.get_by_text("You could not be signed in")).to_be_visible()
    check_accessibility(page)


def test_a_worker_is_added_and_drained(
    sign_in_to_portal: SignIn, workers: Callable[[], list[int]], set_workers: SetWorkers
) -> None:
    page = sign_in_to_portal("operator")
    page.get_by_role("link", name="Workers").first.click()
    set_workers(before := 1)
    page.get_by_role("link", name="Change the number").click()
    page.get_by_label("Workers wanted").fill(str(before + 1))
    page.get_by_label("Reason").fill("A test")
    page.get_by_role("button", name="Change").click()
    wait_until(lambda: len(workers()) == before + 1)
    page.goto("/workers/worker/")
    name = f"worker-{before + 1}"

    page.get_by_role("link", name=name).click()
    page.get_by_role("link", name="Drain").click()
    page.get_by_label("Reason").fill("The test is over")
    page.get_by_role("button", name="Drain").click()

    expect(page.get_by_text(f"Draining: {name}")).to_be_visible()
    wait_until(lambda: len(workers()) == before)
