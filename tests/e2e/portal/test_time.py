"""The charts and the alarms in a browser, on the local system with its real policies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from infra.local.clients import Clients
from infra.local.state import State
from tests.e2e.conftest import User, wait_until
from tests.e2e.looks import check_accessibility
from tests.e2e.portal.conftest import SLOW_MS, SignIn, look, submit

COUNT_DRAWN = """() => [...document.querySelectorAll("canvas[data-chart]")]
  .filter((canvas) => Chart.getChart(canvas)).length"""


@pytest.fixture
def letter(root: Clients, system: State) -> Iterator[None]:
    """A dead letter, so that an alarm comes on."""
    root.sqs.purge_queue(QueueUrl=system.dead_letter_queue_url)
    root.sqs.send_message(QueueUrl=system.dead_letter_queue_url, MessageBody="not a task")
    yield
    root.sqs.purge_queue(QueueUrl=system.dead_letter_queue_url)


def test_the_charts_show_what_happened(sign_in_to_portal: SignIn, user: User, photo: Path) -> None:
    user.client.recognise(photo)
    page = sign_in_to_portal("viewer")
    page.get_by_role("link", name="Time").first.click()
    page.get_by_role("link", name="1 hour").click()

    wait_for_data(page, "Arrivals and completions")
    wait_for_data(page, "Workers")

    assert page.evaluate(COUNT_DRAWN) == page.locator("canvas[data-chart]").count()
    page.get_by_text("Arrivals and completions as a table").click()
    expect(page.get_by_role("region", name="Arrivals and completions as a table")).to_be_visible()
    look(page, "time-table")


def wait_for_data(page: Page, title: str) -> None:
    """All operators share one answer a minute, and the workers report once a minute."""
    panel = page.locator("section", has=page.get_by_role("heading", name=re.compile(f"^{title}")))

    def is_drawn() -> bool:
        page.reload()
        return panel.locator("canvas").count() > 0

    wait_until(is_drawn)


def test_an_alarm_is_acknowledged_with_a_note(sign_in_to_portal: SignIn, letter: None) -> None:
    page = sign_in_to_portal("operator")
    alarms = page.locator("section", has=page.get_by_role("heading", name="Alarms"))
    expect(alarms.get_by_text("Nobody has acknowledged it")).to_be_visible(timeout=SLOW_MS)
    alarms.get_by_role("link", name="dead-letters").click()
    expect(page.get_by_role("cell", name="alarm", exact=True).first).to_be_visible()
    check_accessibility(page)

    page.get_by_role("link", name="Acknowledge").click()
    page.get_by_label("Note").fill("I look at the letter")
    look(page, "acknowledge")
    submit(page, page.get_by_role("button", name="Acknowledge"))

    expect(page.get_by_text("I look at the letter").first).to_be_visible()
    look(page, "alarm-acknowledged")
    page.goto("/")
    expect(alarms.get_by_text("operator@example.com looks after it")).to_be_visible()
