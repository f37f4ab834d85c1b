"""One supervisor for each data folder, and order after one that was killed."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from infra.local.errors import LocalError
from infra.local.guard import no_guard
from infra.local.layout import Layout
from infra.local.processes import Roster
from infra.local.state import load_state


@contextmanager
def hold_lock(layout: Layout) -> Iterator[None]:
    """Be the only supervisor of this folder. The system drops the lock however we end.

    Raises:
        LocalError: Another one runs or is starting.
    """
    with layout.lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LocalError(_describe_running(layout), _describe_stop(layout)) from error
        yield


def heal(layout: Layout) -> int:
    """Stop and remove what an earlier supervisor left behind. The caller holds the lock.

    Returns:
        How many processes were left.
    """
    layout.state.unlink(missing_ok=True)
    with no_guard(layout):
        stopped = Roster(layout).stop_all()
    shutil.rmtree(layout.run, ignore_errors=True)
    layout.create()
    return stopped


def _describe_running(layout: Layout) -> str:
    try:
        return f"Spotter is already running on this machine: {load_state(layout).endpoint}"
    except LocalError:
        return "Spotter is being started or stopped by another `make run`."


def _describe_stop(layout: Layout) -> str:
    try:
        pid = load_state(layout).supervisor_pid
    except LocalError:
        return "Wait for it, or stop it with Ctrl-C in its terminal."
    return f"Use it, or stop it with Ctrl-C in its terminal or with: kill {pid}"
