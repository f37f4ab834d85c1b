"""The slots: threads that each work on one message at a time, shared fairly between owners."""

import threading
from collections import Counter
from collections.abc import Callable

from pipeline.core.queue import Delivery

PARKED_LIMIT = 100
"""Deliveries that may wait because their owner has no slot left: as many tasks as one user may have
unfinished. Then the worker receives no more, because others of the fleet may have room."""


class Slots:
    """A fixed number of threads and the deliveries that wait for one of them.

    A delivery is unfinished from `submit` until its thread is done with it. A free thread takes a
    delivery of the owner who has the fewest slots. No owner has more than `share` slots, so the
    others find one free. Deliveries beyond an owner's share are parked: they do not count when the
    poller asks for room, so it goes on receiving those of other owners.
    """

    def __init__(
        self,
        process: Callable[[Delivery], None],
        count: int,
        stopping: threading.Event,
        *,
        share: int | None = None,
    ) -> None:
        """Prepare the threads.

        Args:
            process: Called with each delivery. Must not raise.
            count: Number of threads.
            stopping: Once it is set, no further delivery is started.
            share: The most threads that work for one owner; by default all.
        """
        self.processed = 0
        self._process = process
        self._stopping = stopping
        self._share = count if share is None else share
        self._threads = [
            threading.Thread(target=self._serve, name=f"slot-{number}", daemon=True)
            for number in range(count)
        ]
        # Guards all that follows.
        self._lock = threading.Lock()
        self._work = threading.Condition(self._lock)
        self._change = threading.Condition(self._lock)
        self._waiting: dict[Delivery, None] = {}  # In the order of their arrival
        self._running: Counter[str] = Counter()
        self._unfinished: dict[Delivery, None] = {}
        self._is_closed = False
        self._is_awaited: Callable[[], bool] = lambda: False

    def __len__(self) -> int:
        return len(self._threads)

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def submit(self, delivery: Delivery) -> None:
        """Give a delivery to the next free thread. After a stop this does nothing."""
        if self._stopping.is_set():
            return
        with self._lock:
            self._unfinished[delivery] = None
            self._waiting[delivery] = None
            self._work.notify()

    def abandon(self, delivery: Delivery) -> None:
        """Stop waiting for a delivery whose thread hangs."""
        with self._lock:
            self._unfinished.pop(delivery, None)
            self._change.notify_all()

    def wait_for_room(self, seconds: float) -> bool:
        """Wait up to `seconds` until there is at most one delivery for each slot, parked ones left
        out, and not too many are parked.

        Only one thread may wait at a time.

        Returns:
            Whether that is so.
        """
        return self._wait(self._has_room, seconds)

    def wait_for_all(self, seconds: float) -> bool:
        """Wait up to `seconds` until no delivery is unfinished.

        Only one thread may wait at a time.

        Returns:
            Whether that is so.
        """
        return self._wait(lambda: not self._unfinished, seconds)

    def close(self) -> None:
        """End the threads that are idle."""
        with self._lock:
            self._is_closed = True
            self._work.notify_all()

    def _wait(self, condition: Callable[[], bool], seconds: float) -> bool:
        with self._lock:
            self._is_awaited = condition
            return self._change.wait_for(condition, seconds)

    def _has_room(self) -> bool:
        parked = 0
        if self._share < len(self):
            owners = Counter(delivery.owner_id for delivery in self._unfinished)
            parked = sum(max(0, count - self._share) for count in owners.values())
        return len(self._unfinished) - parked <= len(self) and parked <= PARKED_LIMIT

    def _serve(self) -> None:
        """Process one delivery after the other."""
        while delivery := self._take():
            # A delivery that still waits at a stop stays in flight and is given back.
            is_processed = not self._stopping.is_set()
            if is_processed:
                self._process(delivery)
            with self._lock:
                self._running[delivery.owner_id] -= 1
                self._unfinished.pop(delivery, None)
                self.processed += is_processed
                # Waking the poller costs time between two pictures: only when it can go on.
                if self._is_awaited():
                    self._change.notify_all()

    def _take(self) -> Delivery | None:
        """Wait for a delivery that may start; None after `close`."""
        with self._lock:
            while True:
                if delivery := self._find_next():
                    del self._waiting[delivery]
                    self._running[delivery.owner_id] += 1
                    return delivery
                if self._is_closed:
                    return None
                self._work.wait()

    def _find_next(self) -> Delivery | None:
        """The oldest delivery of the owner with the fewest slots, if that owner may have more."""
        running = self._running
        best = min(self._waiting, key=lambda it: running[it.owner_id], default=None)
        return best if best and running[best.owner_id] < self._share else None
