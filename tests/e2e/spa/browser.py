"""Drives a real browser on the page, for tests and screenshots."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    BrowserType,
    Locator,
    Page,
    Route,
    ViewportSize,
    expect,
)

from infra.local.browser import ensure_browser
from infra.local.demo.show import find_demo_photos
from infra.local.state import Person
from tests.e2e.looks import check_accessibility, save_screenshot

CODE = "123456"  # ministack's for every new account
RESET_CODE = "654321"
RESULT_MS = 180_000  # The machine may stall or run other tests and builds
PAGE_MS = 60_000
# Messages that stay for seconds stay for ten minutes, because a test may look late.
LASTING_NOTIFICATIONS = """
  const start = window.setTimeout;
  window.setTimeout = (action, ms, ...rest) =>
    start(action, [4_000, 8_000].includes(ms) ? 600_000 : ms, ...rest);
"""

OPEN = re.compile(
    "Recognising…|In the queue|Waiting for the photo|before this one|Next in the queue|Starting"
)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# Boxes, photos and colours are animated. Waiting photos are animated without an end.
REST = """() => Promise.allSettled(document.getAnimations()
  .filter((it) => it.effect.getComputedTiming().endTime !== Infinity)
  .map((it) => it.finished))"""
DESKTOP: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


@contextmanager
def running_browser(
    chromium: BrowserType, *options: str, with_devices: bool = False
) -> Iterator[Browser]:
    """The browser that `make test` found or installed at its start."""
    found = ensure_browser(with_devices=with_devices)
    arguments = ["--disable-gpu", "--disable-background-networking", *options]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox does not run as root
    browser = chromium.launch(executable_path=found, args=arguments)
    try:
        yield browser
    finally:
        browser.close()


# Adds up what moves without the user, as browsers count it for "cumulative layout shift".
COUNT_SHIFTS = """
  window.shift = 0;
  window.moved = [];
  const name = (node) => node?.outerHTML?.slice(0, 80) ?? node?.textContent;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) {
      window.shift += entry.value;
      window.moved.push(...entry.sources.map((it) => name(it.node)));
    }
  }).observe({ type: "layout-shift", buffered: true });
"""
MOST_SHIFT = 0.1


def is_for_page(route: Route) -> bool:
    """Whether the browser opens a page: the page of a result has the same path as the result."""
    return route.request.resource_type == "document"


class Visit:
    """A user's browser window. It records everything that must not happen."""

    def __init__(self, browser: Browser, origin: str, allowed: set[str], **options: Any) -> None:
        # Tests cannot change the answers to requests that a service worker makes.
        usual = {"viewport": DESKTOP, "locale": "en-GB", "service_workers": "block"}
        self.context: BrowserContext = browser.new_context(base_url=origin, **{**usual, **options})
        self.origin = origin
        self.troubles: list[str] = []
        self.requests: list[str] = []
        self._allowed = {urlsplit(url).netloc for url in (origin, *allowed)}
        self.context.add_init_script(
            "addEventListener('securitypolicyviolation', (event) =>"
            " console.error('refused by the policy: ' + event.violatedDirective, event.blockedURI))"
        )
        self.context.add_init_script(LASTING_NOTIFICATIONS)
        self.context.add_init_script(COUNT_SHIFTS)
        self.context.set_default_timeout(PAGE_MS)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.troubles.append(f"page error: {error}"))
        self.page.on("console", self._note_message)
        self.page.on("request", self._note_request)

    def enter(self, client_id: str, tokens: dict[str, str], path: str = "/") -> None:
        """Start with the session of a signed-in user, for tests that are not about signing in."""
        stored = build_session(client_id, tokens)
        self.page.goto("/favicon.svg")
        self.page.evaluate("stored => Object.assign(sessionStorage, stored)", stored)
        self.page.goto(path)
        expect(self.page.get_by_role("link", name="Account")).to_be_visible()

    def sign_in(self, person: Person) -> None:
        """Sign in with the form, as people do."""
        self.page.goto("/sign-in")
        self.fill_sign_in(person)
        expect(self.page.get_by_role("button", name="Choose photos")).to_be_visible()

    def fill_sign_in(self, person: Person) -> None:
        self.page.get_by_label("E-mail").fill(person.email)
        self.page.get_by_label("Password", exact=True).fill(person.password)
        self.page.get_by_role("button", name="Sign in").click()

    def choose(self, *files: Path | dict[str, Any]) -> None:
        """Add files as the file dialog does."""
        chooser = self.page.locator("input[type=file][accept*=webp]")
        chooser.set_input_files(list(files))  # type: ignore[arg-type] # Paths or payloads, not both

    def get_cards(self) -> Locator:
        """The photos that have tasks."""
        return self.page.get_by_role("article").filter(has=self.page.get_by_role("link"))

    def wait_for_results(self, count: int) -> None:
        """Wait until so many photos are finished and none is in work."""
        expect(self.get_cards()).to_have_count(count, timeout=RESULT_MS)
        # One query for all, because a card can move between two queries.
        expect(self.get_cards().filter(has_text=OPEN)).to_have_count(0, timeout=RESULT_MS)

    def look_in_both_themes(self, view: str) -> None:
        """Call `look` in the light and the dark theme."""
        width = (self.page.viewport_size or DESKTOP)["width"]
        for theme in THEMES:
            self.page.emulate_media(color_scheme=theme)
            self.look(f"{view}-{theme}-{width}", colours_only=theme != THEMES[0])

    def look(self, name: str, *, colours_only: bool = False) -> None:
        """Check accessibility and that nothing widens the page. Save a screenshot if asked."""
        page = self.page
        # A dialog over the whole page hides its heading.
        heading = page.get_by_role("heading", level=1, include_hidden=True)
        expect(heading).to_be_attached()
        page.wait_for_load_state("networkidle")
        page.evaluate(REST)
        save_screenshot(page, name)
        shift = page.evaluate("window.shift")
        moved = page.evaluate("window.moved")
        assert shift < MOST_SHIFT, f"{name} moves by itself: {shift}: {moved}"
        width = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert width <= 0, f"{name} can be scrolled sideways"
        check_accessibility(page, colours_only=colours_only)

    def _note_message(self, message: Any) -> None:
        # The browser logs refused requests itself. Tests check how the page handles them.
        if message.type == "error" and "Failed to load resource" not in message.text:
            self.troubles.append(f"console: {message.text}")

    def _note_request(self, request: Any) -> None:
        address = urlsplit(request.url)
        self.requests.append(f"{request.method} {address.path}")
        if address.scheme in ("http", "https") and address.netloc not in self._allowed:
            self.troubles.append(f"request to a stranger: {request.url}")
        if "eyJ" in request.url:
            self.troubles.append(f"a token in an address: {address.path}")


def build_session(client_id: str, tokens: dict[str, str]) -> dict[str, str]:
    """What the page stores in the browser for a signed-in user."""
    prefix = f"CognitoIdentityServiceProvider.{client_id}"
    return {
        f"{prefix}.LastAuthUser": "somebody",
        f"{prefix}.somebody.idToken": tokens["IdToken"],
        f"{prefix}.somebody.accessToken": tokens["AccessToken"],
        f"{prefix}.somebody.refreshToken": tokens["RefreshToken"],
        f"{prefix}.somebody.clockDrift": "0",
    }


def find_photo(name: str) -> Path:
    """One of the demo photos."""
    return next(path for path in find_demo_photos() if path.stem == name)
