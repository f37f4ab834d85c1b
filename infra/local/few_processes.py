"""Lets calls of a function wait for one of its processes before the local AWS starts another.

The local AWS starts a process for each call that finds none free. The imports of a process take
ten to thirty times as long as a call (`make bench`, rows "Import of" and "Warm"). So on a loaded
machine new processes make all calls slower, and slower calls make more processes, until nothing is
answered in time.

The local AWS imports this module, and its Python has none of our packages.
"""

import os
from collections.abc import Callable, Sequence
from threading import Condition
from time import monotonic
from typing import Any

CORES = os.cpu_count() or 1
ENOUGH_PROCESSES = 2 * CORES
"""A function with so many processes makes a call wait before it gets another."""

PATIENCE_SECONDS = 1.0
"""An ordinary call ends sooner. A call that waits for a result keeps its process for longer."""

LOOK_SECONDS = 0.05
"""Nobody tells a waiting call that a process has started."""


class Patience:
    """Makes calls wait. `freed` guards the processes and is told of each that becomes free."""

    def __init__(self) -> None:
        self.freed = Condition()

    def wait(self, find_processes: Callable[[], Sequence[Any]]) -> None:
        """Wait until a process is free, or until another may start. Call it inside `freed`.

        Args:
            find_processes: Returns the function's present processes.
        """
        ends_at = monotonic() + PATIENCE_SECONDS
        while not _may_go_on(find_processes(), is_late=monotonic() >= ends_at):
            self.freed.wait(LOOK_SECONDS)


def _may_go_on(processes: Sequence[Any], *, is_late: bool) -> bool:
    if len(processes) < ENOUGH_PROCESSES or not all(one.in_use for one in processes):
        return True
    starting = sum(one._start_time is None for one in processes)
    return is_late and starting < CORES
