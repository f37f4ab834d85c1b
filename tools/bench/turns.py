"""Runs a program and the bare loop in turns on the same cores.

The speed of a shared machine changes by a third within seconds. In turns of 1 s both programs get
the same share of the fast and slow moments, so their ratio is stable.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import psutil

from tools.bench.bare import BareLoop

Turn = tuple[float, float]
"""Start and end, in seconds since 1970."""


def take_turns(
    processes: Sequence[psutil.Process],
    bare: BareLoop,
    seconds: float,
    is_over: Callable[[], bool],
) -> list[Turn]:
    """Let running processes and the bare loop run in turns, the bare loop first and last.

    Args:
        seconds: Length of each turn.
        is_over: Called after each turn, while neither program runs.

    Returns:
        The turns of the processes.
    """
    turns: list[Turn] = []
    while True:
        with paused(processes):
            bare.run(seconds)
            if is_over():
                return turns
        began = time.time()
        time.sleep(seconds)
        turns.append((began, time.time()))


@contextmanager
def paused(processes: Sequence[psutil.Process]) -> Iterator[None]:
    """Suspend processes during the block."""
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


def count_rate(moments: Sequence[float], turns: Sequence[Turn]) -> float:
    """Moments a second during the turns, up to the last moment."""
    last = max(moments)
    seconds = sum(max(0.0, min(end, last) - begin) for begin, end in turns)
    inside = sum(any(begin <= moment <= end for begin, end in turns) for moment in moments)
    return inside / seconds
