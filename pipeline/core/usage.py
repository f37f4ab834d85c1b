"""What each user sent on each day, and with which key: one item a day in the table of tasks.

A picture is counted with one write when it is accepted. The same write refuses a picture beyond the
daily limit of a key. The items lack the keys of the tasks' indexes, so no list shows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta, is_condition_failure

DAYS = 30
"""Days that `read_days` looks at, with today."""

RETENTION = timedelta(days=DAYS + 1)

_NAMES = ("photos", "size_bytes", "pixels")


class UsageDay(Model):
    """One day of one user, in UTC. Amounts of single keys are attributes with their ids."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="task_id")
    photos = NumberAttribute(null=True)
    size_bytes = NumberAttribute(null=True)
    pixels = NumberAttribute(null=True)
    expires_at = TTLAttribute(null=True)


_KEY = UsageDay.key.attr_name


@dataclass(frozen=True)
class Amounts:
    """What was sent."""

    photos: int = 0
    size_bytes: int = 0
    pixels: int = 0
    """Pixels, times the decoder's passes over them."""


@dataclass(frozen=True)
class DayOfUsage:
    """What one user sent on one day."""

    day: date
    amounts: Amounts = Amounts()
    by_key: Mapping[str, Amounts] = field(default_factory=dict)
    """By the id of the key. What was sent without a key is only in `amounts`."""


def count_usage(
    owner_id: str,
    amounts: Amounts,
    *,
    key_id: str | None = None,
    most_photos: int | None = None,
    day: date | None = None,
) -> bool:
    """Add what was sent to the counters of a day, by default of today.

    Args:
        most_photos: The most that the key may send in a day.

    Returns:
        False if the key has reached its daily limit. Then nothing is counted.
    """
    day = day or datetime.now(UTC).date()
    sent = NumberAttribute(attr_name=f"photos:{key_id}")
    try:
        _get_item(owner_id, day).update(
            actions=[
                *(
                    NumberAttribute(attr_name=name).add(amount)
                    for name, amount in _name_amounts(amounts, key_id)
                ),
                UsageDay.expires_at.set(_count_from(day) + RETENTION),
            ],
            condition=(
                None if most_photos is None else sent.does_not_exist() | (sent < most_photos)
            ),
        )
    except UpdateError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def read_days(owner_id: str) -> list[DayOfUsage]:
    """The last `DAYS` days of this user, oldest first. A day without pictures has zeros."""
    today = datetime.now(UTC).date()
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    keys = {_get_item(owner_id, day).key: day for day in days}
    stored = {keys[item[_KEY]["S"]]: item for item in _batch_get(list(keys))}
    return [_read_day(day, stored.get(day, {})) for day in days]


def _batch_get(keys: list[str]) -> Iterator[dict[str, Any]]:
    """Read items as DynamoDB has them. PynamoDB's models drop attributes that they do not name."""
    table = UsageDay._get_connection()
    wanted: Any = [{_KEY: key} for key in keys]  # PynamoDB declares them as texts
    while wanted:
        answer = table.batch_get_item(wanted)
        yield from answer["Responses"].get(table.table_name, [])
        left = answer.get("UnprocessedKeys", {}).get(table.table_name, {"Keys": []})["Keys"]
        wanted = [{_KEY: key[_KEY]["S"]} for key in left]


def forget_usage(owner_id: str) -> None:
    """Delete all counters of this user."""
    today = datetime.now(UTC).date()
    for back in range(RETENTION.days + 1):
        _get_item(owner_id, today - timedelta(days=back)).delete()


def count_seconds_left() -> int:
    """Whole seconds until the next day begins, in UTC."""
    now = datetime.now(UTC)
    return int((_count_from(now.date()) + timedelta(days=1) - now).total_seconds()) + 1


def _name_amounts(amounts: Amounts, key_id: str | None) -> list[tuple[str, int]]:
    suffixes = ("", f":{key_id}") if key_id else ("",)
    return [
        (name + suffix, getattr(amounts, name))
        for suffix in suffixes
        for name in _NAMES
        if getattr(amounts, name)
    ]


def _read_day(day: date, stored: dict[str, Any]) -> DayOfUsage:
    amounts: dict[str, dict[str, int]] = {}
    for attribute, value in stored.items():
        name, _, key_id = attribute.partition(":")
        if name in _NAMES:
            amounts.setdefault(key_id, {})[name] = int(value["N"])
    total = Amounts(**amounts.pop("", {}))
    return DayOfUsage(day, total, {key_id: Amounts(**each) for key_id, each in amounts.items()})


def _count_from(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def _get_item(owner_id: str, day: date) -> UsageDay:
    return UsageDay(f"usage:{day.isoformat()}:{owner_id}")
