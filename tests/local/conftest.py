"""A folder for a local system and processes for it."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from infra.local.layout import REPOSITORY, Layout
from infra.local.processes import Roster

UP = "print('up', flush=True)"
A_WHILE = 600
"""Seconds after which a process ends itself, in case a test does not end it."""
TIMEOUT = 120
"""Limit in seconds for conditions that take a few. A machine may stall."""
STUBBORN = f"import signal; signal.signal(15, signal.SIG_IGN); {UP}"


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path / "local")
    layout.create()
    return layout


@pytest.fixture
def roster(layout: Layout) -> Iterator[Roster]:
    roster = Roster(layout)
    yield roster
    for _, process in roster.find_living():
        with suppress(psutil.NoSuchProcess):
            process.kill()


Spawn = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def spawn() -> Iterator[Spawn]:
    """Starts processes that run Python code, print a first line and then sleep."""
    with ExitStack() as stack:

        def start(before: str = UP, *arguments: str) -> subprocess.Popen[bytes]:
            code = f"{before}\nimport time; time.sleep({A_WHILE})"
            process = subprocess.Popen(
                [sys.executable, "-c", code, *arguments],
                cwd=REPOSITORY,
                stdout=subprocess.PIPE,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def read_line(process: subprocess.Popen[bytes]) -> str:
    """Wait for the next line of the process and return it."""
    assert process.stdout
    line = process.stdout.readline().decode().strip()
    assert line
    return line
