"""The list of processes that the supervisor started, in a file so that others can clean up.

A process is identified by its id and its start time, because the system reuses ids. Nothing is
found or stopped by name.
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from threading import Lock

import psutil
from pydantic import BaseModel, TypeAdapter

from infra.local.layout import Layout
from infra.local.state import write_private

logger = logging.getLogger(__name__)


class Entry(BaseModel, frozen=True):
    """One process of ours."""

    name: str
    pid: int
    born_at: float
    stop_seconds: float
    """Time to stop after SIGTERM. Then it is killed."""
    rank: int
    """Lower ranks stop first. Equal ranks stop together."""
    is_worker: bool = False
    """False in the files of earlier versions."""


def describe_owner(port: int) -> str:
    """The program that listens on the port, in words. The system may not show it."""
    # macOS shows other programs' connections to root only.
    with suppress(psutil.Error, OSError):
        for connection in psutil.net_connections("tcp"):
            listening = connection.status == psutil.CONN_LISTEN
            if listening and connection.laddr and connection.laddr.port == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return " by another program"


_ENTRIES = TypeAdapter(list[Entry])


@dataclass(frozen=True)
class Kind:
    """Properties that all processes of one kind share; see `Entry`."""

    stop_seconds: float
    rank: int
    is_worker: bool = False


WORKER = Kind(stop_seconds=12, rank=0, is_worker=True)  # A worker promises to stop within 10 s
SERVER = Kind(stop_seconds=30, rank=1)  # It writes its state when it stops


class Roster:
    """All processes of one local system. Safe to share between threads."""

    def __init__(self, layout: Layout) -> None:
        self._path = layout.processes
        self._lock = Lock()
        # Kept in memory too, because somebody may delete the file while we run.
        self._own: list[Entry] = []

    def read(self) -> list[Entry]:
        """The processes that were added and not removed, running or not."""
        try:
            return _ENTRIES.validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return []

    def add(self, name: str, pid: int, kind: Kind) -> None:
        """Add a process that was just started."""
        try:
            born_at = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            return
        entry = Entry(name=name, pid=pid, born_at=born_at, **asdict(kind))
        with self._lock:
            self._own.append(entry)
            self._write([*self.read(), entry])

    def remove(self, pid: int) -> None:
        """Remove a process that has ended."""
        with self._lock:
            self._own = [entry for entry in self._own if entry.pid != pid]
            self._write([entry for entry in self.read() if entry.pid != pid])

    def find_living(self) -> list[tuple[Entry, psutil.Process]]:
        """The processes that still run. A reused id does not count."""
        with self._lock:
            entries = {entry.pid: entry for entry in (*self.read(), *self._own)}
        found = ((entry, _find(entry)) for entry in entries.values())
        return [(entry, process) for entry, process in found if process]

    def find_workers(self) -> dict[str, psutil.Process]:
        """The workers that run, by name."""
        return {entry.name: process for entry, process in self.find_living() if entry.is_worker}

    def stop_all(self) -> int:
        """Stop the processes that still run, by rank.

        Returns:
            How many processes were running.
        """
        living = self.find_living()
        for rank in sorted({entry.rank for entry, _ in living}):
            _stop((entry, process) for entry, process in living if entry.rank == rank)
        with self._lock:
            self._own.clear()
            self._write([])
        return len(living)

    def _write(self, entries: list[Entry]) -> None:
        with suppress(FileNotFoundError):  # The folder was deleted
            write_private(self._path, _ENTRIES.dump_json(entries).decode())


def _find(entry: Entry) -> psutil.Process | None:
    try:
        process = psutil.Process(entry.pid)
        same = abs(process.create_time() - entry.born_at) < 1
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except psutil.NoSuchProcess:
        return None


def _stop(group: Iterable[tuple[Entry, psutil.Process]]) -> None:
    members = list(group)
    for _, process in members:
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    patience = max(entry.stop_seconds for entry, _ in members)
    _, stubborn = psutil.wait_procs([process for _, process in members], timeout=patience)
    for process in stubborn:
        logger.warning("Process %d did not stop within %.0f s; killing it", process.pid, patience)
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
