"""The report of a load counts samples and failures and marks a bad run."""

import pytest

from tools.load.fairness import Fairness
from tools.load.monitor import Series
from tools.load.report import (
    Report,
    add_costly,
    add_fairness,
    count_errors,
    start_report,
    summarise,
)
from tools.load.samples import Sample


def build_sample(seconds: float | None, error: str | None = None) -> Sample:
    return Sample(at=0, way="form", photo="1mp", seconds=seconds, error=error)


def report_fairness(idle: list[float], beside: list[float], *errors: str) -> Report:
    fairness = Fairness(idle, beside, sent=9, refusals=3, seconds=10, errors=list(errors))
    return add_fairness(start_report(users=1, seconds=1), fairness)


def test_a_failed_upload_is_counted_and_not_measured() -> None:
    samples = [build_sample(1.0), build_sample(3.0), build_sample(None, "502"), build_sample(2.0)]

    latency = summarise(samples)

    assert (latency.photos, latency.errors, latency.p50) == (3, 1, 2.0)
    assert count_errors(samples) == {"502": 1}


def test_percentiles_without_samples_are_none() -> None:
    assert summarise([]).p95 is None


def test_growth_is_measured_in_the_second_half() -> None:
    at = [float(second) for second in range(0, 240, 60)]
    warming_up = Series(at=at, rss_mb=[10, 100, 100, 100])
    leaking = Series(at=at, rss_mb=[100, 100, 100, 103])

    assert warming_up.growth_mb_per_minute == pytest.approx(0)
    assert leaking.growth_mb_per_minute == pytest.approx(3)


@pytest.mark.parametrize(
    ("beside", "errors", "is_good"),
    [([1.9], [], True), ([2.1], [], False), ([1.0], ["500"], False), ([], [], False)],
)
def test_a_light_user_may_wait_at_most_twice_as_long_as_alone(
    beside: list[float], errors: list[str], is_good: bool
) -> None:
    report = report_fairness([1.0], beside, *errors)

    assert report.is_good == is_good


@pytest.mark.parametrize(("beside", "is_good"), [([1.9], True), ([2.1], False), ([], False)])
def test_costly_pictures_may_not_delay_a_light_user_more_than_a_flood(
    beside: list[float], is_good: bool
) -> None:
    fairness = Fairness([1.0], beside, sent=12, refusals=0, seconds=10)

    report = add_costly(start_report(users=1, seconds=1), fairness)

    assert report.is_good == is_good
