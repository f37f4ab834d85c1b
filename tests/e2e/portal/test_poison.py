"""A picture that a faulty release cannot bear is found, understood and discarded in the portal."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from infra.local import names
from infra.local.clients import Clients
from infra.local.demo.show import find_demo_photos
from infra.local.layout import REPOSITORY
from infra.local.state import State
from pipeline.core.queue import TaskQueue
from pipeline.core.reports import build_key
from pipeline.core.settings import MAX_RECEIVE_COUNT
from tests.e2e.conftest import PATIENCE_SECONDS, SetWorkers, User, wait_until
from tests.e2e.portal.conftest import SLOW_MS, SignIn, look, submit

pytestmark = pytest.mark.slow

ERROR = "MemoryError"
WORKER = "worker-faulty"
VERSION_CHARACTERS = 12  # That many does the portal show

Start = Callable[[], subprocess.Popen[bytes]]


@pytest.fixture
def poison() -> Path:
    """The picture that the faulty release cannot bear."""
    return find_demo_photos()[1]


@pytest.fixture
def release() -> str:
    """A version of its own for each try: the portal counts all pictures of the last hour."""
    return f"faulty-{uuid4().hex}"[:VERSION_CHARACTERS]


@pytest.fixture
def start_faulty_worker(
    poison: Path,
    release: str,
    workers: Callable[[], list[int]],
    set_workers: SetWorkers,
    tmp_path: Path,
) -> Iterator[Start]:
    """Starts a worker of the faulty release. The proper ones are away meanwhile."""
    set_workers(1)
    lines = Path(f"/proc/{workers()[0]}/environ").read_bytes().split(b"\0")
    environment = dict(os.fsdecode(line).split("=", 1) for line in lines if line)
    set_workers(0)
    environment |= {
        "POISON": hashlib.sha256(poison.read_bytes()).hexdigest(),
        "WORKER_NAME": WORKER,
        "VERSION": release,
        "METRICS_INTERVAL_SECONDS": "2",
        "HEALTH_FILE": str(tmp_path / "health"),
    }
    processes: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        with (tmp_path / "worker.log").open("ab") as log:
            command = [sys.executable, "-m", "tests.e2e.portal.faulty_worker"]
            processes.append(
                subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=log, stderr=log)
            )
        return processes[-1]

    yield start
    for process in processes:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def count_reported(root: Clients) -> int:
    """Pictures that the worker reported as recognised. What it does later may be lost."""
    key: Any = {"task_id": {"S": build_key(WORKER)}}
    item: Any = root.dynamodb.get_item(TableName=names.TASKS_TABLE, Key=key).get("Item", {})
    slots = item.get("outcomes", {"L": []})["L"]
    return sum(int(slot["M"]["recognised"]["N"]) for slot in slots)


def use_up_deliveries(root: Clients, system: State) -> None:
    """Receive the message until one delivery is left. With the pauses it would take minutes."""
    queue = TaskQueue(system.task_queue_url, root.sqs)
    receive_count = 0
    while receive_count < MAX_RECEIVE_COUNT - 1:
        for delivery in queue.receive(max_messages=1, wait_seconds=1):
            receive_count = delivery.receive_count
            queue.hide(delivery, 0)


def test_a_poison_picture_is_found_and_discarded(
    sign_in_to_portal: SignIn,
    root: Clients,
    system: State,
    build_user: Callable[[], User],
    start_faulty_worker: Start,
    release: str,
    stranger: User,
    photo: Path,
    poison: Path,
) -> None:
    victim = build_user()
    root.sqs.purge_queue(QueueUrl=system.dead_letter_queue_url)  # Letters of other tests
    task_id = victim.client.upload_direct(poison.read_bytes(), "image/jpeg", "poison.jpg")
    worker = start_faulty_worker()
    page = sign_in_to_portal("operator")

    see_what_fails(page, task_id, release)
    of_others = stranger.client.recognise(photo)
    wait_until(lambda: count_reported(root))
    worker.terminate()
    worker.wait(PATIENCE_SECONDS)
    use_up_deliveries(root, system)
    start_faulty_worker()
    see_that_it_is_the_new_version(page, release)
    discard(page, task_id)

    assert of_others["status"] == "succeeded"
    assert victim.http.get(f"/results/{task_id}").json()["status"] == "failed"


def see_what_fails(page: Page, task_id: str, release: str) -> None:
    error = page.locator("#retrying").get_by_role("link", name=ERROR)
    expect(error).to_be_visible(timeout=SLOW_MS)
    error.click()
    page.locator(f"#result_list code[title='{task_id}']").click()
    attempts = page.get_by_role("region", name="Attempts")
    failed = attempts.get_by_role("row").filter(has_text=ERROR).first
    expect(failed).to_contain_text(release)
    expect(failed).to_contain_text(WORKER)


def see_that_it_is_the_new_version(page: Page, release: str) -> None:
    page.get_by_role("link", name="Health").click()
    line = page.locator(".versions")
    expect(line).to_contain_text(f"{release}: 1 of 2 failed", timeout=SLOW_MS)
    look(page, "poison")
    page.get_by_role("link", name="Workers").first.click()
    row = page.get_by_role("row").filter(has_text=WORKER)
    expect(row).to_contain_text("efficientnet")
    look(page, "poison-workers")


def discard(page: Page, task_id: str) -> None:
    page.get_by_role("link", name="Dead letters").first.click()
    page.get_by_role("region", name="By error").get_by_role("link", name=ERROR).click()
    expect(page.locator("#result_list tbody")).to_have_count(1)
    look(page, "poison-letters")
    page.locator("#result_list tbody a").first.click()
    page.get_by_role("link", name="Discard").click()
    page.get_by_label("Reason").fill("The developers have the picture")
    submit(page, page.get_by_role("button", name="Discard"))
    expect(page.get_by_text("Discarded").first).to_be_visible()
    page.goto("/operators/auditentry/?action=Discard")
    expect(page.get_by_text("The developers have the picture").first).to_be_visible()
    page.goto(f"/tasks/task/{task_id}/change/")
    expect(page.get_by_text("retries exhausted").first).to_be_visible()
