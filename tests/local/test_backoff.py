"""Callers that are refused together do not come back together."""

import random

import pytest

from infra.local.demo.backoff import Backoff

CALLERS = 200


def test_pauses_are_spread_over_the_whole_time_up_to_a_bound_that_doubles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pauses = [Backoff(4, 60).next() for _ in range(CALLERS)]
    monkeypatch.setattr(random, "uniform", lambda least, most: most)
    slowest = Backoff(1, 8)

    assert min(pauses) < 1
    assert max(pauses) > 3
    assert [slowest.next() for _ in range(5)] == [1, 2, 4, 8, 8]


def test_a_pause_is_never_shorter_than_the_service_asked() -> None:
    pauses = [Backoff(1, 8).next({"Retry-After": "5"}) for _ in range(CALLERS)]

    assert min(pauses) >= 5
    assert max(pauses) <= 6
    assert len(set(pauses)) > CALLERS / 2
