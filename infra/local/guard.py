"""Stops the local system's processes when its supervisor is gone.

A killed supervisor cannot clean up. The guard waits on a pipe whose other end only the supervisor
holds. The pipe closes whichever way the supervisor ends, on Linux and on macOS.

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
    """Run a guard during the block. The block must stop its own processes before it ends."""
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
        guard.stdout.readline()  # Wait until the guard has started
        # Leaving the block closes the pipe and waits for the guard.
        yield


@contextmanager
def no_guard(layout: Layout) -> Iterator[None]:
    """Wait until the guard of an earlier supervisor has finished, and block other guards."""
    with layout.guard_lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main() -> None:
    layout = Layout(Path(sys.argv[1]))
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    with no_guard(layout):
        print(flush=True)  # noqa: T201 # Tells the supervisor that the guard has started
        while os.read(sys.stdin.fileno(), 1):
            pass
        Roster(layout).stop_all()


if __name__ == "__main__":
    main()
