"""More memory gives a function more processor time, up to one vCPU."""

import json
from pathlib import Path

import pytest

from infra.cost.memory import VCPU_MB, WAIT_MS, Work, calculate, read_work

WORK = Work(imports_ms=200, request_ms=10)


def test_half_a_vcpu_doubles_the_processor_time() -> None:
    half, whole = (calculate(memory, WORK).warm_ms - WAIT_MS for memory in (VCPU_MB / 2, VCPU_MB))

    assert half == pytest.approx(2 * whole)
    assert whole == pytest.approx(10)


def test_a_cold_start_takes_the_imports_and_the_request() -> None:
    half = calculate(VCPU_MB / 2, WORK)

    assert half.cold_ms == pytest.approx(half.warm_ms + 400)


def test_memory_beyond_one_vcpu_only_costs_more() -> None:
    one, two = (calculate(memory, WORK) for memory in (VCPU_MB, 2 * VCPU_MB))

    assert (one.warm_ms, one.cold_ms) == (two.warm_ms, two.cold_ms)
    assert one.usd_a_million < two.usd_a_million


def test_the_processor_time_comes_from_the_bench(tmp_path: Path) -> None:
    bench = tmp_path / "bench.json"
    rows = [
        {"what": "Import of upload", "value": 220},
        {"what": "Import of sweep", "value": 190},
        {"what": "Warm upload", "value": 9.5},
        {"what": "Worker", "value": 5},
    ]
    bench.write_text(json.dumps({"rows": rows}))

    assert read_work(bench) == {"upload": Work(imports_ms=220, request_ms=9.5)}
