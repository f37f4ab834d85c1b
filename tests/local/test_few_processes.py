"""A call of a function waits for a process that works before the local AWS starts another."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread

import pytest

from infra.local import few_processes
from infra.local.few_processes import CORES, ENOUGH_PROCESSES, FOR_EVER, Patience

STARTED = 1.0
FUNCTION = "upload"


@dataclass
class Process:
    in_use: bool = True
    _start_time: float | None = STARTED


class Call:
    """A call in a thread of its own, which takes its process if it may go on."""

    def __init__(
        self,
        patience: Patience,
        find: Callable[[], list[Process]],
        longest_seconds: float = FOR_EVER,
        function: str = FUNCTION,
    ) -> None:
        self.may_go_on: bool | None = None

        def wait() -> None:
            with patience.lock:
                self.may_go_on = patience.wait(function, find, longest_seconds)
                if free := [process for process in find() if not process.in_use]:
                    free[0].in_use = True

        self._thread = Thread(target=wait, daemon=True)
        self._thread.start()

    def has_ended(self, within: float = 10) -> bool:
        self._thread.join(within)
        return not self._thread.is_alive()


def build_busy(count: int, *, starting: int = 0) -> list[Process]:
    return [Process(_start_time=None if number < starting else STARTED) for number in range(count)]


def free(patience: Patience, process: Process) -> None:
    with patience.lock:
        process.in_use = False
        patience.tell(FUNCTION)


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> Patience:
    """Nothing here ends by itself."""
    for name in ("PATIENCE_SECONDS", "LOOK_SECONDS", "REST_SECONDS"):
        monkeypatch.setattr(few_processes, name, 3600)
    return Patience()


@pytest.mark.parametrize(
    "processes",
    [[], build_busy(ENOUGH_PROCESSES - 1), [*build_busy(ENOUGH_PROCESSES), Process(in_use=False)]],
    ids=["none", "few", "one is free"],
)
def test_a_call_goes_on_at_once_if_there_are_few_processes_or_one_is_free(
    patience: Patience, processes: list[Process]
) -> None:
    assert Call(patience, lambda: processes).has_ended()


def test_calls_that_wait_for_a_process_get_one_in_their_order(patience: Patience) -> None:
    processes = build_busy(ENOUGH_PROCESSES)
    calls = []
    for number in range(3):
        calls.append(Call(patience, lambda: processes))
        wait_for_line(patience, number + 1)
    for number, call in enumerate(calls):
        assert not any(later.has_ended(0) for later in calls[number:])
        free(patience, processes[0])
        assert call.has_ended()
    assert [call.may_go_on for call in calls] == [True] * 3


def test_a_new_call_does_not_overtake_one_that_waits(patience: Patience) -> None:
    processes = build_busy(ENOUGH_PROCESSES)
    first = Call(patience, lambda: processes)
    wait_for_line(patience, 1)
    with patience.lock:
        processes[0].in_use = False
        new = Call(patience, lambda: processes)
        patience.tell(FUNCTION)
    assert first.has_ended()
    assert not new.has_ended(0.1)


def test_a_call_of_another_function_does_not_stand_in_the_same_line(patience: Patience) -> None:
    Call(patience, lambda: build_busy(ENOUGH_PROCESSES))
    wait_for_line(patience, 1)
    assert Call(patience, list, function="other").has_ended()


def test_a_call_that_waits_too_long_is_refused_and_the_next_one_moves_up(
    patience: Patience,
) -> None:
    processes = build_busy(ENOUGH_PROCESSES)
    refused = Call(patience, lambda: processes, longest_seconds=0.05)
    patient = Call(patience, lambda: processes)
    assert refused.has_ended()
    assert refused.may_go_on is False
    free(patience, processes[0])
    assert patient.has_ended()


def test_a_late_call_gets_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls that wait for a result keep their processes for many seconds."""
    monkeypatch.setattr(few_processes, "PATIENCE_SECONDS", 0.01)
    assert Call(Patience(), lambda: build_busy(ENOUGH_PROCESSES)).has_ended()


def test_no_process_starts_while_others_become_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """They lack processor time, which another would take from them."""
    now = 0.0
    monkeypatch.setattr(few_processes, "monotonic", lambda: now)
    monkeypatch.setattr(few_processes, "LOOK_SECONDS", 0.01)
    patience, processes = Patience(), build_busy(ENOUGH_PROCESSES)
    call = Call(patience, lambda: processes)
    wait_for_line(patience, 1)
    for _ in range(3):
        now += 0.9 * few_processes.PATIENCE_SECONDS
        with patience.lock:
            patience.tell(FUNCTION)
        assert not call.has_ended(0.05)
    now += few_processes.PATIENCE_SECONDS
    assert call.has_ended()


def test_the_more_processes_there_are_the_longer_each_may_take(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(few_processes, "monotonic", lambda: now)
    monkeypatch.setattr(few_processes, "LOOK_SECONDS", 0.01)
    patience, processes = Patience(), build_busy(3 * ENOUGH_PROCESSES)
    call = Call(patience, lambda: processes)
    wait_for_line(patience, 1)
    now += 2.9 * few_processes.PATIENCE_SECONDS
    assert not call.has_ended(0.05)
    now += 0.2 * few_processes.PATIENCE_SECONDS
    assert call.has_ended()


def test_no_more_processes_start_at_once_than_there_are_cores(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(few_processes, "PATIENCE_SECONDS", 0.01)
    monkeypatch.setattr(few_processes, "LOOK_SECONDS", 0.01)
    processes = build_busy(ENOUGH_PROCESSES + CORES, starting=CORES)
    call = Call(Patience(), lambda: processes)
    assert not call.has_ended(0.1)
    processes[0]._start_time = STARTED
    assert call.has_ended()


def wait_for_line(patience: Patience, count: int) -> None:
    """Wait until so many calls wait."""
    line = patience._lines[FUNCTION]
    while True:
        with patience.lock:
            if len(line.waiting) == count:
                return
