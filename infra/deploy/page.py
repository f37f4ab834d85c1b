"""Builds the web page and uploads it in an order that never shows half a release."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

from infra.deploy.errors import DeployError
from infra.repository import REPOSITORY

# The names of these files contain a hash of their content.
IMMUTABLE = "public, max-age=31536000, immutable"
# Browsers ask for these files each time and download them only if they changed.
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
    """Upload a built page: new files first, then the file that refers to them.

    Files of earlier releases stay, because an open tab may still load them.
    """
    (dist / "config.json").write_text(json.dumps(page["config"], indent=2))
    sync = ["aws", "s3", "sync", str(dist), f"s3://{page['bucket']}", "--region", region]
    quiet = ["--only-show-errors"]
    assets = ["--exclude", "*", "--include", "assets/*", "--cache-control", IMMUTABLE]
    run([*sync, *quiet, *assets], dist)
    # cp, because sync skips a changed file of equal size and older time.
    rest = ["--exclude", "assets/*", "--cache-control", FRESH]
    copy = ["aws", "s3", "cp", str(dist), f"s3://{page['bucket']}", "--region", region]
    run([*copy, "--recursive", *quiet, *rest], dist)
    paths = ["/", "/index.html", "/config.json"]
    invalidate = ["aws", "cloudfront", "create-invalidation", "--paths", *paths]
    run([*invalidate, "--distribution-id", page["distribution_id"], "--no-cli-pager"], dist)


def run(command: list[str], folder: Path) -> None:
    """Run an external command.

    Raises:
        DeployError: The command is not installed, or it failed.
    """
    try:
        done = subprocess.run(command, cwd=folder)
    except FileNotFoundError as error:
        raise DeployError(f"{command[0]} is not on the PATH. Install it and try again.") from error
    if done.returncode:
        raise DeployError(f"{' '.join(command[:3])} failed. Read its message above.")
