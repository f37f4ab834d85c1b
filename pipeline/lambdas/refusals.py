"""Counts refused uploads for operators, with a bounded number of writes."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field

from pynamodb.exceptions import PynamoDBException

from pipeline.core.tasks import refusals
from pipeline.lambdas.telemetry import logger

WINDOW_SECONDS = 60
WRITES = 5
"""For one user in one window and one process. Refusals beyond it are written in the next window, so
a flood of refused requests costs us a few writes a minute."""

MOST_OWNERS = 1000
"""Whose windows one process remembers."""


@dataclass
class _Window:
    since: float
    write_count: int = 0
    pending: Counter[str] = field(default_factory=Counter)


_windows: dict[str, _Window] = {}


def note(owner_id: str, code: str) -> None:
    """Count one refusal. Never raises: the answer to the caller does not depend on it."""
    now = time.monotonic()
    window = _find_window(owner_id, now)
    window.pending[code] += 1
    if window.write_count >= WRITES:
        return
    window.write_count += 1
    counts, window.pending = window.pending, Counter()
    try:
        refusals.add(owner_id, counts, code)
    except PynamoDBException:
        logger.warning("Refusal not counted", code=code, exc_info=True)


def _find_window(owner_id: str, now: float) -> _Window:
    window = _windows.get(owner_id)
    if window is None:
        if len(_windows) >= MOST_OWNERS:
            _windows.pop(next(iter(_windows)))
        window = _windows[owner_id] = _Window(now)
    elif now - window.since >= WINDOW_SECONDS:
        window.since, window.write_count = now, 0
    return window
