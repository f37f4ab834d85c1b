"""Counts what users and their API keys send, for `GET /usage` and the daily limits of keys."""

from pipeline.core.keys.record import ApiKey
from pipeline.core.tasks.record import Task
from pipeline.core.usage import Amounts, count_seconds_left, count_usage
from pipeline.lambdas.limits import Cost
from pipeline.lambdas.problems import KeyLimitReachedError


def count_upload(owner_id: str, cost: Cost, key: ApiKey | None) -> KeyLimitReachedError | None:
    """Count an upload that no limit of the user refuses.

    A repeat with the same Idempotency-Key counts again, as it does for the limits of the user.

    Returns:
        The error to answer with if the key has reached its daily limit, or None.
    """
    amounts = Amounts(photos=1, size_bytes=cost.size_bytes, pixels=cost.work_pixels)
    limit = key.daily_limit if key else None
    if count_usage(owner_id, amounts, key_id=key.key_id if key else None, most_photos=limit):
        return None
    return KeyLimitReachedError(count_seconds_left())


def count_pixels(task: Task, cost: Cost) -> None:
    """Count the pixels of a picture that came by form, on the day when the form was asked for."""
    count_usage(
        task.owner_id,
        Amounts(pixels=cost.work_pixels),
        key_id=task.api_key_id,
        day=task.created_at.date(),
    )
