"""Gives cores to waiting threads, so that one user's pictures do not keep another's waiting."""

import threading
from collections import Counter
from queue import SimpleQueue
from typing import NamedTuple


class _Waiting(NamedTuple):
    owner_id: str
    yields: bool


class Turns:
    """A number of cores, each taken by one thread at a time. Safe to share between threads.

    A free core goes to the owner who has the fewest, and among those to the one who has waited
    longest for a turn. A worker holds many downloaded pictures, so first come, first served would
    let one picture wait behind all pictures of a user who sends many.

    A thread that yields gets a core only if no other thread waits for one.
    """

    def __init__(self, count: int) -> None:
        self._lock = threading.Lock()
        self._idle = count
        self._running: Counter[str] = Counter()
        self._waiting: dict[SimpleQueue[None], _Waiting] = {}  # In the order of their arrival
        self._turn = 0
        self._last_turns: dict[str, int] = {}  # Only of owners who run or wait

    def take(self, owner_id: str, *, yields: bool = False) -> None:
        """Wait for a core."""
        with self._lock:
            if self._idle:  # Then nobody waits
                self._idle -= 1
                self._start(owner_id)
                return
            mine: SimpleQueue[None] = SimpleQueue()
            self._waiting[mine] = _Waiting(owner_id, yields)
        mine.get()

    def give_back(self, owner_id: str) -> None:
        """Give the core to the next thread."""
        with self._lock:
            self._running[owner_id] -= 1
            following = min(self._waiting, key=self._rank, default=None)
            if following is None:
                self._idle += 1
            else:
                self._start(self._waiting.pop(following).owner_id)
                following.put(None)
            if not self._running[owner_id]:
                del self._running[owner_id]
                if all(one.owner_id != owner_id for one in self._waiting.values()):
                    del self._last_turns[owner_id]

    def _start(self, owner_id: str) -> None:
        self._turn += 1
        self._running[owner_id] += 1
        self._last_turns[owner_id] = self._turn

    def _rank(self, waiting: SimpleQueue[None]) -> tuple[bool, int, int]:
        owner_id, yields = self._waiting[waiting]
        return yields, self._running[owner_id], self._last_turns.get(owner_id, 0)
