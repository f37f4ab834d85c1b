"""More memory is more processor, up to one vCPU."""

import json
from pathlib import Path

import pytest

from infra.cost.memory import VCPU_MB, WAIT_MS, calculate, read_cpu_ms


def test_half_a_vcpu_works_twice_as_long() -> None:
    half, whole = (calculate(memory, 10).warm_ms - WAIT_MS for memory in (VCPU_MB / 2, VCPU_MB))

    assert half == pytest.approx(2 * whole)
    assert whole == pytest.approx(10)


def test_beyond_one_vcpu_it_only_costs_more() -> None:
    one, two = (calculate(memory, 10) for memory in (VCPU_MB, 2 * VCPU_MB))

    assert one.warm_ms == two.warm_ms
    assert one.usd_a_million < two.usd_a_million


def test_the_processor_time_comes_from_the_bench(tmp_path: Path) -> None:
    bench = tmp_path / "bench.json"
    rows = [{"what": "Warm upload", "value": 9.5}, {"what": "Worker", "value": 5}]
    bench.write_text(json.dumps({"rows": rows}))

    assert read_cpu_ms(bench) == {"upload": 9.5}
