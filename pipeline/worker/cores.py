"""Limits recognition to one picture for each core."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from pipeline.core.images import ImageHeader, read_header
from pipeline.core.options import Detail, Options
from pipeline.core.queue import Delivery
from pipeline.worker.deadline import Deadline
from pipeline.worker.metrics import Metrics
from pipeline.worker.turns import Turns
from pipeline.worker.vision.recognizer import Recognition, Recognize

COSTLY_PIXELS = 60_000_000
"""Pixels times passes, and those of the options, from which a picture is costly: progressive and
interlaced ones, and text. One keeps a core for seconds."""


FRAMES_SECONDS = 10.0
"""After a frame no photo looks closer for so long: it would make the frames of a camera too old."""


class Cores:
    """Recognises at most one picture for each core at the same time.

    Costly pictures leave one core to ordinary ones, if there are several. Users take turns.

    There are more slots than cores, so that a core finds a downloaded picture while other slots
    wait for AWS. Here the slots wait for a core. Safe to share between threads.
    """

    def __init__(
        self,
        recognize: Recognize,
        count: int,
        metrics: Metrics,
        deadline: Deadline[Delivery],
        *,
        photos_first: bool = True,
        has_time: Callable[[], bool] = lambda: False,
    ) -> None:
        """Take what it needs.

        Args:
            recognize: Recognises one picture.
            count: Number of cores.
            metrics: Count the time that cores work.
            deadline: Measures the time of each picture.
            photos_first: Whether frames of cameras wait until no photo waits for a core.
            has_time: Whether no other photo is in hand, so that the detector may look closer
                where nobody chose. It does not while a camera sends frames.
        """
        self.count = count
        self.photo_seconds = 0.0
        """Seconds that cores have spent on photos since the start, all together."""
        self._has_time = has_time
        self._frame_at = float("-inf")
        self._recognize = recognize
        self._photos_first = photos_first
        self._turns = Turns(count)
        self._costly_turns = Turns(max(1, count - 1))
        self._metrics = metrics
        self._lock = threading.Lock()
        self._deadline = deadline

    def recognize(self, delivery: Delivery, data: bytes, options: Options) -> Recognition:
        """Wait for a core and recognise the picture of a delivery.

        Raises:
            PermanentError: One of those of `read_header`, before it waits, or of `Recognize`.
        """
        header = read_header(data)
        if header.work_pixels + options.extra_pixels <= COSTLY_PIXELS:
            return self._recognize_now(delivery, data, header, options)
        self._costly_turns.take(delivery.owner_id)
        try:
            return self._recognize_now(delivery, data, header, options)
        finally:
            self._costly_turns.give_back(delivery.owner_id)

    def _choose_detail(self, options: Options) -> Options:
        """Look closer if there is time. The caller pays for what was asked."""
        has_frames = time.monotonic() - self._frame_at < FRAMES_SECONDS
        if options.detail is None and self._has_time() and not has_frames:
            return replace(options, detail=Detail.FINE)
        return options

    @contextmanager
    def lend(self, owner_id: str) -> Iterator[Recognize]:
        """Wait for a core for a frame of this user, and keep it during the block."""
        self._frame_at = time.monotonic()
        self._turns.take(owner_id, yields=self._photos_first)
        started = time.perf_counter()
        try:
            yield self._recognize
        finally:
            self._turns.give_back(owner_id)
            self._metrics.add_busy(time.perf_counter() - started)

    def _recognize_now(
        self, delivery: Delivery, data: bytes, header: ImageHeader, options: Options
    ) -> Recognition:
        self._turns.take(delivery.owner_id)
        options = self._choose_detail(options)
        started = time.perf_counter()
        self._deadline.start(delivery)
        try:
            return self._recognize(data, header, options)
        finally:
            self._deadline.stop(delivery)
            self._turns.give_back(delivery.owner_id)
            seconds = time.perf_counter() - started
            self._metrics.add_busy(seconds)
            with self._lock:
                self.photo_seconds += seconds
