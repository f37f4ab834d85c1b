"""The slots: threads that each work on one message at a time."""

import threading
from collections.abc import Callable
from queue import SimpleQueue

from pipeline.core.queue import Delivery


class Slots:
    """A fixed number of threads and the deliveries that wait for one of them.

    A delivery is unfinished from `submit` until its thread is done with it.
    """

    def __init__(
        self, process: Callable[[Delivery], None], count: int, stopping: threading.Event
    ) -> None:
        """Prepare the threads.

        Args:
            process: Called with each delivery. Must not raise.
            count: Number of threads.
            stopping: Once it is set, no further delivery is started.
        """
        self.processed = 0
        self._process = process
        self._stopping = stopping
        self._threads = [
            threading.Thread(target=self._serve, name=f"slot-{number}", daemon=True)
            for number in range(count)
        ]
        self._waiting: SimpleQueue[Delivery | None] = SimpleQueue()
        # Guards the next two and announces changes of the first.
        self._change = threading.Condition()
        self._unfinished: set[Delivery] = set()
        self._awaited = 0

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
        with self._change:
            self._unfinished.add(delivery)
        self._waiting.put(delivery)

    def abandon(self, delivery: Delivery) -> None:
        """Stop waiting for a delivery whose thread hangs."""
        with self._change:
            self._unfinished.discard(delivery)
            self._change.notify_all()

    def wait_for_unfinished(self, at_most: int, seconds: float) -> bool:
        """Wait up to `seconds` until at most this many deliveries are unfinished.

        Only one thread may wait at a time.

        Returns:
            Whether that is so.
        """
        with self._change:
            self._awaited = at_most
            return self._change.wait_for(lambda: len(self._unfinished) <= at_most, seconds)

    def close(self) -> None:
        """End the threads that are idle."""
        for _ in self._threads:
            self._waiting.put(None)

    def _serve(self) -> None:
        """Process one delivery after the other."""
        for delivery in iter(self._waiting.get, None):
            # A delivery that still waits at a stop stays in flight and is given back.
            is_processed = not self._stopping.is_set()
            if is_processed:
                self._process(delivery)
            with self._change:
                self._unfinished.discard(delivery)
                self.processed += is_processed
                # Waking the poller costs time between two pictures: only when it can go on.
                if len(self._unfinished) <= self._awaited:
                    self._change.notify_all()
