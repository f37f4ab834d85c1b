"""Scrolls a history of 5,000 photos and prints frame times and memory.

Run as: python -m tests.e2e.spa.scrolling (uses a running system, else starts one)

The page is the real one. The list and its thumbnails come from this process, so that nobody has to
send 5,000 photos first. Chromium draws without a graphics card here, so a phone is faster at it.
"""

import io
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image
from playwright.sync_api import CDPSession, Page, Route, expect, sync_playwright

from infra.local.demo.show import find_demo_photos
from infra.local.layout import REPOSITORY
from infra.local.state import State
from tests.e2e.spa.browser import DESKTOP, PHONE, Visit, running_browser
from tests.e2e.spa.screenshots import running_system
from tests.people import sign_up

PHOTOS = 5_000
DAYS = 30
THUMBNAIL_PX = 320
PX_A_FRAME = 60
"""3,600 pixels a second at 60 frames a second: a fast swipe."""

# Scrolls to the end of all pages. Resolves with the milliseconds of each frame.
SCROLL = """(step) => new Promise((resolve) => {
  const frames = [];
  let last = performance.now();
  let still = 0;
  const next = (now) => {
    frames.push(now - last);
    last = now;
    const before = scrollY;
    scrollBy({ top: step, behavior: "instant" });
    still = scrollY === before ? still + 1 : 0;
    if (still > 180) resolve(frames.slice(1, -180));
    else requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})"""


def main() -> int:
    with running_system() as state, sync_playwright() as playwright:
        [person] = sign_up(state)
        for viewport in (DESKTOP, PHONE):
            with running_browser(playwright.chromium) as browser:
                visit = Visit(browser, state.spa_origin, {state.endpoint}, viewport=viewport)
                visit.sign_in(person)
                serve_photos(visit.page, state)
                print_numbers(visit, browser.new_browser_cdp_session(), viewport["width"])
                visit.context.close()
    return 0


def serve_photos(page: Page, state: State) -> None:
    """Answer the questions of the history with 5,000 photos of 30 days."""
    thumbnails = [build_thumbnail(path) for path in find_demo_photos()]
    example = load_example()
    start = datetime.now(UTC)

    def build(number: int) -> dict[str, Any]:
        _, width, height = thumbnails[number % len(thumbnails)]
        created_at = start - number * timedelta(days=DAYS) / PHOTOS
        url = f"{state.endpoint}/scrolled/{number}"
        image = {"url": url, "thumbnailUrl": url, "width": width, "height": height}
        return {
            **example,
            "taskId": f"photo-{number}",
            "createdAt": created_at.isoformat(),
            "image": {**example["image"], **image, "urlExpiresAt": "2999-01-01T00:00:00Z"},
        }

    def list_photos(route: Route) -> None:
        asked = parse_qs(urlsplit(route.request.url).query)
        begin, limit = int(asked.get("cursor", ["0"])[0]), int(asked["limit"][0])
        end = min(begin + limit, PHOTOS)
        results = [build(number) for number in range(begin, end)]
        cursor = str(end) if end < PHOTOS else None
        body = {"results": results, "nextCursor": cursor, "notice": None}
        route.fulfill(json=body, headers={"access-control-allow-origin": "*"})

    def show_thumbnail(route: Route) -> None:
        number = int(route.request.url.rpartition("/")[2])
        headers = {"access-control-allow-origin": "*", "content-type": "image/jpeg"}
        route.fulfill(body=thumbnails[number % len(thumbnails)][0], headers=headers)

    page.route(f"{state.api_url}/results?*", list_photos)
    page.route(f"{state.endpoint}/scrolled/*", show_thumbnail)


def load_example() -> dict[str, Any]:
    """A result as the API's document shows it."""
    document = json.loads((REPOSITORY / "docs/api/openapi.json").read_text())
    answer = document["paths"]["/results/{taskId}"]["get"]["responses"]["200"]
    example: dict[str, Any] = answer["content"]["application/json"]["examples"]["succeeded"][
        "value"
    ]
    return example


def build_thumbnail(path: Path) -> tuple[bytes, int, int]:
    """A small copy as JPEG, and the size of the photo."""
    with Image.open(path) as photo:
        width, height = photo.size
        small = photo.convert("RGB")
    small.thumbnail((THUMBNAIL_PX, THUMBNAIL_PX))
    file = io.BytesIO()
    small.save(file, "JPEG", quality=80)
    return file.getvalue(), width, height


def print_numbers(visit: Visit, browser_session: CDPSession, width: int) -> None:
    page = visit.page
    page.get_by_role("link", name="History").click()
    expect(visit.get_cards().first).to_be_visible()
    frames = sorted(page.evaluate(SCROLL, PX_A_FRAME))
    session = visit.context.new_cdp_session(page)
    session.send("HeapProfiler.collectGarbage")
    heap = session.send("Runtime.getHeapUsage")["usedSize"]
    elements = page.evaluate("document.querySelectorAll('*').length")
    renderer = read_renderer_bytes(browser_session)
    late = sum(frame > 1.5 * 1000 / 60 for frame in frames) / len(frames)
    sys.stdout.write(
        f"{width} px: {len(frames)} frames, median {frames[len(frames) // 2]:.1f} ms,"
        f" 95 of 100 within {frames[len(frames) * 95 // 100]:.1f} ms,"
        f" {late:.1%} late, scripts {heap / 1e6:.0f} MB,"
        f" whole tab {renderer / 1e6:.0f} MB, {elements} elements\n"
    )


def read_renderer_bytes(session: CDPSession) -> int:
    """Memory of the largest renderer that it shares with no other process."""
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    sizes = []
    for process in processes:
        if process["type"] == "renderer":
            rollup = Path(f"/proc/{process['id']}/smaps_rollup").read_text()
            sizes.append(1024 * sum(map(int, find_private(rollup))))
    return max(sizes)


def find_private(rollup: str) -> list[str]:
    return [line.split()[1] for line in rollup.splitlines() if line.startswith("Private_")]


if __name__ == "__main__":
    sys.exit(main())
