"""Stops the local system's processes when its supervisor is gone.

A killed supervisor cannot clean up. This process waits on a pipe whose other end only the
supervisor holds: however it ends, the pipe closes. Works on Linux and macOS alike.

Run as: python -m infra.local.guard FOLDER
"""

import fcntl
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from infra.local.layout import REPOSITORY, Layout
from infra.local.processes import Roster


@contextmanager
def guarded(layout: Layout) -> Iterator[None]:
    """Have a guard while the block runs. After it, there should be nothing left to stop."""
    command = [sys.executable, "-m", "infra.local.guard", str(layout.root)]
    with subprocess.Popen(
        command,
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as guard:
        assert guard.stdout
        guard.stdout.readline()  # It is on duty
        # Leaving the block closes the pipe and waits for the guard.
        yield


@contextmanager
def no_guard(layout: Layout) -> Iterator[None]:
    """Wait until the guard of an earlier supervisor has done its work, and keep others out."""
    with layout.guard_lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> None:
    layout = Layout(Path(sys.argv[1]))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with no_guard(layout):
        print(flush=True)  # noqa: T201 # A word to the supervisor
        while os.read(sys.stdin.fileno(), 1):
            pass
        Roster(layout).stop_all()


if __name__ == "__main__":
    main()
