"""Stops and starts a whole system in a folder of its own."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from infra.local.demo.client import SpotterClient, sign_in
from infra.local.layout import REPOSITORY, Layout
from infra.local.ports import find_free_port
from infra.local.processes import Roster
from infra.local.server import build_environment
from infra.local.state import State, load_state
from tests.e2e.conftest import PATIENCE_SECONDS, start_system, wait_until

pytestmark = pytest.mark.slow


def run_supervisor(layout: Layout, port: int) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "infra.local", "--port", str(port), "--data", str(layout.root)],
        cwd=REPOSITORY,
        env=build_environment(),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_a_second_start_reports_the_running_system(layout: Layout, system: State) -> None:
    done = run_supervisor(layout, find_free_port())

    assert done.returncode == 1
    assert "already running" in done.stdout
    assert system.endpoint in done.stdout


def test_everything_listens_only_on_this_machine(layout: Layout, system: State) -> None:
    listening = [
        connection.laddr.ip
        for _, process in Roster(layout).find_living()
        for member in [process, *process.children(recursive=True)]
        for connection in member.net_connections("inet")
        if connection.status == psutil.CONN_LISTEN
    ]

    assert listening
    assert set(listening) == {"127.0.0.1"}


def test_the_next_start_works_however_the_last_one_ended_and_beside_another_system(
    system: State, tmp_path: Path, photo: Path
) -> None:
    layout = Layout(tmp_path)
    taken = int(system.endpoint.rsplit(":", 1)[1])
    task_ids = []

    for signum in (signal.SIGINT, signal.SIGKILL, signal.SIGTERM):
        supervisor = start_system(layout, taken)
        try:
            assert load_state(layout).endpoint != system.endpoint
            task_ids.append(recognise(layout, photo))
            assert all(labels for labels in get_labels(layout, task_ids))
            children = [process for _, process in Roster(layout).find_living()]
            os.kill(supervisor.pid, signum)
            exit_code = supervisor.wait(PATIENCE_SECONDS)
        finally:
            supervisor.kill()  # In case something above failed. Its guard stops the rest

        assert exit_code == (-signal.SIGKILL if signum is signal.SIGKILL else 0)
        # The guard cleans up after a killed supervisor.
        wait_until(lambda: not any(map(is_alive, children)))  # noqa: B023 # Called at once

    assert f"Port {taken} is taken by " in (layout.root / "supervisor.log").read_text()


def get_labels(layout: Layout, task_ids: list[str]) -> list[object]:
    state = load_state(layout)
    with SpotterClient(state.api_url, sign_in(state, state.people[0])) as client:
        return [client.get_result(task_id)["labels"] for task_id in task_ids]


def recognise(layout: Layout, photo: Path) -> str:
    state = load_state(layout)
    with SpotterClient(state.api_url, sign_in(state, state.people[0])) as client:
        return str(client.recognise(photo)["taskId"])


def is_alive(process: psutil.Process) -> bool:
    return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
