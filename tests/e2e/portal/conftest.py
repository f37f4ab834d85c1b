"""Opens the portal of the local system in a real browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page

from infra.local.state import Person, State
from tests.e2e.looks import check_accessibility, save_screenshot
from tests.e2e.spa.browser import PAGE_MS

SignIn = Callable[..., Page]
SLOW_MS = 180_000  # For conditions that take minutes: alarms and runs


@pytest.fixture
def sign_in_to_portal(browser: Browser, system: State) -> Iterator[SignIn]:
    """Opens a window and signs in a member of a group through Cognito's page."""
    contexts = []
    troubles: list[str] = []

    def sign_in(group: str, **options: Any) -> Page:
        person = next(person for person in system.people if person.group == group)
        viewport = {"width": 1440, "height": 950}
        context = browser.new_context(
            base_url=system.portal_url, **{"viewport": viewport, **options}
        )
        contexts.append(context)
        context.set_default_timeout(PAGE_MS)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        # The browser reports a refused script, style or picture there.
        page.on("console", lambda said: _note(said, troubles))
        enter(page, person)
        return page

    yield sign_in
    for context in contexts:
        context.close()
    assert troubles == []


def enter(page: Page, person: Person) -> None:
    """Go through Cognito's sign-in page."""
    page.goto("/")
    portal = "/".join(page.url.split("/")[:3])
    page.get_by_role("link", name="Sign in with Cognito").click()
    page.get_by_label("Username").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    # Leaving before the portal has answered would interrupt the sign-in.
    page.wait_for_url(lambda url: url.startswith(portal) and "/oidc/" not in url)


def submit(page: Page, button: Locator) -> None:
    """Send a form and wait for the next page."""
    with page.expect_navigation():
        button.click()


def look(page: Page, name: str, *, colours_only: bool = False) -> None:
    """Check accessibility. Save a screenshot if asked."""
    save_screenshot(page, f"portal-{name}")
    check_accessibility(page, colours_only=colours_only)


def _note(said: Any, troubles: list[str]) -> None:
    if "Content Security Policy" in said.text:
        troubles.append(said.text)
