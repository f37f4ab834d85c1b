"""The budget for Amazon Rekognition: one item for each day in the table of tasks.

A worker reserves the price of its calls before it makes them, with one conditional write. So
workers that ask at the same time cannot spend more than the budget. It gives back what was not
charged. The items lack the keys of the tasks' indexes, so no list shows them.

All sums are whole micro-dollars, because sums of fractions of a dollar would not be exact.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from pynamodb.attributes import NumberAttribute, TTLAttribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.models import Model

from pipeline.core.controls import Controls
from pipeline.core.dynamo import BaseMeta, is_condition_failure

MICRO = 1_000_000
"""Micro-dollars in a US dollar."""

BUDGET = "rekognition_usd_a_day"
"""Name of the decision of operators. 0 stops all calls within ten seconds."""

KEPT = timedelta(days=90)
"""How long the sum of a day is kept."""


class Charge(StrEnum):
    """What Amazon Rekognition charges for, once for each picture."""

    LABELS = "labels"
    PROPERTIES = "properties"
    TEXT = "text"
    MODERATION = "moderation"


PRICES = {Charge.LABELS: 1000, Charge.PROPERTIES: 750, Charge.TEXT: 1000, Charge.MODERATION: 1000}
"""Micro-dollars for one picture in us-east-1, for the first million of a month.
https://aws.amazon.com/rekognition/pricing/"""


def add_prices(charges: Iterable[Charge]) -> int:
    """What these calls cost for one picture, in micro-dollars."""
    return sum(PRICES[charge] for charge in charges)


class Spending(Model):
    """What was spent on one day, in UTC."""

    class Meta(BaseMeta): ...

    key = UnicodeAttribute(hash_key=True, attr_name="task_id")
    spent = NumberAttribute(default=0)
    """Micro-dollars, with what is reserved for calls that run now."""
    pictures = NumberAttribute(default=0)
    refused = NumberAttribute(default=0)
    """Pictures that our own networks answered because the budget was spent."""
    expires_at = TTLAttribute(null=True)


@dataclass(frozen=True)
class Day:
    """One day as operators see it."""

    day: date
    spent_usd: float
    pictures: int
    refused: int


def choose_budget(controls: Controls, most_usd: float) -> int:
    """The budget of a day in micro-dollars: what operators set, at most what Terraform allows."""
    decision = controls.find(BUDGET)
    usd = most_usd
    if decision is not None and decision.value is not None:
        usd = min(float(decision.value), most_usd)
    return round(usd * MICRO)


def reserve(price: int, budget: int) -> bool:
    """Take `price` from today's budget.

    Returns:
        False if less is left. Then the picture is counted as refused.
    """
    # The condition compares with what was spent before: DynamoDB conditions cannot add.
    is_left = Spending.spent.does_not_exist() | (Spending.spent <= budget - price)
    if price <= budget:
        try:
            _today().update(
                actions=[
                    Spending.spent.add(price),
                    Spending.pictures.add(1),
                    Spending.expires_at.set(datetime.now(UTC) + KEPT),
                ],
                condition=is_left,
            )
        except UpdateError as error:
            if not is_condition_failure(error):
                raise
        else:
            return True
    _today().update(
        actions=[
            Spending.refused.add(1),
            Spending.expires_at.set(datetime.now(UTC) + KEPT),
        ]
    )
    return False


def give_back(price: int) -> None:
    """Return what was reserved and not charged. Shortly after midnight it goes to the new day."""
    _today().update(actions=[Spending.spent.add(-price)])


def read_day(day: date) -> Day:
    """What was spent on this day."""
    try:
        found = Spending.get(_build_key(day), consistent_read=True)
    except Spending.DoesNotExist:
        return Day(day, 0.0, 0, 0)
    spent = float(found.spent or 0) / MICRO
    return Day(day, spent, int(found.pictures or 0), int(found.refused or 0))


def _today() -> Spending:
    return Spending(_build_key(datetime.now(UTC).date()))


def _build_key(day: date) -> str:
    return f"rekognition:{day.isoformat()}"
