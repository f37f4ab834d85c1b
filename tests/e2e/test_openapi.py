"""A program that reads the OpenAPI document checks the running API against it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from infra.local.layout import REPOSITORY
from infra.local.server import build_environment
from infra.local.state import State
from tests.e2e.conftest import User

pytestmark = pytest.mark.slow

DOCUMENT = REPOSITORY / "docs" / "api" / "openapi.json"
LEFT_OUT = (
    # A schema cannot describe "a decodable picture" or "a cursor of this API".
    "positive_data_acceptance",
)


def test_every_answer_is_as_documented(system: State, stranger: User, tmp_path: Path) -> None:
    options = {
        "--url": system.api_url,
        "--header": f"Authorization: {stranger.id_token}",
        "--max-examples": "15",
        "--request-timeout": "30",  # A request may wait 20 s for a result
        "--exclude-checks": ",".join(LEFT_OUT),
        "--generation-database": "none",
        "--seed": "20260101",  # A failure must be reproducible
    }

    done = subprocess.run(
        [sys.executable, "-m", "schemathesis.cli", "run", str(DOCUMENT)]
        + [part for option in options.items() for part in option],
        cwd=tmp_path,
        env=build_environment(),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"Tested: 42\b", done.stdout), done.stdout
