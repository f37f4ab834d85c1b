"""Answers of AWS that all operators share, so that ten open pages ask once and not ten times.

CloudWatch charges for each metric that a call asks for. The portal runs in several processes, so
the answers are in a table.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError
from pynamodb.attributes import TTLAttribute, UnicodeAttribute, UTCDateTimeAttribute
from pynamodb.exceptions import PynamoDBException, UpdateError
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta, is_condition_failure

T = TypeVar("T")
logger = logging.getLogger(__name__)

ASKING = timedelta(seconds=15)
"""So long only one process asks for the same answer; the others show the one before."""

KEPT = timedelta(days=1)


class AnswerItem(Model):
    """The last answer to one question."""

    class Meta(BaseMeta): ...

    question = UnicodeAttribute(hash_key=True)
    value = UnicodeAttribute(null=True)
    """JSON."""
    read_at = UTCDateTimeAttribute(null=True)
    asked_until = UTCDateTimeAttribute(null=True)
    """Until then one process is asking."""
    expires_at = TTLAttribute(null=True)


def share(question: str, period: timedelta, ask: Callable[[], T], kind: TypeAdapter[T]) -> T:
    """The answer of the last `period`; if there is none, ask and keep what comes.

    Without the table the question is asked each time: a page is never worse for the saving.
    """
    known = _find(question)
    answer = _decode(known, kind)
    now = datetime.now(UTC)
    if known and answer is not None:
        is_new = known.read_at is not None and now - known.read_at < period
        if is_new or not _claim(question, now):
            return answer
    fresh = ask()
    _keep(question, kind.dump_json(fresh).decode(), now)
    return fresh


def _find(question: str) -> AnswerItem | None:
    try:
        return AnswerItem.get(question)
    except AnswerItem.DoesNotExist:
        return None
    except PynamoDBException:
        logger.warning("The kept answers cannot be read", exc_info=True)
        return None


def _decode(known: AnswerItem | None, kind: TypeAdapter[T]) -> T | None:
    """None also for an answer that an older version of the portal kept."""
    if known is None or not known.value:
        return None
    try:
        return kind.validate_json(known.value)
    except ValidationError:
        return None


def _claim(question: str, now: datetime) -> bool:
    """Whether this process is the one that asks now."""
    field = AnswerItem.asked_until
    try:
        AnswerItem(question).update(
            actions=[field.set(now + ASKING)], condition=field.does_not_exist() | (field < now)
        )
    except UpdateError as error:
        return not is_condition_failure(error)
    return True


def _keep(question: str, value: str, now: datetime) -> None:
    try:
        AnswerItem(question).update(
            actions=[
                AnswerItem.value.set(value),
                AnswerItem.read_at.set(now),
                AnswerItem.asked_until.remove(),
                AnswerItem.expires_at.set(now + KEPT),
            ]
        )
    except PynamoDBException:
        logger.warning("An answer cannot be kept", exc_info=True)
