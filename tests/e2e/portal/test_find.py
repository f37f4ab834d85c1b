"""Ctrl+K finds tasks, people and files; a backlog is seen and worked off from the portal alone."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.e2e.conftest import SetWorkers, User
from tests.e2e.looks import check_accessibility
from tests.e2e.portal.conftest import SLOW_MS, SignIn, look, submit

PICTURES = 3


def find(page: Page, text: str) -> None:
    page.keyboard.press("Control+k")
    box = page.locator("#search-input-command")
    box.fill("")
    box.press_sequentially(text)


def test_a_task_and_its_owner_are_found_by_ctrl_k(
    sign_in_to_portal: SignIn, user: User, photo: Path
) -> None:
    result = user.client.recognise(photo)
    page = sign_in_to_portal("viewer")

    find(page, user.person.email[:12])
    results = page.locator("#command-results")
    expect(results.get_by_text(user.person.email, exact=True)).to_be_visible()
    look(page, "find")
    page.keyboard.press("Escape")
    page.reload()
    find(page, result["taskId"])
    results.get_by_text(f"Task {result['taskId']}").click()

    expect(page.get_by_role("heading", name=f"Task {result['taskId']}")).to_be_visible()
    check_accessibility(page)
    see_the_thumbnail(page, result["taskId"])


def see_the_thumbnail(page: Page, task_id: str) -> None:
    page.goto(f"/tasks/task/?q={task_id}")
    submit(page, page.get_by_role("button", name="Show thumbnails"))
    expect(page.locator("img.thumbnail")).to_be_visible()
    # The page's policy lets it load, and storage lets the portal sign it.
    page.wait_for_function("document.querySelector('img.thumbnail')?.naturalWidth > 0")
    look(page, "thumbnails")


def test_a_backlog_is_seen_and_worked_off(
    sign_in_to_portal: SignIn, set_workers: SetWorkers, user: User, photo: Path
) -> None:
    set_workers(0)
    data = photo.read_bytes()
    ids = [user.client.upload_direct(data, "image/jpeg", "late.jpg") for _ in range(PICTURES)]
    page = sign_in_to_portal("operator")
    page.goto("/")
    waiting = page.locator("article", has=page.get_by_role("heading", name="Waiting"))

    expect(waiting.locator(".card-value")).to_have_text(re.compile(r"[3-9]|\d\d"), timeout=SLOW_MS)
    expect(waiting).to_contain_text("never drained: no worker is in service")
    page.get_by_role("link", name="Workers").first.click()
    page.get_by_role("link", name="Change the number").click()
    page.get_by_label("Workers wanted").fill("1")
    page.get_by_label("Reason").fill("Pictures wait")
    submit(page, page.get_by_role("button", name="Change"))
    results = [user.client.wait_for_result(task_id, SLOW_MS / 1000) for task_id in ids]

    assert all(result["status"] == "succeeded" for result in results)
    page.goto("/operators/auditentry/?action=Scale")
    expect(page.get_by_text("Pictures wait").first).to_be_visible()
