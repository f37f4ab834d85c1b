"""A process that remembers a token bucket charges it with one write instead of two."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.lambdas import known_buckets
from pipeline.lambdas.limits import TokenBucket, build_window
from pipeline.lambdas.problems import DailyBytesReachedError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BYTES = build_window("bytes", 1000, DAY, DailyBytesReachedError)


@pytest.fixture
def writes(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each write of a bucket succeeded."""
    write, results = TokenBucket._write, list[bool]()

    def note(*write_of: Any) -> bool:
        results.append(write(*write_of))
        return results[-1]

    monkeypatch.setattr(TokenBucket, "_write", note)
    return results


def test_who_sends_several_pictures_in_a_row_costs_one_write_for_each_limit(
    writes: list[bool],
) -> None:
    for _ in range(3):
        assert TokenBucket("bytes:me").take(BYTES, 10, NOW)

    assert writes == [True, True, True]


def test_who_comes_again_after_a_pause_costs_one_write(writes: list[bool]) -> None:
    for days in (0, 1, 2):
        assert TokenBucket("bytes:me").take(BYTES, 10, NOW + days * DAY)

    assert writes == [True, True, True]


def test_who_was_served_by_another_process_costs_one_more_write(
    writes: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert TokenBucket("bytes:me").take(BYTES, 10, NOW)
    monkeypatch.setattr(known_buckets, "_full_at", {})

    assert TokenBucket("bytes:me").take(BYTES, 10, NOW)

    assert writes == [True, False, True]


def test_a_bucket_that_was_deleted_meanwhile_is_full(writes: list[bool]) -> None:
    bucket = TokenBucket("bytes:me")
    assert bucket.take(BYTES, 500, NOW)
    bucket.delete()

    assert TokenBucket("bytes:me").take(BYTES, 500, NOW)

    assert writes == [True, False, True]


def test_a_known_bucket_that_has_too_few_tokens_refuses_after_two_writes(
    writes: list[bool],
) -> None:
    assert TokenBucket("bytes:me").take(BYTES, 500, NOW)

    assert not TokenBucket("bytes:me").take(BYTES, 10, NOW)

    assert writes == [True, False, False]


def test_a_process_remembers_a_bounded_number_of_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_buckets, "MOST", 2)
    for number in range(5):
        known_buckets.remember(f"bytes:{number}", NOW.timestamp() + 60)

    assert len(known_buckets._full_at) <= 2
    assert known_buckets.is_in_use("bytes:4", NOW.timestamp())
