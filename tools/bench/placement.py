"""Assigns cores to processes, so that the local AWS does not use the worker's cores.

On AWS the queue, the bucket and the table run on other machines. Only Linux can pin processes.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psutil


@dataclass(frozen=True)
class Placement:
    """The cores of the measured process, and of everything else."""

    ours: list[int]
    theirs: list[int]
    is_pinned: bool


def choose_placement() -> Placement:
    """Half of the cores each, if the system can pin and has at least two cores."""
    if hasattr(os, "sched_getaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        if len(cores) > 1:
            half = len(cores) // 2
            return Placement(cores[:half], cores[half:], is_pinned=True)
    everything = list(range(os.cpu_count() or 1))
    return Placement(everything, everything, is_pinned=False)


@contextmanager
def pinned(cores: list[int], placement: Placement) -> Iterator[None]:
    """Start new processes and threads of this thread on `cores` inside the block."""
    if not placement.is_pinned:
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


@contextmanager
def measured(placement: Placement, others: psutil.Process) -> Iterator[None]:
    """Start new processes of this thread on our cores inside the block; `others` use theirs."""
    if not placement.is_pinned:
        yield
        return
    before = os.sched_getaffinity(0)
    _pin(others, placement.theirs)
    try:
        with pinned(placement.ours, placement):
            yield
    finally:
        _pin(others, before)


def _pin(process: psutil.Process, cores: list[int] | set[int]) -> None:
    for member in (process, *process.children(recursive=True)):
        # The kernel pins threads. Existing threads do not follow their process.
        for thread in member.threads():
            os.sched_setaffinity(thread.id, cores)
