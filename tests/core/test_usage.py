"""What each user sent is counted by day and by key."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.usage import DAYS, Amounts, count_usage, forget_usage, read_days
from tests.examples import OTHER_OWNER_ID, OWNER_ID

pytestmark = pytest.mark.usefixtures("aws")

ONE = Amounts(photos=1, size_bytes=1000, pixels=5)


def test_every_day_is_there_and_empty_at_first() -> None:
    days = read_days(OWNER_ID)

    assert len(days) == DAYS
    assert days[-1].day == datetime.now(UTC).date()
    assert days[0].day == days[-1].day - timedelta(days=DAYS - 1)
    assert all(day.amounts == Amounts() and not day.by_key for day in days)


def test_what_is_sent_adds_up_by_key() -> None:
    count_usage(OWNER_ID, ONE)
    count_usage(OWNER_ID, ONE, key_id="a")
    count_usage(OWNER_ID, Amounts(pixels=7), key_id="a")
    count_usage(OTHER_OWNER_ID, ONE)

    today = read_days(OWNER_ID)[-1]

    assert today.amounts == Amounts(photos=2, size_bytes=2000, pixels=17)
    assert today.by_key == {"a": Amounts(photos=1, size_bytes=1000, pixels=12)}


def test_a_day_of_the_past_can_be_counted() -> None:
    day = datetime.now(UTC).date() - timedelta(days=2)

    count_usage(OWNER_ID, ONE, day=day)

    [found] = [each for each in read_days(OWNER_ID) if each.amounts.photos]
    assert found.day == day


def test_a_key_stops_at_its_daily_limit() -> None:
    answers = [count_usage(OWNER_ID, ONE, key_id="a", most_photos=2) for _ in range(3)]

    assert answers == [True, True, False]
    assert read_days(OWNER_ID)[-1].amounts.photos == 2
    assert count_usage(OWNER_ID, ONE, key_id="b", most_photos=2)
    assert count_usage(OWNER_ID, ONE)


def test_the_counters_can_be_forgotten() -> None:
    count_usage(OWNER_ID, ONE)

    forget_usage(OWNER_ID)

    assert read_days(OWNER_ID)[-1].amounts == Amounts()
