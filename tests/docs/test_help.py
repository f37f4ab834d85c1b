"""A command that takes minutes says what it does before it does it."""

import subprocess
import sys

import pytest

from infra.repository import REPOSITORY

COMMANDS = [
    "infra.audit",
    "infra.cost",
    "infra.deploy.check",
    "pipeline.worker.vision",
    "tools.bench",
    "tools.bench.functions",
    "tools.chaos",
    "tools.hostile",
    "tools.load",
    "tools.quality",
    "pipeline.weights.calibrate_confidence",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_printed_and_nothing_runs(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", command, "--help"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("usage:")
