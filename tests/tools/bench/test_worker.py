"""The bench waits until the local system's workers have stopped, and measures its own worker."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import Layout
from infra.local.processes import SERVER, WORKER, Roster
from infra.local.resources.workers_group import create_workers_group
from tests.local.examples import KEY
from tools.bench import worker as bench


@pytest.fixture
def clients(aws: None) -> Clients:
    clients = Clients(f"https://autoscaling.{names.REGION}.amazonaws.com", KEY)
    create_workers_group(clients)
    return clients


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    layout = Layout(tmp_path)
    layout.create()
    return layout


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]) as process:
        yield process
        process.kill()


def test_the_bench_waits_for_a_worker_of_the_local_system(
    clients: Clients,
    layout: Layout,
    process: subprocess.Popen[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bench, "LIMIT_SECONDS", 0)
    Roster(layout).add("worker-1", process.pid, WORKER)

    with pytest.raises(TimeoutError, match="the workers have stopped"):
        bench.stop_workers(clients, layout)


def test_the_bench_continues_when_no_worker_runs(
    clients: Clients, layout: Layout, process: subprocess.Popen[bytes]
) -> None:
    Roster(layout).add("aws", process.pid, SERVER)

    bench.stop_workers(clients, layout)

    found = clients.autoscaling.describe_auto_scaling_groups(
        AutoScalingGroupNames=[names.WORKER_GROUP]
    )
    assert found["AutoScalingGroups"][0]["DesiredCapacity"] == 0


def test_plain_text_in_the_log_of_a_worker_is_passed_over(tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    log.write_text(
        '{"message": "Ready"}\n'
        "Thread 0x00007fbf (most recent call first):\n"
        '{"message": "Ready"}\n'
        '{"message": "Rea'  # Not yet whole
    )

    assert bench._read(log, "Ready") == [{"message": "Ready"}] * 2
