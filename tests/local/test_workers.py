"""The fleet of worker processes, with processes that only sleep."""

import sys
from collections.abc import Callable, Iterator

import psutil
import pytest

from infra.local import workers
from infra.local.layout import Layout
from infra.local.processes import Roster
from infra.local.state import AccessKey
from infra.local.workers import WorkerFleet, WorkerSettings
from tests.clocks import HandClock
from tests.local.conftest import wait_until

SLEEP = "import time; time.sleep(600)"
KEY = AccessKey(access_key_id="AKIAEXAMPLE", secret_access_key="secret")


class Group:
    """An Auto Scaling group in memory."""

    desired = 1

    def get_members(self) -> list[str]:
        return [f"worker-{number}" for number in range(1, self.desired + 1)]


@pytest.fixture
def group() -> Group:
    return Group()


@pytest.fixture
def build_fleet(
    layout: Layout, roster: Roster, group: Group
) -> Iterator[Callable[[str], WorkerFleet]]:
    fleets = []

    def build(code: str) -> WorkerFleet:
        settings = WorkerSettings("http://127.0.0.1:1", "queue", KEY, (sys.executable, "-c", code))
        fleets.append(WorkerFleet(settings, layout, roster, group.get_members))
        return fleets[-1]

    yield build
    group.desired = 0
    for fleet in fleets:
        fleet.reconcile()


def list_pids(roster: Roster) -> list[int]:
    return [process.pid for _, process in roster.find_living()]


def test_the_fleet_runs_the_desired_number_of_workers(
    build_fleet: Callable[[str], WorkerFleet], roster: Roster, group: Group
) -> None:
    fleet = build_fleet(SLEEP)

    counts = []
    for group.desired in (1, 3, 2, 0):
        fleet.reconcile()
        counts.append(len(list_pids(roster)))

    assert counts == [1, 3, 2, 0]


def test_a_second_comparison_changes_nothing(
    build_fleet: Callable[[str], WorkerFleet], roster: Roster
) -> None:
    fleet = build_fleet(SLEEP)
    fleet.reconcile()
    before = list_pids(roster)

    fleet.reconcile()

    assert list_pids(roster) == before


def test_a_killed_worker_is_started_again(
    build_fleet: Callable[[str], WorkerFleet], roster: Roster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "HEALTHY_SECONDS", 0)
    monkeypatch.setattr(workers, "FIRST_PAUSE_SECONDS", 0)
    fleet = build_fleet(SLEEP)
    fleet.reconcile()
    [pid] = list_pids(roster)
    psutil.Process(pid).kill()

    def is_replaced() -> bool:
        fleet.reconcile()
        return list_pids(roster) not in ([], [pid])

    wait_until(is_replaced)


def test_a_worker_that_crashes_at_once_is_started_with_pauses(
    build_fleet: Callable[[str], WorkerFleet],
    roster: Roster,
    layout: Layout,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = HandClock()
    monkeypatch.setattr(workers, "time", clock)
    fleet = build_fleet("print('started'); raise SystemExit(1)")

    starts = []
    for seconds in (0, 0.9, 0.2, 1.9, 0.2):  # The pauses are one second, then two
        clock.go(seconds)
        fleet.reconcile()
        wait_until(lambda: not list_pids(roster))
        fleet.reconcile()
        starts.append((layout.logs / "worker-1.log").read_text().count("started"))

    assert starts == [1, 1, 2, 2, 3]


def test_a_worker_gets_no_credentials_of_the_users_own_account(
    build_fleet: Callable[[str], WorkerFleet], layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "production")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "real")
    fleet = build_fleet("import os, time; print(sorted(os.environ), flush=True); time.sleep(600)")

    fleet.reconcile()

    log = layout.logs / "worker-1.log"
    wait_until(lambda: bool(log.read_text()))
    assert "AWS_ENDPOINT_URL" in log.read_text()
    assert "AWS_PROFILE" not in log.read_text()
    assert "AWS_SESSION_TOKEN" not in log.read_text()
