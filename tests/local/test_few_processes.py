"""A call of a function waits for a process that works before the local AWS starts another."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread

import pytest

from infra.local import few_processes
from infra.local.few_processes import CORES, ENOUGH_PROCESSES, Patience

STARTED = 1.0


@dataclass
class Process:
    in_use: bool = True
    _start_time: float | None = STARTED


def build_busy(count: int, *, starting: int = 0) -> list[Process]:
    return [Process(_start_time=None if number < starting else STARTED) for number in range(count)]


def wait_in_thread(patience: Patience, find: Callable[[], list[Process]]) -> Thread:
    def wait() -> None:
        with patience.freed:
            patience.wait(find)

    thread = Thread(target=wait, daemon=True)
    thread.start()
    return thread


@pytest.mark.parametrize(
    "processes",
    [[], build_busy(ENOUGH_PROCESSES - 1), [*build_busy(ENOUGH_PROCESSES), Process(in_use=False)]],
    ids=["none", "few", "one is free"],
)
def test_a_call_goes_on_at_once_if_there_are_few_processes_or_one_is_free(
    monkeypatch: pytest.MonkeyPatch, processes: list[Process]
) -> None:
    monkeypatch.setattr(few_processes, "PATIENCE_SECONDS", 3600)
    thread = wait_in_thread(Patience(), lambda: processes)
    thread.join(10)
    assert not thread.is_alive()


def test_a_call_waits_until_one_of_many_processes_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(few_processes, "PATIENCE_SECONDS", 3600)
    patience, processes = Patience(), build_busy(ENOUGH_PROCESSES)
    thread = wait_in_thread(patience, lambda: processes)
    thread.join(3 * few_processes.LOOK_SECONDS)
    assert thread.is_alive()
    with patience.freed:
        processes[0].in_use = False
        patience.freed.notify()
    thread.join(10)
    assert not thread.is_alive()


def test_a_late_call_gets_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that wait for a result keep their processes for many seconds."""
    monkeypatch.setattr(few_processes, "PATIENCE_SECONDS", 0.01)
    thread = wait_in_thread(Patience(), lambda: build_busy(ENOUGH_PROCESSES))
    thread.join(10)
    assert not thread.is_alive()


def test_no_more_processes_start_at_once_than_there_are_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(few_processes, "PATIENCE_SECONDS", 0.01)
    processes = build_busy(ENOUGH_PROCESSES + CORES, starting=CORES)
    thread = wait_in_thread(Patience(), lambda: processes)
    thread.join(3 * few_processes.LOOK_SECONDS)
    assert thread.is_alive()
    processes[0]._start_time = STARTED
    thread.join(10)
    assert not thread.is_alive()
