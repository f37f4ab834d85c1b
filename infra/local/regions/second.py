"""The second region's resources and workers. They have a process of their own.

All names and models of a process belong to one region. This process has the variable LOCAL_REGION,
a folder of its own inside the first region's, and nothing that exists once: portal and page are the
first region's.

Run as: python -m infra.local.regions.second FOLDER ENDPOINT PACKAGES (the supervisor does)
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from infra.local import names
from infra.local.errors import LocalError
from infra.local.guard import guarded
from infra.local.layout import REPOSITORY, Layout
from infra.local.lock import heal, hold_lock
from infra.local.logs import forget_old_logs
from infra.local.parts import describe, run_region
from infra.local.processes import Kind, Roster
from infra.local.regions import plan
from infra.local.resources.account import create_account
from infra.local.root_key import read_root_key
from infra.local.server import Aws, build_environment
from infra.local.signals import ended_by_signals
from infra.local.state import load_state, save_state
from infra.local.warmup import warm_up

SUPERVISOR = Kind(stop_seconds=30, rank=0)
START_SECONDS = 180


@contextmanager
def running_second(aws: Aws, packages: Path, layout: Layout, roster: Roster) -> Iterator[None]:
    """Start the process of the second region and wait until it is up. The roster stops it.

    Raises:
        LocalError: It did not start.
    """
    log = layout.logs / f"{names.SECOND_REGION}.log"
    command = [sys.executable, "-m", "infra.local.regions.second"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*command, str(layout.root), aws.endpoint, str(packages)],
            env=build_environment(LOCAL_REGION=names.SECOND_REGION),
            cwd=REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    roster.add(names.SECOND_REGION, process.pid, SUPERVISOR)
    _wait_until_ready(process, layout.second, log)
    yield


def _wait_until_ready(process: subprocess.Popen[bytes], layout: Layout, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if layout.state.exists() and load_state(layout).supervisor_pid == process.pid:
            return
        time.sleep(0.1)
    end = "\n".join(log.read_text(errors="replace").splitlines()[-10:])
    raise LocalError(
        f"The second region did not start. The end of {log}:\n{end}",
        "Stop other programs and start again with: make run REGIONS=2",
    )


def main() -> int:
    first, endpoint, packages = Layout(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3])
    layout, aws = first.second, Aws(endpoint=endpoint, root_key=read_root_key(first))
    layout.create()
    console = Console()
    try:
        with ended_by_signals(), _running(aws, packages, layout, console):
            while True:
                time.sleep(1)
    except KeyboardInterrupt:
        return 0


@contextmanager
def _running(aws: Aws, packages: Path, layout: Layout, console: Console) -> Iterator[None]:
    roster = Roster(layout)
    with hold_lock(layout), ExitStack() as stack:
        heal(layout)
        stack.enter_context(guarded(layout))
        stack.callback(roster.stop_all)
        clients = aws.connect()
        account = create_account(clients, packages, plan.build_function_variables(aws.endpoint))
        forget_old_logs(clients.logs)
        stack.enter_context(run_region(account, aws, layout, roster, console))
        state = describe(
            account, aws, portal_url="", takeover=plan.build_takeover(account.queues.tasks.url)
        )
        warm_up(state, clients)
        save_state(state, layout)
        yield


if __name__ == "__main__":
    sys.exit(main())
