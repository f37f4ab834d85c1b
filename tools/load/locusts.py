"""Runs Locust in a process of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.layout import REPOSITORY
from tools.load.plan import VARIABLE, Plan

AT_ONCE_SECONDS = 5
"""Time in which all users start who start at once."""

STOP_SECONDS = 60
"""Time for users to finish their last photo."""


@contextmanager
def locust(
    plan: Plan, folder: Path, *, seconds: float, arrival_seconds: float = AT_ONCE_SECONDS
) -> Iterator[subprocess.Popen[bytes]]:
    """Run Locust on `plan` for at most `seconds`; stop it when the block ends.

    The users start evenly over `arrival_seconds`.
    """
    users_per_second = len(plan.people) / max(arrival_seconds, AT_ONCE_SECONDS)
    path = folder / "plan.json"
    path.write_text(plan.model_dump_json())
    command = [
        *(sys.executable, "-m", "locust", "--locustfile", "tools/load/locustfile.py"),
        *("--headless", "--users", str(len(plan.people))),
        *("--spawn-rate", f"{users_per_second:.2f}", "--run-time", f"{seconds:.0f}s"),
        *("--stop-timeout", str(STOP_SECONDS), "--only-summary", "--exit-code-on-error", "0"),
    ]
    with (folder / "locust.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            cwd=REPOSITORY,
            env={**os.environ, VARIABLE: str(path), "PYTHONPATH": str(REPOSITORY)},
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(STOP_SECONDS + 30)
