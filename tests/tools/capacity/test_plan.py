"""Terraform builds the planned group."""

import json
import re
from pathlib import Path

import pytest

from infra.cost.model import ENVIRONMENTS, load_capacity
from tools.capacity.__main__ import main
from tools.capacity.measured import CAPACITY, Measured, load_measured, record
from tools.capacity.plan import Need, Plan, make_plan
from tools.capacity.validation import TOLERANCE, Crowd, compare

PROD = Path(__file__).parents[3] / "infra/terraform/envs/prod/main.tf"


@pytest.fixture(scope="module")
def promised() -> Plan:
    """100 users whose photos have 12 megapixels."""
    return make_plan(Need(users=100, megapixels=12, slo_seconds=2))


def read_prod(name: str) -> str:
    found = re.search(rf"^ *{name} *= (.+?)(?: *#.*)?$", PROD.read_text(), re.MULTILINE)
    assert found
    return found[1]


def test_production_has_the_planned_size(promised: Plan) -> None:
    environment = ENVIRONMENTS["prod"]  # A Terraform test compares it with the plan

    assert promised.minimum == environment.min_instances
    assert promised.instance_type == environment.instance_type
    assert promised.warm_pool == environment.warm_instances
    assert promised.maximum <= int(read_prod("max_size"))
    assert promised.need.users == int(read_prod("concurrent_users"))
    assert promised.fleet.vcpus == int(read_prod("vcpus"))


def test_terraform_uses_the_measured_rate() -> None:
    assert load_capacity()["images_per_second_per_vcpu"] == load_measured().images_per_second


def test_the_plan_reaches_the_latency_target(promised: Plan) -> None:
    assert promised.p50 < 1
    assert promised.p95 < 2
    assert promised.p99 < 5


def test_twenty_times_the_users_need_more_instances(promised: Plan) -> None:
    many = make_plan(Need(users=2000, megapixels=12, slo_seconds=2, peak=1))

    assert many.minimum * many.fleet.vcpus >= 2 * promised.minimum * promised.fleet.vcpus
    assert many.usd_a_month > promised.usd_a_month


def test_a_target_below_the_time_of_one_picture_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--slo-seconds", "0.1"]) == 1
    assert "no number of instances" in capsys.readouterr().out


def test_the_time_of_a_size_lies_between_those_of_its_measured_neighbours() -> None:
    small, middle, large = (load_measured().get_service_seconds(size) for size in (0.3, 6, 12))

    assert small < middle < large


def test_the_times_of_a_bench_run_are_stored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, measured, capacity = (tmp_path / name for name in ("bench", "measured", "capacity"))
    capacity.write_text(CAPACITY.read_text())
    times = {"service_ms": {"2": 50.0, "12": 80.0}, "path_seconds": 0.2}
    bench.write_text(json.dumps({"at": "2026-12-01T10", "machine": "x86_64", "capacity": times}))
    monkeypatch.setattr("tools.capacity.measured.MEASURED", measured)
    monkeypatch.setattr("tools.capacity.measured.CAPACITY", capacity)

    record(bench)

    found: Measured = load_measured(measured)
    assert (found.as_of, found.service_ms) == ("2026-12-01", {2: 50, 12: 80})
    assert json.loads(capacity.read_text())["images_per_second_per_vcpu"] == 12


def test_a_measured_crowd_is_compared_with_the_simulated_one() -> None:
    crowd = Crowd(
        images_per_second=0.1,
        service_ms=150,
        path_seconds=0.1,
        slots=2,
        p50_seconds=0.25,
        p95_seconds=0.5,
    )

    found = compare(crowd)

    p50, p95 = (simulated / measured - 1 for measured, simulated in found.values())
    assert abs(p50) < TOLERANCE  # 100 ms and a picture of 150 ms
    assert abs(p95) > TOLERANCE
