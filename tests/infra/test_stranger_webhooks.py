"""What a stranger can make of webhooks is at most what the table assumes."""

import math
from datetime import UTC, datetime
from uuid import uuid4

import pytest

from infra.cost import webhook
from pipeline.core.vocabulary import load_words
from pipeline.core.webhooks.addresses import MAX_URL_LENGTH
from pipeline.core.webhooks.deliveries import ANSWER_BYTES, WAITS, Attempt, Delivery
from pipeline.core.webhooks.messages import TaskNews, TaskSucceededMessage, WebhookLabel
from pipeline.core.webhooks.record import EventType
from pipeline.lambdas.delivering.work import PAGE
from pipeline.lambdas.upload_request import LABELS_LIMIT

LONGEST_NAME = 255 * 4
"""Bytes of a file name of 255 characters."""
LONGEST_REFERENCE = 128
NOW = datetime.now(UTC)


def build_largest() -> Delivery:
    names = sorted(load_words(), key=len)[-LABELS_LIMIT:]
    news = TaskNews(
        task_id=str(uuid4()),
        reference="x" * LONGEST_REFERENCE,
        file_name="x" * LONGEST_NAME,
        status="succeeded",
        labels=[WebhookLabel(name=name, confidence=99.123456) for name in names],
        error=None,
        created_at=NOW,
        finished_at=NOW,
    )
    message = TaskSucceededMessage(type=EventType.TASK_SUCCEEDED, timestamp=NOW, data=news)
    return Delivery(
        f"open#{uuid4()}",
        str(uuid4()),
        webhook_id=str(uuid4()),
        owner_id=str(uuid4()),
        event=str(EventType.TASK_SUCCEEDED),
        subject=str(uuid4()),
        url="x" * MAX_URL_LENGTH,
        body=message.model_dump_json(by_alias=True),
        attempts=[],
    )


def count_units(delivery: Delivery) -> int:
    """DynamoDB charges for each kilobyte of names and values."""
    stored = delivery.serialize()
    size = sum(len(name) + len(str(value)) for name, value in stored.items())
    return math.ceil(size / 1024)


def test_no_delivery_is_larger() -> None:
    delivery = build_largest()
    new = count_units(delivery)
    attempt = Attempt(at=NOW.isoformat(), milliseconds=1, status=500, answer="x" * ANSWER_BYTES)
    delivery.attempts = [attempt.__dict__]

    assert new <= webhook.LARGEST_BODY_UNITS
    assert count_units(delivery) - new <= webhook.LARGEST_ANSWER_UNITS


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        (1, len(WAITS) * 1),  # Each try of one event can fail
        (10_000_000, PAGE * webhook.DAY_SECONDS / WAITS[0]),  # The shortest wait fills all places
    ],
)
def test_failures_need_a_place_in_which_they_wait(events: int, expected: float) -> None:
    assert webhook.count_failures(events) == pytest.approx(expected)


def test_more_events_cost_more() -> None:
    assert webhook.calculate_stranger(2000).usd > webhook.calculate_stranger(1000).usd
