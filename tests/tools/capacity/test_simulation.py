"""Compares the simulator with queueing theory and with the rules of AWS."""

import math

import pytest

from tools.capacity.loads import Load, daily_cycle, flash_crowd, steady, zone_loss
from tools.capacity.simulation import (
    COLD_LAUNCH_SECONDS,
    VISIBILITY_SECONDS,
    WARM_LAUNCH_SECONDS,
    Fleet,
    simulate,
)


def make_fleet(minimum: int = 2, maximum: int = 10, warm_pool: int = 0) -> Fleet:
    return Fleet(
        minimum, maximum, vcpus=2, service_seconds=0.2, backlog_target=50, warm_pool=warm_pool
    )


def test_a_picture_alone_takes_its_service_time() -> None:
    outcome = simulate(make_fleet(minimum=10), steady(0.5))

    assert sum(outcome.seconds) / len(outcome.seconds) == pytest.approx(0.2, rel=0.05)


def test_the_wait_for_one_core_matches_the_pollaczek_khinchine_formula() -> None:
    fleet = Fleet(1, 1, vcpus=1, service_seconds=0.2, backlog_target=math.inf)
    load, variation = 0.8, 1 / 16

    outcome = simulate(fleet, steady(load / 0.2, seconds=10_000))

    wait = load * 0.2 * (1 + variation) / (2 * (1 - load))
    mean = sum(outcome.seconds) / len(outcome.seconds)
    assert mean == pytest.approx(wait + 0.2, rel=0.1)


def test_equal_seeds_give_equal_outcomes() -> None:
    first, second = (simulate(make_fleet(), steady(5, 300), seed=7) for _ in range(2))

    assert first == second


def test_a_flash_crowd_adds_instances_and_its_end_removes_them() -> None:
    outcome = simulate(make_fleet(), flash_crowd(5, peak=12))

    counts = [count for _, _, count in outcome.timeline]
    assert max(counts) == 10
    assert counts[-1] < 10
    assert len(outcome.seconds) == pytest.approx(outcome.arrived, abs=20)


@pytest.mark.parametrize(
    ("warm_pool", "delay"), [(0, COLD_LAUNCH_SECONDS), (8, WARM_LAUNCH_SECONDS)]
)
def test_a_new_instance_comes_after_three_metrics_and_the_launch(
    warm_pool: int, delay: float
) -> None:
    crowd = flash_crowd(5, peak=12)

    outcome = simulate(make_fleet(warm_pool=warm_pool), crowd)

    first = next(at for at, _, count in outcome.timeline if count > 2)
    assert 600 + 120 + delay <= first <= 600 + 240 + delay


def test_messages_in_flight_in_a_lost_zone_return_after_the_visibility_timeout() -> None:
    outcome = simulate(
        make_fleet(minimum=4), zone_loss(18), seed=2
    )  # All cores are busy at that moment

    late = [seconds for seconds in outcome.seconds if seconds > VISIBILITY_SECONDS]
    assert 1 <= len(late) <= 4  # One message per core of the zone
    assert outcome.timeline[-1][2] == 4
    assert outcome.arrived - len(outcome.seconds) < 10


def test_a_day_has_a_tenth_of_the_load_at_midnight() -> None:
    load: Load = daily_cycle(10)

    assert load.rate(0) == pytest.approx(1)
    assert load.rate(12 * 3600) == pytest.approx(load.peak)
