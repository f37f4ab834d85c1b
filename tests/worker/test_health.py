"""The file that says that the worker is alive."""

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.worker import health as health_module
from pipeline.worker.health import (
    STALE_SECONDS,
    STUCK_SECONDS,
    WRITE_SECONDS,
    Health,
    Pulse,
    find_problem,
)
from tests.clocks import HandClock, stop_clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "health.json"


def write_pulse(path: Path, *, age_seconds: float = 0, longest_seconds: float = 0) -> datetime:
    """Write a pulse of this age and return the present time."""
    now = datetime.now(UTC)
    pulse = Pulse(
        at=now - timedelta(seconds=age_seconds),
        version="1",
        in_flight=1,
        longest_seconds=longest_seconds,
        processed=2,
    )
    path.write_text(pulse.model_dump_json())
    return now


def test_a_worker_whose_loop_runs_is_healthy(path: Path) -> None:
    Health(path, "abc123").touch(in_flight=2, longest_seconds=0.5, processed=7)

    pulse = Pulse.model_validate_json(path.read_bytes())
    assert find_problem(path) is None
    assert (pulse.version, pulse.in_flight, pulse.processed) == ("abc123", 2, 7)
    assert list(path.parent.iterdir()) == [path]


def test_the_file_is_not_written_in_every_round_of_the_loop(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = HandClock()
    monkeypatch.setattr(health_module, "time", clock)
    health = Health(path, "abc123")
    health.touch(in_flight=0, longest_seconds=0, processed=1)

    clock.go(WRITE_SECONDS - 0.1)
    health.touch(in_flight=0, longest_seconds=0, processed=2)
    early = Pulse.model_validate_json(path.read_bytes()).processed
    clock.go(0.2)
    health.touch(in_flight=0, longest_seconds=0, processed=3)

    assert early == 1
    assert Pulse.model_validate_json(path.read_bytes()).processed == 3


def test_the_error_names_a_missing_folder(tmp_path: Path) -> None:
    health = Health(tmp_path / "missing" / "health.json", "abc123")

    with pytest.raises(FileNotFoundError, match="missing"):
        health.touch(in_flight=0, longest_seconds=0, processed=0)


def test_a_full_disk_does_not_stop_the_worker(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(health_module, "WRITE_SECONDS", 0)
    health = Health(path, "abc123")
    health.touch(in_flight=0, longest_seconds=0, processed=0)
    shutil.rmtree(path.parent)  # Root, who may run this, can write to anything that is there

    health.touch(in_flight=0, longest_seconds=0, processed=1)

    assert caplog.messages == ["Health file could not be written"]


def test_a_loop_that_stopped_is_reported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = write_pulse(path, age_seconds=STALE_SECONDS + 1)
    stop_clock(monkeypatch, health_module, now)

    assert find_problem(path) == "The worker has not written its health for 61 s"


def test_a_picture_that_hangs_is_reported(path: Path) -> None:
    write_pulse(path, longest_seconds=STUCK_SECONDS + 1)

    assert find_problem(path) == "A message has been in flight for 301 s"


def test_a_worker_that_has_not_started_is_reported(path: Path) -> None:
    assert find_problem(path) == f"{path} does not exist: the worker has not started"


def test_a_file_without_a_pulse_is_reported(path: Path) -> None:
    path.write_text("fine")

    assert find_problem(path) == f"{path} is not a health file of a worker: check HEALTH_FILE"


@pytest.mark.parametrize(("age_seconds", "exit_code"), [(0, 0), (STALE_SECONDS + 1, 1)])
def test_the_exit_code_of_the_command_tells_the_health(
    path: Path, age_seconds: float, exit_code: int
) -> None:
    write_pulse(path, age_seconds=age_seconds)

    done = subprocess.run(
        [sys.executable, "-m", "pipeline.worker.health"],
        env={**os.environ, "HEALTH_FILE": str(path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == exit_code
    assert ("has not written its health" in done.stderr) == bool(exit_code)
