"""Charges and counts what users and their API keys send, for the limits and `GET /usage`."""

from pipeline.core.keys.record import ApiKey
from pipeline.core.tasks.record import Task
from pipeline.core.usage import Amounts, count_seconds_left, count_usage
from pipeline.lambdas.limits import Cost, find_refusal
from pipeline.lambdas.problems import KeyLimitReachedError, TooManyRequestsError
from pipeline.lambdas.settings import ApiSettings


def admit(
    owner_id: str,
    settings: ApiSettings,
    cost: Cost,
    key: ApiKey | None,
    *,
    is_version: bool = False,
) -> TooManyRequestsError | None:
    """Charge and count a picture that is to be recognised: a new one, a retry, or a new version.

    A repeat with the same Idempotency-Key counts again, for the limits too.

    Args:
        key: What the request came with; None for a person.
        is_version: As for `find_refusal`.

    Returns:
        The error to answer with if the user or the key may not have it recognised now, or None.
    """
    refusal = find_refusal(owner_id, settings, cost, is_version=is_version)
    return refusal or _count(owner_id, cost, key)


def _count(owner_id: str, cost: Cost, key: ApiKey | None) -> KeyLimitReachedError | None:
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
