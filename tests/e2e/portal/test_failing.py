"""An operator sees in the portal alone why deliveries fail, and that the repair helps."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from infra.local.clients import Clients
from tests.e2e.conftest import User
from tests.e2e.portal.conftest import SLOW_MS, SignIn, look

# The fixtures of the other incident: one user's pictures cannot be read.
from tests.e2e.portal.test_night_incident import locked_out, mend, victim  # noqa: F401

pytestmark = pytest.mark.slow

DENIED = "GetObject: AccessDenied"
LAST_PAUSE_SECONDS = 400
"""More than the pause before the fifth delivery, if the looks take longer than four deliveries."""
WIDTHS = ((1440, 950), (768, 1024), (390, 844))


def test_a_lost_storage_right_is_found_on_the_first_page_and_seen_to_end(
    sign_in_to_portal: SignIn,
    root: Clients,
    victim: User,  # noqa: F811
    locked_out: None,  # noqa: F811
    photo: Path,
) -> None:
    task_id = victim.client.upload_direct(photo.read_bytes(), "image/jpeg", "a.jpg")
    page = sign_in_to_portal("viewer")

    error = page.locator("#retrying").get_by_role("link", name=DENIED)
    expect(error).to_be_visible(timeout=SLOW_MS)
    look_at_every_width(page, "retrying")
    error.click()
    page.locator(f"#result_list code[title='{task_id}']").click()
    attempts = page.get_by_role("region", name="Attempts")
    expect(attempts.get_by_role("row").filter(has_text=DENIED).first).to_be_visible()
    look_at_every_width(page, "retried-task")
    mend(root)
    result = victim.client.wait_for_result(task_id, LAST_PAUSE_SECONDS)
    page.reload()

    assert result["labels"]
    expect(attempts.get_by_text("succeeded")).to_be_visible()
    expect(attempts.get_by_text(DENIED).first).to_be_visible()
    look(page, "retried-task-done")


def look_at_every_width(page: Page, name: str) -> None:
    """Check the page at each width, and the colours of its dark theme."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.reload()  # The theme is chosen when a page loads.
        # The dark theme has the same layout.
        for width, height in WIDTHS if scheme == "light" else WIDTHS[:1]:
            page.set_viewport_size({"width": width, "height": height})
            look(page, f"{name}-{scheme}-{width}", colours_only=scheme == "dark")
            wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            assert wide <= 1, (name, width)
    page.set_viewport_size({"width": 1440, "height": 950})
