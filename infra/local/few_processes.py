"""Lets calls of a function wait for one of its processes before the local AWS starts another.

The local AWS starts a process for each call that finds none free. The imports of a process take
ten to thirty times as long as a call (`make bench`, rows "Import of" and "Warm"). So on a loaded
machine new processes make all calls slower, and slower calls make more processes, until nothing is
answered in time. A function's time limit counts from when it has a process, so a call that waits
does not use it up.

The local AWS imports this module, and its Python has none of our packages.
"""

import os
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition, RLock
from time import monotonic
from typing import Any

CORES = os.cpu_count() or 1
ENOUGH_PROCESSES = 2 * CORES
"""A function with so many processes makes a call wait before it gets another."""

PATIENCE_SECONDS = 1.0
"""An ordinary call ends sooner. A call that waits for a result keeps its process for longer."""

LOOK_SECONDS = 0.25
"""Nobody tells a waiting call that a process has started."""

REST_SECONDS = 60.0
"""Each call is woken when it becomes the first of its line."""

FOR_EVER = float("inf")


@dataclass
class Line:
    """The calls of one function that wait, in order."""

    waiting: deque[Condition] = field(default_factory=deque)
    freed_at: float = 0.0
    """When a process became free, by `monotonic`."""


class Patience:
    """Makes calls wait in lines. `lock` guards the processes too."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._lines: defaultdict[str, Line] = defaultdict(Line)

    def wait(
        self,
        function: str,
        find_processes: Callable[[], Sequence[Any]],
        longest_seconds: float = FOR_EVER,
    ) -> bool:
        """Wait until a process is free, or until another may start. Call it inside `lock`.

        Args:
            find_processes: Returns the function's present processes.

        Returns:
            Whether the call may go on. If not, it has waited for too long.
        """
        line, arrived_at = self._lines[function], monotonic()
        with self._in(line) as turn:
            while True:
                now = monotonic()
                idle_since = max(arrived_at, line.freed_at)
                is_first = line.waiting[0] is turn
                if is_first and _may_go_on(find_processes(), now - idle_since):
                    return True
                left = arrived_at + longest_seconds - now
                if left <= 0:
                    return False
                turn.wait(min(left, LOOK_SECONDS if is_first else REST_SECONDS))

    def tell(self, function: str) -> None:
        """Tell the first call in line that a process of its function is free. Inside `lock`."""
        line = self._lines[function]
        line.freed_at = monotonic()
        _wake_first(line)

    @contextmanager
    def _in(self, line: Line) -> Iterator[Condition]:
        """Stand in line during the block."""
        turn = Condition(self.lock)
        line.waiting.append(turn)
        try:
            yield turn
        finally:
            line.waiting.remove(turn)
            _wake_first(line)


def _wake_first(line: Line) -> None:
    if line.waiting:
        line.waiting[0].notify()


def _may_go_on(processes: Sequence[Any], idle_seconds: float) -> bool:
    """Whether a process is free or another may start.

    Processes that become free now and then only lack processor time, and another one would take
    more of it from them. The more there are, the longer each takes.

    Args:
        idle_seconds: For how long no process has become free.
    """
    if len(processes) < ENOUGH_PROCESSES or not all(one.in_use for one in processes):
        return True
    starting = sum(one._start_time is None for one in processes)
    patience = PATIENCE_SECONDS * len(processes) / ENOUGH_PROCESSES
    return idle_seconds >= patience and starting < CORES
