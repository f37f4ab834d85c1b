"""The browser of the end-to-end tests: one of this machine, else one that is installed for them.

Imports the standard library only, see preflight.py.

Run as: python -m infra.local.browser (installs one if there is none)
"""

from __future__ import annotations

import http.client
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from enum import StrEnum
from pathlib import Path

from infra.local.errors import LocalError

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
"""Programs, tried in this order. The shell is Chromium without windows and extensions, which no
test needs. It opens pages with less processor time."""
OWN = (
    "chromium_headless_shell-*/*/*headless*shell",
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
)
"""Where Playwright keeps its browser, below its own folder."""
DOWNLOADS = "https://cdn.playwright.dev"
TIMEOUT_SECONDS = 3
NEXT_STEP = (
    "Install Chromium or Google Chrome from your system's packages,"
    " or name one: CHROMIUM=/path/to/chrome make test"
)


class Way(StrEnum):
    """How a missing browser is installed."""

    DOWNLOAD = "Playwright's own download"
    APT = "apt-get install chromium"


def find_browser(*, with_devices: bool = False) -> str | None:
    """A browser that runs: the one that $CHROMIUM names, else one of the machine or Playwright's.

    Args:
        with_devices: Leave out the headless shell, in which pages get no camera.

    Raises:
        LocalError: $CHROMIUM names one that does not run.
    """
    if named := os.environ.get("CHROMIUM"):
        if get_version(named) is None:
            raise LocalError(f"The browser that CHROMIUM names does not run: {named}", NEXT_STEP)
        return named
    found = [*filter(None, map(shutil.which, NAMES)), *_find_own()]
    if with_devices:
        found = [it for it in found if "headless" not in Path(it).name]
    return next((it for it in found if get_version(it) is not None), None)


def get_version(program: str) -> str | None:
    """The version that the browser prints, such as `Chromium 140.0`; None if it does not run."""
    try:
        done = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=60, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # A browser whose system libraries are missing ends with an error here.
    return done.stdout.strip() if done.returncode == 0 else None


def find_ways() -> list[Way]:
    """How a browser could be installed on this machine, best way first."""
    ways = [Way.DOWNLOAD] if _can_download() else []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        ways.append(Way.APT)
    return ways


def ensure_browser(*, with_devices: bool = False) -> str:
    """A browser that runs, as `find_browser` does; installs one if there is none.

    Raises:
        LocalError: There is none, and none could be installed.
    """
    if found := find_browser(with_devices=with_devices):
        return found
    for way in find_ways():
        sys.stderr.write(f"Installing a browser for the tests: {way}\n")
        _install(way)
        if found := find_browser(with_devices=with_devices):
            return found
    raise LocalError("The tests need a browser, and none could be installed.", NEXT_STEP)


def _find_own() -> list[str]:
    if named := os.environ.get("PLAYWRIGHT_BROWSERS_PATH"):
        folder = Path(named)
    elif sys.platform == "darwin":
        folder = Path.home() / "Library/Caches/ms-playwright"
    else:
        folder = Path.home() / ".cache/ms-playwright"
    return [str(path) for pattern in OWN for path in sorted(folder.glob(pattern), reverse=True)]


def _can_download() -> bool:
    address = os.environ.get("PLAYWRIGHT_DOWNLOAD_HOST", DOWNLOADS)
    try:
        urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS).close()
    except urllib.error.HTTPError:
        return True  # It answers; it has nothing at its root
    except (OSError, ValueError, http.client.HTTPException):
        return False
    return True


def _install(way: Way) -> None:
    """Try it. Whether it worked, `find_browser` tells."""
    if way is Way.DOWNLOAD:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        return
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", "-qq", *arguments], env=environment, check=False)


def main() -> int:
    try:
        ensure_browser()
    except LocalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
