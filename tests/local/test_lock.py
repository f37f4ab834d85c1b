"""One supervisor for each folder."""

import pytest

from infra.local.clean import clean
from infra.local.errors import LocalError
from infra.local.layout import Layout
from infra.local.lock import heal, hold_lock
from infra.local.processes import WORKER, Roster
from infra.local.state import save_state
from tests.local.conftest import Spawn, read_line
from tests.local.examples import STATE

HOLDER = """
import sys, time
from pathlib import Path
from infra.local.layout import Layout
from infra.local.lock import hold_lock

with hold_lock(Layout(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_second_start_says_that_the_first_runs(layout: Layout, spawn: Spawn) -> None:
    save_state(STATE, layout)
    assert read_line(spawn(HOLDER, str(layout.root))) == "held"

    with pytest.raises(LocalError, match="already running") as caught, hold_lock(layout):
        pass

    assert f"kill {STATE.supervisor_pid}" in caught.value.next_step


def test_a_killed_supervisor_holds_no_lock(layout: Layout, spawn: Spawn) -> None:
    holder = spawn(HOLDER, str(layout.root))
    assert read_line(holder) == "held"

    holder.kill()
    holder.wait()

    with hold_lock(layout):
        pass


def test_processes_of_an_earlier_start_are_ended(
    layout: Layout, roster: Roster, spawn: Spawn
) -> None:
    save_state(STATE, layout)
    (layout.run / "ministack-lambda-upload").mkdir()
    orphan = spawn()
    roster.add("worker-1", orphan.pid, WORKER)

    healed = heal(layout)

    assert healed == 1
    assert orphan.poll() is not None
    assert not layout.state.exists()
    assert list(layout.run.iterdir()) == []


def test_data_can_be_deleted_when_nothing_runs(layout: Layout) -> None:
    (layout.data / "tasks.json").touch()

    clean(layout)
    clean(layout)

    assert not layout.root.exists()


def test_data_in_use_is_not_deleted(layout: Layout, spawn: Spawn) -> None:
    assert read_line(spawn(HOLDER, str(layout.root))) == "held"

    with pytest.raises(LocalError, match="being started"):
        clean(layout)

    assert layout.data.exists()
