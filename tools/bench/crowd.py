"""Simulates users who never pause and users who send one picture every ten seconds."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from spotter_client import SpotterError

PERIOD_SECONDS = 10.0

Use = Callable[[Path], None]
"""Send one picture and return when the user sees its labels."""


@dataclass(frozen=True)
class Crowd:
    """Results of the users."""

    seconds: list[float]  # One for each picture
    ended_at: list[float]  # One for each picture, in seconds since 1970
    per_second: float
    errors: int

    def get_percentiles(self, *percents: float) -> list[float]:
        return [float(value) for value in np.percentile(self.seconds, percents)]


def press(use: Use, photos: list[Path], *, users: int, seconds: float) -> Crowd:
    """Each user sends the next picture when the last result is visible."""
    end = time.monotonic() + seconds
    return _run(use, photos, [[end]] * users, until=end)


def pace(use: Use, photos: list[Path], *, users: int, seconds: float, seed: int = 1) -> Crowd:
    """Each user sends one picture every ten seconds, each at another moment."""
    chance, start = random.Random(seed), time.monotonic()
    moments = []
    for _ in range(users):
        first = start + chance.uniform(0, PERIOD_SECONDS)
        count = max(1, int(seconds // PERIOD_SECONDS))
        moments.append([first + number * PERIOD_SECONDS for number in range(count)])
    return _run(use, photos, moments, until=None)


def _run(use: Use, photos: list[Path], moments: list[list[float]], until: float | None) -> Crowd:
    taken, lock = itertools.cycle(photos), threading.Lock()
    done: list[tuple[float, float]] = []
    errors: list[Exception] = []

    def be_user(times: list[float]) -> None:
        for moment in itertools.repeat(0.0) if until else times:
            if until and time.monotonic() > until:
                return
            time.sleep(max(0.0, moment - time.monotonic()))
            with lock:
                photo = next(taken)
            started = time.perf_counter()
            try:
                use(photo)
                done.append((time.perf_counter() - started, time.time()))
            except SpotterError as error:
                errors.append(error)

    began = time.perf_counter()
    with ThreadPoolExecutor(len(moments)) as pool:
        list(pool.map(be_user, moments))
    return Crowd(
        seconds=[seconds for seconds, _ in done],
        ended_at=[moment for _, moment in done],
        per_second=len(done) / (time.perf_counter() - began),
        errors=len(errors),
    )
