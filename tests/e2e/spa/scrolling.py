"""Scrolls a history of 5,000 photos and prints frame times and memory, beside an empty page.

Run as: python -m tests.e2e.spa.scrolling

The page is the real one. The list and its thumbnails come from this process. Chromium draws
without a graphics card here, so a phone is faster at it.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, ViewportSize, expect, sync_playwright

from infra.local.spa import build_page
from tests.e2e.spa.browser import DESKTOP, PHONE, Visit, running_browser
from tests.e2e.spa.many_photos import CLIENT_ID, build_tokens, serving

PX_A_FRAME = 60
"""3,600 pixels a second at 60 frames a second: a fast swipe."""
FRAME_MS = 1000 / 60
LATE_MS = 1.5 * FRAME_MS
"""A frame that takes longer was not drawn in time: one was left out."""

MEASURED_FRAMES = 500
"""600 photos at 1440 px. Before, the page is scrolled to its end, too fast to load photos."""

# Scrolls by `step` in each of `count` frames, or without a count to the end of all pages. Resolves
# with the milliseconds of each frame.
SCROLL = """([step, count]) => new Promise((resolve) => {
  const frames = [];
  let last = performance.now();
  let still = 0;
  const next = (now) => {
    frames.push(now - last);
    last = now;
    const before = scrollY;
    scrollBy({ top: step, behavior: "instant" });
    still = scrollY === before ? still + 1 : 0;
    if (count !== null && frames.length > count || still > 40) resolve(frames.slice(1));
    else requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
})"""

# A page of the same height with a little text: what the browser itself needs.
EMPTY = "<body style='margin:0;height:250000px'><h1>Empty</h1></body>"


@dataclass(frozen=True)
class Numbers:
    frames: list[float]
    heap: int
    """Bytes of scripts and their data, after a collection."""
    tab: int
    """Bytes of the tab's process that it shares with no other process."""
    collected: int
    """The same after a collection, which does not come by itself while there is enough memory."""
    elements: int
    cpu_ms: float
    """Processor time of the tab's process for a frame."""
    busy_ms: dict[str, float]
    """Time of the tab's main thread a frame, by kind."""


def main() -> int:
    with serving(build_page()) as origin:
        measure_all(origin)
    return 0


def measure_all(origin: str) -> None:
    with sync_playwright() as playwright:
        for viewport in (DESKTOP, PHONE):
            with running_browser(playwright.chromium) as browser:
                empty = measure_empty(browser, viewport)
            with running_browser(playwright.chromium) as browser:
                full = measure_history(browser, origin, viewport)
            print_numbers(f"{viewport['width']} px, empty", empty)
            print_numbers(f"{viewport['width']} px, history", full)
            added = (full.tab - empty.tab) / 1e6
            sys.stdout.write(f"{viewport['width']} px, the history adds {added:.0f} MB\n")


def measure_empty(browser: Browser, viewport: ViewportSize) -> Numbers:
    page = browser.new_page(viewport=viewport)
    page.set_content(EMPTY)
    return measure(browser, page)


def measure_history(browser: Browser, origin: str, viewport: ViewportSize) -> Numbers:
    visit = Visit(browser, origin, set(), viewport=viewport)
    visit.enter(CLIENT_ID, build_tokens(), "/history")
    expect(visit.get_cards().first).to_be_visible()
    return measure(browser, visit.page)


def measure(browser: Browser, page: Page) -> Numbers:
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.evaluate(SCROLL, [15 * PX_A_FRAME, None])
    process, used = find_renderer(browser), read_busy(session)
    cpu_ms = read_cpu_ms(process)
    frames = sorted(page.evaluate(SCROLL, [-PX_A_FRAME, MEASURED_FRAMES]))
    cpu_ms = (read_cpu_ms(process) - cpu_ms) / len(frames)
    busy = {kind: (at - used[kind]) / len(frames) for kind, at in read_busy(session).items()}
    tab = read_private_bytes(process)
    session.send("HeapProfiler.collectGarbage")
    return Numbers(
        frames=frames,
        heap=session.send("Runtime.getHeapUsage")["usedSize"],
        tab=tab,
        collected=read_private_bytes(process),
        elements=page.evaluate("document.querySelectorAll('*').length"),
        cpu_ms=cpu_ms,
        busy_ms=busy,
    )


BUSY = {"ScriptDuration": "script", "LayoutDuration": "layout", "RecalcStyleDuration": "style"}


def read_busy(session: CDPSession) -> dict[str, float]:
    """Milliseconds of the main thread so far, by kind; "all" also contains the rest."""
    metrics: list[dict[str, Any]] = session.send("Performance.getMetrics")["metrics"]
    names = {**BUSY, "TaskDuration": "all"}
    return {names[one["name"]]: 1e3 * one["value"] for one in metrics if one["name"] in names}


def print_numbers(name: str, numbers: Numbers) -> None:
    frames = numbers.frames
    late = sum(frame > LATE_MS for frame in frames) / len(frames)
    busy = ", ".join(f"{kind} {ms:.1f}" for kind, ms in numbers.busy_ms.items())
    sys.stdout.write(
        f"{name}: {len(frames)} frames, median {frames[len(frames) // 2]:.1f} ms,"
        f" 95 of 100 within {frames[len(frames) * 95 // 100]:.1f} ms, {late:.1%} late,"
        f" tab's processor time a frame {numbers.cpu_ms:.1f} ms,"
        f" main thread a frame: {busy} ms, scripts {numbers.heap / 1e6:.0f} MB,"
        f" whole tab {numbers.tab / 1e6:.0f} MB and {numbers.collected / 1e6:.0f} MB after a"
        f" collection, {numbers.elements} elements\n"
    )
    sys.stdout.flush()


def find_renderer(browser: Browser) -> int:
    """The process of the tab: the renderer with most memory of its own."""
    answer = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")
    processes = [it["id"] for it in answer["processInfo"] if it["type"] == "renderer"]
    return int(max(processes, key=read_private_bytes))


def read_cpu_ms(process: int) -> float:
    """Processor time of a process so far: fields 14 and 15 of its `stat`, see proc(5)."""
    after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return 1e3 * (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")


def read_private_bytes(process: int) -> int:
    """Memory of a process that it shares with no other one."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text()
    return 1024 * sum(map(int, find_private(rollup)))


def find_private(rollup: str) -> list[str]:
    return [line.split()[1] for line in rollup.splitlines() if line.startswith("Private_")]


if __name__ == "__main__":
    sys.exit(main())
