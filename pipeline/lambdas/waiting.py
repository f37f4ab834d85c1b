"""Waits for the end of a task within a request, so that its caller need not ask again.

The function reads the record now and then. That costs its time and small reads, and only where a
caller asks for it: docs/cost.md has the price.
"""

import re
import time
from datetime import UTC, datetime

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.errors import TaskNotFoundError
from pipeline.core.tasks.record import OPEN_STATUSES, Task, find_task
from pipeline.lambdas.limits import Limit, TokenBucket, charge
from pipeline.lambdas.problems import TooManyRequestsError

MAX_WAIT_SECONDS = 20
"""API Gateway answers after 29 s in any case."""

POLL_SECONDS = 1
"""How long a caller should wait before asking again for an unfinished task."""

LEAST_PAUSE_SECONDS = 0.1
PAUSE_SHARE = 0.15
"""Pause before the next look at the record, as a share of the time that has passed. So a caller
learns of the end late by at most this share, and 20 s take about 30 looks."""

SPARE_SECONDS = 3
"""What a function needs for its answer before Lambda stops it."""

WAIT_LIMIT = Limit("waits", burst=120, per_second=2, error=TooManyRequestsError)
"""Seconds that requests of one user wait for results. Each takes a process of a function. Beyond
the limit a request does not wait: nobody is refused."""

_WAIT = re.compile(r"(?:^|[,;\s])wait\s*=\s*\"?(\d{1,6})\b", re.IGNORECASE)


def read_preference(prefer: str | None) -> int:
    """Seconds that a caller prefers to wait, by the header Prefer (RFC 7240); 0 without a wish.

    A preference may be ignored, so what is not understood counts as none.
    """
    found = _WAIT.search(prefer or "")
    return min(int(found[1]), MAX_WAIT_SECONDS) if found else 0


def wait_for_end(task: Task, seconds: float, context: LambdaContext) -> Task:
    """Wait for the end of a task, no longer than its owner's requests may.

    Args:
        task: As read or saved just now.
        seconds: The longest that the caller wants to wait.
        context: Says how long the function may still run.

    Returns:
        The task as read last. It is not finished if the time was too short, or if the owner's
        requests wait too much already.

    Raises:
        TaskNotFoundError: It was deleted meanwhile.
    """
    if task.status not in OPEN_STATUSES:
        return task
    seconds = min(seconds, context.get_remaining_time_in_millis() / 1000 - SPARE_SECONDS)
    if seconds <= 0 or not take_seconds(task.owner_id, seconds):
        return task
    begun = time.monotonic()
    try:
        return _look_until(task, begun, seconds)
    finally:
        give_back_seconds(task.owner_id, seconds - (time.monotonic() - begun))


def count_looks(seconds: float) -> int:
    """How often the record is read in so many seconds."""
    count, passed = 0, 0.0
    while passed < seconds:
        count, passed = count + 1, passed + _choose_pause(passed)
    return count


def _choose_pause(passed: float) -> float:
    return max(LEAST_PAUSE_SECONDS, PAUSE_SHARE * passed)


def take_seconds(owner_id: str, seconds: float) -> bool:
    """Charge seconds of waiting for a result.

    Returns:
        False if this user's requests wait as long as they may.
    """
    return charge(owner_id, WAIT_LIMIT, seconds, datetime.now(UTC)) is None


def give_back_seconds(owner_id: str, seconds: float) -> None:
    """Give back what a request did not wait of the seconds that `take_seconds` charged."""
    if seconds > 0:
        bucket = TokenBucket(f"{WAIT_LIMIT.name}:{owner_id}")
        bucket.owe(WAIT_LIMIT, -seconds, datetime.now(UTC))


def _look_until(task: Task, begun: float, seconds: float) -> Task:
    while (passed := time.monotonic() - begun) < seconds:
        time.sleep(min(_choose_pause(passed), seconds - passed))
        task = _look(task.task_id)
        if task.status not in OPEN_STATUSES:
            break
    return task


def _look(task_id: str) -> Task:
    try:
        # Half of the price of a consistent read. A result is never seen in part.
        return Task.get(task_id)
    except Task.DoesNotExist:
        # It was deleted, or saved so short a time ago that this read did not see it yet.
        task = find_task(task_id)
    if task is None:
        raise TaskNotFoundError
    return task
