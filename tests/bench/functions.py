"""What a function costs: its imports at a cold start, its processor time at a warm request."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psutil

from infra.local.resources.functions import FUNCTIONS

REPEATS = 3
CODE = (
    "import time; started = time.process_time(); import pipeline.lambdas.{};"
    "print(time.process_time() - started)"
)
ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "TASKS_TABLE": "tasks",
    "TASK_QUEUE_URL": "http://127.0.0.1/tasks",
    "IMAGES_BUCKET": "images",
    "SPA_ORIGIN": "http://127.0.0.1",
}


def measure_imports() -> dict[str, float]:
    """Function to the processor milliseconds of its imports, the best of a few."""
    return {name: min(_import(name) for _ in range(REPEATS)) for name in FUNCTIONS}


def _import(name: str) -> float:
    command = [sys.executable, "-c", CODE.format(name)]
    environment = {**os.environ, **ENVIRONMENT}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return float(done.stdout) * 1000


@contextmanager
def counted(server: psutil.Process, seconds: dict[str, float]) -> Iterator[None]:
    """Add what the functions' processes work inside the block to `seconds`, by function."""
    before = _read(server)
    yield
    for name, value in _read(server).items():
        seconds[name] = value - before.get(name, 0.0)


def _read(server: psutil.Process) -> dict[str, float]:
    found: dict[str, float] = {}
    for process in server.children(recursive=True):
        try:
            name = process.environ().get("POWERTOOLS_SERVICE_NAME")
            times = process.cpu_times()
        except psutil.Error:  # It has just ended
            continue
        if name:
            found[name] = found.get(name, 0.0) + times.user + times.system
    return found
