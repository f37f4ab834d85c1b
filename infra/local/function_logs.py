"""Reads what a function logged in a call, without waiting for more.

A function writes its log before its answer. So when its answer is there, the whole log is in the
pipe. ministack instead waits after each call until nothing has come for five milliseconds, and
looks for it each millisecond.

ministack's own Python imports this file, so it imports nothing of ours.
"""

import os
import select
from collections.abc import Callable
from threading import Lock
from typing import Any

PART_BYTES = 65536
END_SECONDS = 0.25
"""How long the rest of the log of a process that was ended may take."""


class Reader:
    """The log of a process. Two threads read it: one whenever something comes, one after a call."""

    def __init__(self, file: int, put: Callable[[str], None]) -> None:
        self._file = file
        self._put = put
        self._lock = Lock()
        self._rest = b""

    def wait(self) -> None:
        """Wait until something comes, or nothing will any more."""
        self._poll(None)

    def read(self) -> bool:
        """Put each line that is there.

        Returns:
            Whether more may come.
        """
        with self._lock:
            while self._poll(0):
                part = os.read(self._file, PART_BYTES)
                if not part:
                    return False
                *lines, self._rest = (self._rest + part).split(b"\n")
                for line in lines:
                    self._put(line.decode(errors="replace"))
        return True

    def _poll(self, milliseconds: int | None) -> bool:
        poll = select.poll()  # Threads cannot share one
        poll.register(self._file, select.POLLIN)
        return bool(poll.poll(milliseconds))


def keep_reading(worker: Any) -> None:
    """Read the log of ministack's `worker`, so that its process never waits for a reader."""
    process = worker._proc  # Its end closes the pipe, unless somebody still holds it
    reader = _find_reader(worker, process)
    while reader.read():
        reader.wait()


def drain(worker: Any) -> str:
    """The log of the call that has just ended."""
    if worker._proc is None:  # It was ended because the call failed
        worker._stderr_thread.join(END_SECONDS)
    else:
        _find_reader(worker, worker._proc).read()
    return str(worker._drain_stderr())


def _find_reader(worker: Any, process: Any) -> Reader:
    reader = Reader(process.stderr.fileno(), worker._stderr_queue.put)
    found: Reader = vars(process).setdefault("log_reader", reader)  # Two threads may come at once
    return found
