"""Calculates the size of the group and its bill from users, pictures and a latency target."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

from infra.cost.model import Usage, calculate, get_total, load_capacity, load_prices
from tools.capacity.loads import Load, steady
from tools.capacity.measured import Measured, load_measured
from tools.capacity.simulation import Fleet, Outcome, simulate

VCPUS = {"c7g.medium": 1, "c7g.large": 2, "c7g.xlarge": 4, "c7g.2xlarge": 8}
"""Candidate instance types by cores. Burstable types (t4g) slow down without credits."""

ZONES = 2
WARM_POOL = 2
FLEET_VCPUS = 16
"""Most cores of a simulated fleet. A larger fleet is scaled down, which overstates its waits."""

BUSY = 0.9
"""Highest utilisation of a core. Above it the queue grows without a limit."""


@dataclass(frozen=True)
class Need:
    """The requirements."""

    users: int
    megapixels: float
    slo_seconds: float
    """p95 from upload complete to result visible, at the full rate and with one zone lost."""
    peak: float = 10.0
    """Rate of a flash crowd, as a multiple of the users' rate."""
    hours_a_day: float = 8.0
    """Hours of full load. They affect only the pictures of a month."""

    @property
    def rate(self) -> float:
        """Pictures per second of all users together."""
        return float(self.users / load_capacity()["seconds_per_user_and_image"])


@dataclass(frozen=True)
class Plan:
    """The calculated plan."""

    need: Need
    instance_type: str
    minimum: int
    maximum: int
    warm_pool: int
    p50: float  # Seconds, with the minimum of instances at the full rate
    p95: float
    p99: float
    usd_a_month: float
    fleet: Fleet


def make_plan(need: Need, measured: Measured | None = None) -> Plan:
    """Choose the cheapest type and number that reach the target with one zone lost.

    Raises:
        ValueError: No fleet can reach it: one picture alone takes longer than the target.
    """
    measured = measured or load_measured()
    service = measured.get_service_seconds(need.megapixels)
    if service + measured.path_seconds > need.slo_seconds:
        raise ValueError(
            f"One picture takes {service + measured.path_seconds:.2f} s:"
            f" no number of instances makes it {need.slo_seconds} s."
        )
    # At least two cores, so that the system's own work does not wait for a picture.
    fitting = {name: cores for name, cores in VCPUS.items() if cores >= 2}
    plans = [_size(need, measured, name, cores) for name, cores in fitting.items()]
    return min(plans, key=lambda plan: (plan.usd_a_month, VCPUS[plan.instance_type]))


def _size(need: Need, measured: Measured, instance_type: str, vcpus: int) -> Plan:
    service = measured.get_service_seconds(need.megapixels)
    needed = _count_needed(need.rate, need, measured, vcpus)
    # Each zone alone must carry the load, because either of them can fail.
    minimum = math.ceil(needed / (ZONES - 1)) * ZONES
    maximum = max(minimum, _count_needed(need.rate * need.peak, need, measured, vcpus))
    fleet = Fleet(
        minimum=minimum,
        maximum=maximum,
        vcpus=vcpus,
        service_seconds=service,
        backlog_target=load_capacity()["queue_seconds"] * vcpus / service,
        zones=ZONES,
        warm_pool=WARM_POOL,
    )
    seconds = _simulate_steady(fleet, need.rate, minimum)
    p50, p95, p99 = (seconds.get_percentile(q) + measured.path_seconds for q in (50, 95, 99))
    usd = _price(need, instance_type, minimum)
    return Plan(need, instance_type, minimum, maximum, WARM_POOL, p50, p95, p99, usd, fleet)


def _count_needed(rate: float, need: Need, measured: Measured, vcpus: int) -> int:
    """The fewest instances that reach the target at `rate`."""
    service = measured.get_service_seconds(need.megapixels)
    count = math.ceil(rate * service / vcpus / BUSY)
    while True:
        fleet = Fleet(count, count, vcpus, service, backlog_target=math.inf)
        outcome = _simulate_steady(fleet, rate, count)
        if outcome.get_percentile(95) + measured.path_seconds <= need.slo_seconds:
            return count
        count += 1


def _simulate_steady(fleet: Fleet, rate: float, count: int) -> Outcome:
    """Scale a large fleet and its load down by one factor. The smaller fleet is slower."""
    total = count * fleet.vcpus
    share = min(1.0, FLEET_VCPUS / total)
    cores = max(1, round(total * share))
    return _simulate_cores(cores, fleet.service_seconds, rate * cores / total)


@cache
def _simulate_cores(cores: int, service_seconds: float, rate: float) -> Outcome:
    """Ten minutes of a fixed fleet. Fleets of several types are scaled down to the same cores."""
    fleet = Fleet(1, 1, cores, service_seconds, backlog_target=math.inf)
    return simulate(fleet, steady(rate, seconds=600))


def _price(need: Need, instance_type: str, minimum: int) -> float:
    """The bill of a month, with these workers instead of the calculator's."""
    images = int(need.rate * 3600 * need.hours_a_day * 30)
    lines = calculate(Usage(users=need.users, images=images))
    others = get_total(line for line in lines if line.service != "EC2 workers")
    hour: float = load_prices()["ec2_hour"][instance_type]
    return others + minimum * 730 * hour


def play(plan: Plan, load: Load, seed: int = 1) -> Outcome:
    """Simulate `load` with the planned group."""
    return simulate(plan.fleet, load, seed)
