"""Checks before anything is started, each with a message that says what to do next."""

import fcntl
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psutil

from infra.local.errors import LocalError
from infra.local.guard import no_guard
from infra.local.layout import Layout
from infra.local.processes import Roster
from infra.local.state import load_state

HOST = "127.0.0.1"
DEFAULT_PORT = 4566
LEAST_DISK_BYTES = 500_000_000


@contextmanager
def hold_lock(layout: Layout) -> Iterator[None]:
    """Be the only supervisor of this folder. The lock ends with the process, whichever way it ends.

    Raises:
        LocalError: Another supervisor runs or is starting.
    """
    with layout.lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LocalError(_describe_running(layout), _describe_stop(layout)) from error
        yield


def heal(layout: Layout) -> int:
    """Stop the processes and delete the files of an earlier supervisor. The caller holds the lock.

    Returns:
        How many processes were left.
    """
    layout.state.unlink(missing_ok=True)
    with no_guard(layout):
        stopped = Roster(layout).stop_all()
    shutil.rmtree(layout.run, ignore_errors=True)
    layout.create()
    return stopped


def check_disk(layout: Layout) -> None:
    """Raise LocalError if too little disk space is free."""
    free = shutil.disk_usage(layout.root).free
    if free < LEAST_DISK_BYTES:
        raise LocalError(
            f"Only {free // 1_000_000} MB are free on the disk of {layout.root}.",
            f"Free {LEAST_DISK_BYTES // 1_000_000} MB and start again.",
        )


def check_port(port: int) -> None:
    """Raise LocalError if another program uses the port."""
    with socket.socket() as probe:
        # Servers set it too: closing connections of an earlier run do not block the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise LocalError(
                f"Port {port} is taken{_describe_owner(port)}.",
                f"Stop that program or choose another port: make run PORT={find_free_port()}",
            ) from error


def find_free_port() -> int:
    """A port that no program uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _describe_owner(port: int) -> str:
    # macOS shows the connections of other programs only to root.
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            listening = connection.status == psutil.CONN_LISTEN
            if listening and connection.laddr and connection.laddr.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return " by another program"


def _describe_running(layout: Layout) -> str:
    try:
        return f"Spotter is already running on this machine: {load_state(layout).endpoint}"
    except LocalError:
        return "Spotter is being started or stopped by another `make run`."


def _describe_stop(layout: Layout) -> str:
    try:
        pid = load_state(layout).supervisor_pid
    except LocalError:
        return "Wait until it is done, or stop it with Ctrl-C in its terminal."
    return f"Use it, or stop it with Ctrl-C in its terminal or with: kill {pid}"
