"""A folder for a local system, and what may run in it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import psutil
import pytest

from infra.local.layout import REPOSITORY, Layout
from infra.local.processes import Roster

UP = "print('up', flush=True)"
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
    """Starts processes that sleep; what they do before is Python code that prints a first line."""
    with ExitStack() as stack:

        def start(before: str = UP, *arguments: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                [sys.executable, "-c", f"{before}\nimport time; time.sleep(60)", *arguments],
                cwd=REPOSITORY,
                stdout=subprocess.PIPE,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield start


def read_line(process: subprocess.Popen[bytes]) -> str:
    """What the process says next; waits until it does."""
    assert process.stdout
    line = process.stdout.readline().decode().strip()
    assert line
    return line
