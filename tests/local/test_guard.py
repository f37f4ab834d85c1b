"""The guard stops the processes of a killed supervisor."""

import time

import psutil

from infra.local.guard import guarded, no_guard
from infra.local.layout import Layout
from infra.local.processes import WORKER, Roster
from tests.local.conftest import Spawn, read_line, wait_until

SUPERVISOR = """
import subprocess, sys, time
from pathlib import Path
from infra.local.guard import guarded, no_guard
from infra.local.layout import Layout
from infra.local.processes import WORKER, Roster

layout = Layout(Path(sys.argv[1]))
with guarded(layout):
    child = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True
    )
    Roster(layout).add("child", child.pid, WORKER)
    print(child.pid, flush=True)
    time.sleep(600)
"""


# One second passes between the signal and the end
SLOW = "import signal; signal.signal(15, lambda *_: (time.sleep(1), exit())); time.sleep(600)"


def is_running(pid: int) -> bool:
    try:
        # In a container without an init nothing reaps an orphan.
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_children_of_a_killed_supervisor_are_stopped(layout: Layout, spawn: Spawn) -> None:
    supervisor = spawn(SUPERVISOR, str(layout.root))
    child_pid = int(read_line(supervisor))

    supervisor.kill()

    wait_until(lambda: not is_running(child_pid))


def test_a_new_start_waits_for_the_guard_of_the_last_one(layout: Layout, spawn: Spawn) -> None:
    supervisor = spawn(SUPERVISOR.replace('time.sleep(600)"]', f'{SLOW}"]'), str(layout.root))
    child_pid = int(read_line(supervisor))
    supervisor.kill()

    with no_guard(layout):
        assert not is_running(child_pid)


def test_the_guard_stops_nothing_while_its_supervisor_runs(
    layout: Layout, roster: Roster, spawn: Spawn
) -> None:
    with guarded(layout):
        process = spawn()
        roster.add("sleeper", process.pid, WORKER)
        time.sleep(0.5)

        assert process.poll() is None
        roster.stop_all()
