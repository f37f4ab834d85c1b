"""A local system for the harness: workers and functions with hooks, no page, no portal."""

import os
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console

from infra.local import names
from infra.local.background import repeat
from infra.local.clients import Clients
from infra.local.console import show_step
from infra.local.guard import guarded
from infra.local.layout import Layout
from infra.local.lock import hold_lock
from infra.local.ports import find_free_port
from infra.local.processes import Roster
from infra.local.rekognition.process import running_stand_in
from infra.local.resources import functions
from infra.local.resources.account import Account, create_account
from infra.local.resources.frames import build_worker_variables
from infra.local.resources.users import PEOPLE
from infra.local.server import Server, start_server
from infra.local.state import State
from infra.local.venv import install_function_packages, install_local_aws
from infra.local.warmup import warm_up
from infra.local.workers import WorkerFleet, WorkerSettings
from tools.chaos.receiver import Receiver

INJECTED = Path(__file__).with_name("injected")
FLEET_INTERVAL_SECONDS = 0.5
RESTART_SECONDS = 2.0
"""RestartSec of the workers' systemd unit: the pause before a killed worker starts again."""

KINDS = ("", "NotVisible", "Delayed")
"""The states of a message in a queue."""

WORKERS = ("worker-1", "worker-2")


@dataclass
class System:
    """The running system and its controls."""

    layout: Layout
    roster: Roster
    python: Path
    port: int
    packages: Path
    visibility_seconds: int
    server: Server
    account: Account
    more: Mapping[str, str] = field(default_factory=dict)
    """Variables that say where the stand-in for Rekognition is and where frames come from."""
    receiver: Receiver | None = None
    """The receiver of webhooks that the present fault strikes."""
    poison_count: int = 0
    """Records of the present fault that cannot be announced."""
    members: dict[str, list[str]] = field(default_factory=dict)
    """Fleet to the names of its workers."""

    @property
    def clients(self) -> Clients:
        """New clients, because each thread needs its own."""
        return self.server.connect()

    @property
    def folder(self) -> Path:
        """The files of plan and journal."""
        return self.layout.root / "chaos"

    @property
    def state(self) -> State:
        """The facts that a client needs."""
        return State(
            supervisor_pid=os.getpid(),
            endpoint=self.server.endpoint,
            region=names.REGION,
            api_url=self.account.api_url,
            user_pool_id=self.account.users.pool_id,
            client_id=self.account.users.client_id,
            spa_origin=self.account.spa_origin,
            portal_url="",
            task_queue_url=self.account.queues.tasks.url,
            dead_letter_queue_url=self.account.queues.dead_letters.url,
            people=PEOPLE,
            worker_key=self.account.worker_key,
            root_key=self.server.root_key,
        )

    def build_command(self, skew_seconds: float = 0) -> tuple[str, ...]:
        """The command of a worker with hooks."""
        # Two workers share the cores of this machine.
        variables = (f"CHAOS_FOLDER={self.folder}", "CONCURRENCY=1")
        arguments = (str(self.visibility_seconds), str(skew_seconds))
        return ("env", *variables, sys.executable, "-m", "tools.chaos.worker", *arguments)

    @contextmanager
    def fleet(self, name: str, command: tuple[str, ...], members: list[str]) -> Iterator[None]:
        """Keep these workers running during the block, also after kills."""
        self.members[name] = members
        settings = WorkerSettings(
            self.server.endpoint,
            self.account.queues.tasks.url,
            self.account.worker_key,
            command,
            self.more,
        )
        fleet = WorkerFleet(
            settings, self.layout, self.roster, lambda: self.members[name], RESTART_SECONDS
        )
        fleet.reconcile()
        with repeat(f"The fleet of {name}", fleet.reconcile, FLEET_INTERVAL_SECONDS):
            yield
        self.members[name] = []
        fleet.reconcile()

    def find_workers(self) -> dict[str, psutil.Process]:
        """Name to process of the running workers."""
        return self.roster.find_workers()

    def find_functions(self) -> list[psutil.Process]:
        """The processes of functions: the children of the local AWS."""
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.server.process.pid).children(recursive=True)
        return []

    def restart_aws(self) -> None:
        """Stop the local AWS as a shutdown does, and start it again with its data."""
        self.server.process.terminate()
        self.server.process.wait(30)
        self.roster.remove(self.server.process.pid)
        self.server = start_server(self.python, self.port, self.layout, self.roster)

    def count_messages(self) -> tuple[int, int]:
        """Count messages in every state, in the task queue and in the dead-letter queue."""
        counts = []
        for queue in (self.account.queues.tasks, self.account.queues.dead_letters):
            found: Any = self.clients.sqs.get_queue_attributes(
                QueueUrl=queue.url, AttributeNames=["All"]
            )["Attributes"]
            counts.append(sum(int(found[f"ApproximateNumberOfMessages{kind}"]) for kind in KINDS))
        return counts[0], counts[1]


@contextmanager
def running_system(folder: Path, visibility_seconds: int, console: Console) -> Iterator[System]:
    """A system with two workers on free ports, stopped after the block."""
    layout, port = Layout(folder), find_free_port()
    layout.create()
    roster = Roster(layout)
    with hold_lock(layout), ExitStack() as stack:
        stack.enter_context(guarded(layout))
        stack.callback(roster.stop_all)
        with show_step(console, "Starting the local AWS"):
            python = install_local_aws()
            packages = install_function_packages(python)
            server = start_server(python, port, layout, roster)
        with show_step(console, "Creating the account"):
            account = create_account(server.connect(), packages)
        key = account.worker_key
        stand_in = stack.enter_context(running_stand_in(server.endpoint, key, layout, roster))
        more = {**stand_in, **build_worker_variables(server.endpoint)}
        system = System(
            layout, roster, python, port, packages, visibility_seconds, server, account, more
        )
        (system.folder / "kills").mkdir(parents=True)
        _shorten_visibility(system)
        inject_functions(system)
        with show_step(console, "Starting two workers"):
            stack.enter_context(system.fleet("new", system.build_command(), list(WORKERS)))
            warm_up(system.state, system.clients)
        yield system


def inject_functions(system: System) -> None:
    """Let the processes of the functions load the hooks."""
    client = system.clients.functions
    for function in functions.FUNCTIONS:
        name = names.build_function_name(function)
        found = client.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
        path = os.pathsep.join((str(INJECTED), str(system.packages)))
        variables = {**found, "PYTHONPATH": path, "CHAOS_FOLDER": str(system.folder)}
        client.update_function_configuration(
            FunctionName=name, Environment={"Variables": variables}
        )


def _shorten_visibility(system: System) -> None:
    system.clients.sqs.set_queue_attributes(
        QueueUrl=system.account.queues.tasks.url,
        Attributes={"VisibilityTimeout": str(system.visibility_seconds)},
    )


def wait_for_workers(system: System, count: int, seconds: float = 60) -> None:
    """Wait until exactly so many workers are healthy."""
    deadline = time.monotonic() + seconds
    while len(system.find_workers()) != count or not all(
        (system.layout.run / f"{name}.health").exists() for name in system.find_workers()
    ):
        if time.monotonic() > deadline:
            raise TimeoutError(f"Not {count} workers within {seconds:.0f} s")
        time.sleep(0.2)
