"""How often a secret may be guessed: five wrong tries, then the account waits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pynamodb.attributes import NumberAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from pipeline.core.dynamo import is_condition_failure
from portal.access.items import OperatorItem

LIMIT = 5
PERIOD = timedelta(minutes=15)
"""Counted from the first wrong try."""


@dataclass(frozen=True)
class Tries:
    """The tries of one secret of an operator, as two attributes of the record."""

    count: NumberAttribute
    since: UTCDateTimeAttribute

    def claim(self, item: OperatorItem) -> bool:
        """Count a try before its answer is known, so that tries at the same time count too.

        Returns:
            False if there were too many.
        """
        now = datetime.now(UTC)
        is_over = self.since.does_not_exist() | (self.since < now - PERIOD)
        return update_if(item, [self.count.set(1), self.since.set(now)], is_over) or update_if(
            item, [self.count.set(self.count + 1)], self.count < LIMIT
        )

    def forget(self) -> list[Action]:
        """What to change in the record after the right answer."""
        return [self.count.set(0), self.since.remove()]


PASSWORDS = Tries(OperatorItem.failed_count, OperatorItem.failed_at)
CODES = Tries(OperatorItem.code_failed_count, OperatorItem.code_failed_at)


def update_if(item: OperatorItem, actions: Sequence[Action], condition: Condition) -> bool:
    """Change the record if the condition holds.

    Returns:
        Whether it held.
    """
    try:
        item.update(actions=list(actions), condition=condition)
    except UpdateError as error:
        if not is_condition_failure(error):
            raise
        return False
    return True
