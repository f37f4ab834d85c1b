"""The link between two regions: what one writes reaches the other later, or not while it is cut.

ministack's own Python imports this file, so it imports nothing of ours.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

LAG_SECONDS = 1.0
"""What AWS's documentation says about global tables: usually within a second."""


@dataclass
class Link:
    """Delivers in the order of sending. Safe to share between threads."""

    lag_seconds: float = LAG_SECONDS
    clock: Callable[[], float] = time.monotonic
    away: set[str] = field(default_factory=set)
    """Regions that answer nobody."""
    is_cut: bool = False
    """Whether both regions work, but do not reach each other."""
    _waiting: deque[tuple[float, Callable[[], None]]] = field(default_factory=deque)
    _changed: threading.Condition = field(default_factory=threading.Condition)

    def send(self, action: Callable[[], None]) -> None:
        """Do something in the other region, after the lag, as soon as the link holds."""
        with self._changed:
            self._waiting.append((self.clock() + self.lag_seconds, action))
            self._changed.notify()

    def count_waiting(self) -> int:
        """How many writes have not arrived yet."""
        return len(self._waiting)

    def set_away(self, region: str, *, away: bool) -> None:
        with self._changed:
            (self.away.add if away else self.away.discard)(region)
            self._changed.notify()

    def set_cut(self, *, cut: bool) -> None:
        with self._changed:
            self.is_cut = cut
            self._changed.notify()

    def deliver(self) -> float | None:
        """Do the next thing that is due.

        Returns:
            Seconds to wait before the next call; None if nothing can be delivered until something
            changes.
        """
        with self._changed:
            if not self._waiting or self.is_cut or self.away:
                return None
            wait = self._waiting[0][0] - self.clock()
            if wait > 0:
                return wait
            _, action = self._waiting.popleft()
        action()
        return 0

    def deliver_for_ever(self, report: Callable[[Exception], None]) -> None:
        """Run in a thread of its own."""
        while True:
            try:
                wait = self.deliver()
            except Exception as error:
                report(error)
                continue
            if wait != 0:
                with self._changed:
                    self._changed.wait(0.05 if wait is None else min(wait, 0.05))

    def flush(self) -> None:
        """Deliver all that waits, whatever the state of the link: the system stops."""
        while self._waiting:
            self._waiting.popleft()[1]()
