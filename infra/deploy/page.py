"""Builds the web page and uploads it in an order that never shows half a release."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from infra.deploy.errors import DeployError
from infra.repository import REPOSITORY

# Their names contain a hash of their content.
IMMUTABLE = "public, max-age=31536000, immutable"
# The browser asks each time. An unchanged file costs no transfer.
FRESH = "no-cache"


def build_page() -> Path:
    """Build the page.

    Returns:
        The folder of its files.
    """
    folder = REPOSITORY / "spa"
    for command in (["npm", "ci", "--no-audit", "--no-fund"], ["npm", "run", "build"]):
        run(command, folder)
    return folder / "dist"


def send_page(dist: Path, page: dict[str, Any], region: str) -> None:
    """Upload a built page: first the assets, then the files that refer to them.

    Files of earlier releases are kept, because an open tab may load them.
    """
    (dist / "config.json").write_text(json.dumps(page["config"], indent=2))
    sync = ["aws", "s3", "sync", str(dist), f"s3://{page['bucket']}", "--region", region]
    quiet = ["--only-show-errors"]
    assets = ["--exclude", "*", "--include", "assets/*", "--cache-control", IMMUTABLE]
    run([*sync, *quiet, *assets], dist)
    # Not by sync, which skips a changed file of equal size and older time.
    rest = ["--exclude", "assets/*", "--cache-control", FRESH]
    copy = ["aws", "s3", "cp", str(dist), f"s3://{page['bucket']}", "--region", region]
    run([*copy, "--recursive", *quiet, *rest], dist)
    paths = ["/", "/index.html", "/config.json"]
    invalidate = ["aws", "cloudfront", "create-invalidation", "--paths", *paths]
    run([*invalidate, "--distribution-id", page["distribution_id"], "--no-cli-pager"], dist)


def run(command: list[str], folder: Path) -> None:
    """Run another program.

    Raises:
        DeployError: The program is missing or failed.
    """
    try:
        done = subprocess.run(command, cwd=folder)
    except FileNotFoundError as error:
        raise DeployError(f"{command[0]} is not on the PATH. Install it and try again.") from error
    if done.returncode:
        raise DeployError(f"{' '.join(command[:3])} failed. Its messages are above.")
