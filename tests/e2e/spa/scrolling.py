"""Scrolls a history of 5,000 photos and prints frame times and memory, beside an empty page.

Run as: python -m tests.e2e.spa.scrolling [1440 390]

The page is the real one. The list and its thumbnails come from this process. Chromium draws
without a graphics card here, so a phone is faster at it. No DevTools are attached: they keep
each answer that the page has got in the memory of the tab.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from infra.local.browser import ensure_browser
from infra.local.spa import build_page
from tests.e2e.spa.browser import build_session
from tests.e2e.spa.many_photos import CLIENT_ID, PHOTOS, Server, build_tokens, serving

PX_A_FRAME = 60
"""3,600 pixels a second at 60 frames a second: a fast swipe."""
FRAME_MS = 1000 / 60
LATE_MS = 1.5 * FRAME_MS
"""A frame that takes longer was not drawn in time: one was left out."""
WIDTHS = (1440, 390)
HEIGHT = 900
REST_SECONDS = 20
SILENCE_SECONDS = 300
"""The longest wait for the page: it scrolls for about a minute."""

# Scrolls from the start of the page to the end of the list, then rests. It says "start", "end" and
# "rested" to this process, which reads the memory at these moments.
BEGIN = """
Object.assign(sessionStorage, SESSION);
const say = (what) => fetch("/said", { method: "POST", body: JSON.stringify(what) });
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const scroll = () => new Promise((resolve) => {
  const frames = [];
  let last = performance.now();
  let still = 0;
  const next = (now) => {
    frames.push(now - last);
    last = now;
    const before = scrollY;
    scrollBy({ top: STEP_PX, behavior: "instant" });
    still = scrollY === before ? still + 1 : 0;
    if (still > 120) resolve(frames.slice(1, -120));
    else requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
});
const begin = async () => {
  const first = location.pathname === "/empty" ? "h1" : "article";
  while (!document.querySelector(first)) await wait(100);
  await wait(2000);
  await say({ at: "start", width: innerWidth });
  const frames = await scroll();
  await say({ at: "end", frames });
  await wait(REST_MS);
  const heap = performance.memory.usedJSHeapSize;
  await say({ at: "rested", heap, elements: document.querySelectorAll("*").length });
};
begin();
"""


@dataclass(frozen=True)
class Memory:
    """Bytes of the tab's process."""

    footprint: int
    """What the task manager of Chromium shows: memory of the process alone, without files."""
    decoded: int
    """Decoded pictures, which Chromium keeps until memory is short. In shared memory."""


@dataclass(frozen=True)
class Numbers:
    width: int
    frames: list[float]
    photos: int
    elements: int
    heap: int
    """Bytes of scripts and their data, after the rest."""
    end: Memory
    rested: Memory
    """After the rest, in which the browser collects garbage by itself."""
    cpu_ms: float
    """Processor time of the tab's process for a frame."""


def main(widths: list[int]) -> int:
    session = build_session(CLIENT_ID, build_tokens())
    values = {"SESSION": session, "STEP_PX": PX_A_FRAME, "REST_MS": 1_000 * REST_SECONDS}
    begin = "".join(f"const {name} = {json.dumps(it)};" for name, it in values.items()) + BEGIN
    page = build_page()
    for width in widths or WIDTHS:
        for path in ("empty", "history"):
            with serving(page, begin) as server:
                print_numbers(path, measure(server, path, width))
    return 0


def measure(server: Server, path: str, width: int) -> Numbers:
    with running_chromium(f"{server.origin}/{path}", width) as browser:
        start = hear(server, "start")
        tab = find_tab(browser)
        used = read_cpu_ms(tab)
        frames = hear(server, "end")["frames"]
        used, end = read_cpu_ms(tab) - used, read_memory(tab)
        last = hear(server, "rested")
        return Numbers(
            width=start["width"],
            frames=sorted(frames),
            photos=len(server.loaded),
            elements=last["elements"],
            heap=last["heap"],
            end=end,
            rested=read_memory(tab),
            cpu_ms=used / len(frames),
        )


def hear(server: Server, at: str) -> dict[str, Any]:
    said = server.said.get(timeout=SILENCE_SECONDS)
    assert said["at"] == at, said
    return said


@contextmanager
def running_chromium(url: str, width: int) -> Iterator[psutil.Process]:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        options = [
            "--headless",
            "--disable-gpu",
            "--disable-background-networking",
            "--no-first-run",
            "--enable-precise-memory-info",
            f"--user-data-dir={profile}",
            f"--window-size={width},{HEIGHT}",
            *(["--no-sandbox"] if os.geteuid() == 0 else []),  # It does not run as root
        ]
        browser = psutil.Popen([ensure_browser(), *options, url], stderr=subprocess.DEVNULL)
        try:
            yield browser
        finally:
            end_all([*browser.children(recursive=True), browser])


def end_all(processes: list[psutil.Process]) -> None:
    """End the browser too, which the system starts by a script of its own."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    for process in psutil.wait_procs(processes, timeout=10)[1]:
        process.kill()


def find_tab(browser: psutil.Process) -> psutil.Process:
    """The process of the tab: the renderer with most memory."""
    started = browser.children(recursive=True)
    renderers = [it for it in started if "--type=renderer" in it.cmdline()]
    return max(renderers, key=lambda it: read_memory(it).footprint)


def read_cpu_ms(process: psutil.Process) -> float:
    times = process.cpu_times()
    return 1e3 * (times.user + times.system)


def read_memory(process: psutil.Process) -> Memory:
    """Sizes from `status`, see proc(5)."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    lines = dict(line.split(":", 1) for line in status.splitlines())
    sizes = {name: 1024 * int(lines[name].split()[0]) for name in ("RssAnon", "VmSwap", "RssShmem")}
    return Memory(sizes["RssAnon"] + sizes["VmSwap"], sizes["RssShmem"])


def print_numbers(path: str, numbers: Numbers) -> None:
    frames, end, rested = numbers.frames, numbers.end, numbers.rested
    late = sum(frame > LATE_MS for frame in frames) / len(frames)
    sys.stdout.write(
        f"{numbers.width} px, {path}: {len(frames)} frames, {numbers.photos} of {PHOTOS} photos,"
        f" median {frames[len(frames) // 2]:.1f} ms,"
        f" 95 of 100 within {frames[len(frames) * 95 // 100]:.1f} ms, {late:.1%} late,"
        f" tab's processor time a frame {numbers.cpu_ms:.1f} ms, {numbers.elements} elements,"
        f" scripts {numbers.heap / 1e6:.0f} MB,"
        f" tab {end.footprint / 1e6:.0f} MB and {rested.footprint / 1e6:.0f} MB after"
        f" {REST_SECONDS} s of rest, decoded pictures {rested.decoded / 1e6:.0f} MB\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main([int(width) for width in sys.argv[1:]]))
