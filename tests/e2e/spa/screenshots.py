"""Takes two screenshots of the page for the README.

Run as: python -m tests.e2e.spa.screenshots (uses a running system, else starts one)
"""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from infra.local.demo.show import find_demo_photos
from infra.local.layout import DEFAULT_LAYOUT, REPOSITORY, Layout
from infra.local.ports import find_free_port
from infra.local.state import Person, State, load_state
from tests.e2e.conftest import start_system, stop_system
from tests.e2e.spa.browser import PAGE_MS, Visit, find_photo, running_browser
from tests.people import sign_up

FOLDER = REPOSITORY / "docs" / "images"
VIEWPORT = {"width": 1280, "height": 800}
MOST_BYTES = 300_000
COLORS = (256, 192, 128, 96, 64)


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    expect.set_options(timeout=PAGE_MS)  # The machine may be busy
    with running_system() as state, sync_playwright() as playwright:
        [person] = sign_up(state)  # A user whose history contains only the shown photos
        with running_browser(playwright.chromium) as browser:
            take_result(browser, state, person, FOLDER / "result-light.png")
            take_history(browser, state, person, FOLDER / "history-dark.png")
    return 0


@contextmanager
def running_system() -> Iterator[State]:
    """The system of `make run` or of $SPOTTER_LOCAL, else a new one."""
    layout = Layout(Path(os.environ.get("SPOTTER_LOCAL", DEFAULT_LAYOUT.root)).resolve())
    if layout.state.exists():
        yield load_state(layout)
        return
    with tempfile.TemporaryDirectory(prefix="spotter-") as folder:
        layout = Layout(Path(folder) / "local")
        process = start_system(layout, find_free_port())
        try:
            yield load_state(layout)
        finally:
            stop_system(process)


def take_result(browser: Browser, state: State, person: Person, path: Path) -> None:
    visit = open_visit(browser, state, "light")
    visit.sign_in(person)
    visit.choose(*sorted(find_demo_photos(), key=lambda photo: photo == find_photo("dog")))
    visit.wait_for_results(len(find_demo_photos()))
    visit.get_cards().filter(has_text="German Shepherd").get_by_role("link").click()
    expect(visit.page.get_by_role("heading", name="In this photo")).to_be_visible()
    keep(visit, path)


def take_history(browser: Browser, state: State, person: Person, path: Path) -> None:
    visit = open_visit(browser, state, "dark")
    visit.sign_in(person)
    visit.page.get_by_role("link", name="History").click()
    visit.wait_for_results(len(find_demo_photos()))
    keep(visit, path)


def open_visit(browser: Browser, state: State, theme: str) -> Visit:
    return Visit(browser, state.spa_origin, {state.endpoint}, viewport=VIEWPORT, color_scheme=theme)


def keep(visit: Visit, path: Path) -> None:
    """Take a picture that is small enough for a README."""
    visit.page.mouse.move(0, 0)
    visit.page.wait_for_load_state("networkidle")
    visit.page.wait_for_timeout(600)
    visit.page.screenshot(path=path)
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    for colors in COLORS:
        picture.quantize(colors, dither=Image.Dither.FLOYDSTEINBERG).save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            break
    visit.context.close()
    sys.stdout.write(f"{path.relative_to(REPOSITORY)}: {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    sys.exit(main())
