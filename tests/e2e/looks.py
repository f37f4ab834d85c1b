"""What tests do when they look at a page: a picture for people, a check for accessibility.

A picture of a whole page takes as long as all checks of it. So pictures are saved on request:
SPOTTER_SCREENSHOTS=1 make test-e2e, then look at build/screenshots.
"""

import os

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from infra.local.layout import REPOSITORY

SCREENSHOTS = REPOSITORY / "build" / "screenshots"
RULES_OF_COLOUR = ("color-contrast", "link-in-text-block")
"""The rules whose answer depends on the theme."""


def save_screenshot(page: Page, name: str) -> None:
    """Save the whole page as build/screenshots/NAME.png, if SPOTTER_SCREENSHOTS is set."""
    if os.environ.get("SPOTTER_SCREENSHOTS"):
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def check_accessibility(page: Page, *, colours_only: bool = False) -> None:
    """Fail with the violations that axe finds: https://github.com/dequelabs/axe-core.

    `colours_only` is for the second theme of a page that passed all rules in the first.
    """
    options = {"resultTypes": ["violations"]}
    if colours_only:
        options["runOnly"] = list(RULES_OF_COLOUR)
    found = Axe().run(page, options=options).response["violations"]
    assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []
