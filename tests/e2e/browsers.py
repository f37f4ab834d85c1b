"""The browser of all browser tests."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright

INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


@contextmanager
def running_browser(playwright: Playwright) -> Iterator[Browser]:
    """A Chromium of the machine, else Playwright's own, which is fetched first."""
    known = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, INSTALLED)), None)
    if known is None:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True)
    arguments = ["--disable-gpu", "--disable-background-networking"]
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")  # Chromium's sandbox refuses root
    browser = playwright.chromium.launch(executable_path=known, args=arguments)
    try:
        yield browser
    finally:
        browser.close()
