"""Stops the processes that were started, and no others."""

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

from infra.local.layout import Layout
from infra.local.processes import SERVER, WORKER, Kind, Roster
from infra.local.state import write_private
from tests.local.conftest import STUBBORN, TIMEOUT, UP, Spawn, read_line

ENDS_AFTER_THE_OTHER = f"""
import os, signal, sys, time
from pathlib import Path

def end(*_):
    folder = Path(sys.argv[1])
    (folder / f"{{sys.argv[2]}}.told").touch()
    while len(list(folder.glob("*.told"))) < 2:
        time.sleep(0.02)
    os.write(1, b"ended\\n")  # The signal may come while print writes the first line
    sys.exit()

signal.signal(15, end)
{UP}
"""


def is_running(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is None


def test_all_processes_are_stopped(roster: Roster, spawn: Spawn) -> None:
    processes = [spawn(), spawn()]
    for process in processes:
        roster.add("sleeper", process.pid, WORKER)

    stopped = roster.stop_all()

    assert stopped == 2
    assert not any(is_running(process) for process in processes)
    assert roster.read() == []


def test_workers_are_distinguished_from_other_processes(roster: Roster, spawn: Spawn) -> None:
    server, portal, worker = spawn(), spawn(), spawn()
    roster.add("aws", server.pid, SERVER)
    roster.add("portal", portal.pid, Kind(stop_seconds=TIMEOUT, rank=0))
    roster.add("any name", worker.pid, WORKER)

    workers = roster.find_workers()

    assert {name: process.pid for name, process in workers.items()} == {"any name": worker.pid}


def test_workers_have_ended_before_the_server_is_stopped(roster: Roster, spawn: Spawn) -> None:
    report = (
        "import os, signal, sys, time;"
        # Not print: the signal may come while it writes the first line.
        "signal.signal(15, lambda *a: (os.write(1, b'%f\\n' % time.monotonic()), sys.exit()));"
        "print('up', flush=True)"
    )
    server, worker = spawn(report), spawn(report)
    assert read_line(server) == read_line(worker) == "up"
    # The order in the file differs from the order of the stop.
    roster.add("server", server.pid, replace(SERVER, stop_seconds=TIMEOUT))
    roster.add("worker", worker.pid, replace(WORKER, stop_seconds=TIMEOUT))

    roster.stop_all()

    assert float(read_line(worker)) < float(read_line(server))


def test_a_process_that_ignores_sigterm_is_killed(roster: Roster, spawn: Spawn) -> None:
    process = spawn(STUBBORN)
    read_line(process)
    roster.add("stubborn", process.pid, Kind(stop_seconds=0.3, rank=0))

    roster.stop_all()

    assert not is_running(process)


def test_another_process_with_a_reused_id_is_not_stopped(
    roster: Roster, layout: Layout, spawn: Spawn
) -> None:
    stranger = spawn()
    roster.add("ours", stranger.pid, WORKER)
    [entry] = roster.read()
    earlier = entry.model_copy(update={"born_at": entry.born_at - 100})
    write_private(layout.processes, f"[{earlier.model_dump_json()}]")

    stopped = Roster(layout).stop_all()

    assert stopped == 0
    assert is_running(stranger)


def test_a_removed_process_is_not_stopped(roster: Roster, spawn: Spawn) -> None:
    process = spawn()
    roster.add("sleeper", process.pid, WORKER)

    roster.remove(process.pid)

    assert roster.stop_all() == 0
    assert is_running(process)


def test_a_process_is_stopped_although_its_folder_was_deleted(
    roster: Roster, layout: Layout, spawn: Spawn
) -> None:
    process = spawn()
    roster.add("sleeper", process.pid, WORKER)
    shutil.rmtree(layout.root)

    stopped = roster.stop_all()

    assert stopped == 1
    assert not is_running(process)


def test_all_processes_of_a_rank_get_the_signal_before_the_wait(
    roster: Roster, tmp_path: Path, spawn: Spawn
) -> None:
    processes = [spawn(ENDS_AFTER_THE_OTHER, str(tmp_path), name) for name in ("one", "other")]
    for process in processes:
        read_line(process)
        roster.add("polite", process.pid, Kind(stop_seconds=TIMEOUT, rank=0))

    roster.stop_all()

    assert [read_line(process) for process in processes] == ["ended", "ended"]  # None was killed
