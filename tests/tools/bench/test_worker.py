"""The bench measures alone: it waits until the local system's own workers have stopped."""

import os
from pathlib import Path

from infra.local.layout import Layout
from infra.local.processes import SERVER, WORKER, Roster
from tools.bench.worker import find_workers


def test_a_worker_counts_until_it_has_stopped(tmp_path: Path) -> None:
    roster = Roster(Layout(tmp_path))
    roster.add("aws", os.getpid(), SERVER)
    roster.add("worker-1a2b3c", os.getppid(), WORKER)

    running = find_workers(roster)
    roster.remove(os.getppid())

    assert running == ["worker-1a2b3c"]
    assert find_workers(roster) == []
