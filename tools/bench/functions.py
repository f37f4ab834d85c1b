"""Measures processor time of each function: imports at a cold start, and a warm request.

`python -m tools.bench.functions` measures the imports alone and takes 30 s.
"""

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from pydantic import BaseModel

from infra.local.resources.functions import FUNCTIONS, find_function
from infra.package.functions import stage_functions
from infra.package.stage import HERE
from pipeline.core.erasure_settings import ErasureSettings
from pipeline.core.exports.settings import ExportSettings
from pipeline.core.live.settings import PushSettings, TicketSettings
from pipeline.core.webhooks.settings import DeliverSettings
from pipeline.lambdas.settings import ApiSettings

REPEATS = 10
CODE = (
    "import time; started = time.process_time(); import pipeline.lambdas.{};"
    "print(time.process_time() - started)"
)
SETTINGS: tuple[type[BaseModel], ...] = (
    ApiSettings,
    PushSettings,
    TicketSettings,
    ExportSettings,
    ErasureSettings,
    DeliverSettings,
)
ENVIRONMENT = {
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    # Tracing is on, as on AWS
    "AWS_XRAY_DAEMON_ADDRESS": "127.0.0.1:2000",
    "LAMBDA_TASK_ROOT": "/var/task",
    # All that a function cannot start without
    **{
        name.upper(): "bench" if name.endswith("_table") else "http://127.0.0.1/bench"
        for settings in SETTINGS
        for name, field in settings.model_fields.items()
        if field.is_required() and name != "aws_region"
    },
    "USER_POOL_ID": "us-east-1_bench",  # Functions read its region
}


def measure_imports() -> dict[str, float]:
    """Measure the imports of every function in its package, built for this machine.

    Returns:
        Function to processor milliseconds, the best of `REPEATS`.
    """
    with tempfile.TemporaryDirectory() as staging:
        stage = Path(staging)
        stage_functions(stage, HERE)
        # In rounds, so that a busy moment of the machine does not hit only one function
        rounds = [
            {name: import_function(name, stage) for name in FUNCTIONS} for _ in range(REPEATS)
        ]
    return {name: min(found[name] for found in rounds) for name in FUNCTIONS}


def import_function(name: str, stage: Path) -> float:
    """Import a function with nothing but its package, as Lambda does.

    Args:
        name: Of the function's module.
        stage: The folder with the package.

    Returns:
        Processor milliseconds.

    Raises:
        CalledProcessError: The package lacks something that the function needs.
    """
    # Without site, which would add the packages of our environment.
    command = [sys.executable, "-S", "-c", CODE.format(name)]
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(stage)}
    done = subprocess.run(
        command, cwd=stage, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return float(done.stdout) * 1000


@contextmanager
def counted(server: psutil.Process, seconds: dict[str, float]) -> Iterator[None]:
    """Add the processor seconds of the functions inside the block to `seconds`, by function."""
    before = _read(server)
    yield
    for name, value in _read(server).items():
        seconds[name] = value - before.get(name, 0.0)


def _read(server: psutil.Process) -> dict[str, float]:
    found: dict[str, float] = {}
    for process in server.children(recursive=True):
        try:
            name = find_function(process.cwd())
            times = process.cpu_times()
        except psutil.Error:  # The process has just ended
            continue
        if name:
            found[name] = found.get(name, 0.0) + times.user + times.system
    return found


if __name__ == "__main__":
    argparse.ArgumentParser(description=__doc__).parse_args()
    for function, milliseconds in measure_imports().items():
        sys.stdout.write(f"{function} {milliseconds:.0f} ms\n")
