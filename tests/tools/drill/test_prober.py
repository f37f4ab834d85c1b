"""What a caller of the front sees while a region is away."""

import pytest

from tools.drill.prober import Answer, Prober

FIRST, SECOND = "us-east-1", "eu-west-1"


@pytest.fixture
def prober() -> Prober:
    answers = [
        Answer(1.0, is_answered=True, region=FIRST),
        Answer(2.0, is_answered=False, region=FIRST),
        Answer(3.0, is_answered=False),
        Answer(4.0, is_answered=False, region=SECOND),
        Answer(5.0, is_answered=True, region=SECOND),
        Answer(6.0, is_answered=True, region=SECOND),
    ]
    return Prober("http://127.0.0.1:9/", "token", answers)


def test_the_front_has_turned_when_the_other_region_answers(prober: Prober) -> None:
    assert prober.find_turn(SECOND, since=1.5) == 5.0
    assert prober.find_turn(SECOND, since=5.5) == 6.0
    assert prober.find_turn(SECOND, since=7.0) is None


@pytest.mark.parametrize(
    ("start", "end", "expected"), [(0, 2, 1.0), (2, 4, 0.0), (2, 6, 0.25), (7, 9, 1.0)]
)
def test_the_share_counts_the_requests_of_a_time(
    prober: Prober, start: float, end: float, expected: float
) -> None:
    assert prober.compute_share(start, end) == expected
