"""Starts and stops all parts of the local system in order.

A further part of the system (the web page, the portal) is one more module and one more step here.
"""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from rich.console import Console

from infra.local import names, preflight, sleep
from infra.local.added_models import choose_usual
from infra.local.background import repeat
from infra.local.console import show_step
from infra.local.errors import LocalError
from infra.local.guard import guarded
from infra.local.layout import WEIGHTS, Layout
from infra.local.lock import heal, hold_lock
from infra.local.logs import LogFollower, forget_old_logs
from infra.local.portal import running_portal
from infra.local.ports import choose_port
from infra.local.processes import Roster, describe_owner
from infra.local.rekognition.process import running_stand_in
from infra.local.resources.account import Account, create_account
from infra.local.resources.frames import build_worker_variables
from infra.local.resources.users import PEOPLE
from infra.local.resources.workers_group import get_members
from infra.local.server import Server, start_server
from infra.local.sleep import SleepingFleet
from infra.local.spa import build_page, publish_page
from infra.local.state import State, save_state
from infra.local.ticker import INTERVAL_SECONDS, Ticker
from infra.local.venv import install_function_packages, install_local_aws
from infra.local.warmup import warm_up
from infra.local.workers import WorkerFleet, WorkerSettings
from pipeline.weights.catalog import read_networks

FLEET_INTERVAL_SECONDS = 0.5
LOG_INTERVAL_SECONDS = 2


@contextmanager
def running(
    layout: Layout, port: int, console: Console, *, sleep_after: float | None = None
) -> Iterator[tuple[State, Server]]:
    """Start the local system, keep it running during the block, and stop it after the block.

    Raises:
        LocalError: It cannot start. No process of it is left running.
    """
    layout.create()
    with hold_lock(layout), ExitStack() as stack:
        with show_step(console, "Looking at this machine"):
            port = _check(layout, port, console)
        roster = Roster(layout)
        stack.enter_context(guarded(layout))
        stack.callback(_stop, layout, roster, console)
        python, packages, page = _install(console)
        with show_step(console, "Starting the local AWS"):
            server = start_server(python, port, layout, roster)
        clients = server.connect()
        with show_step(console, "Creating table, queues, bucket, users, functions and API"):
            account = create_account(clients, packages)
            forget_old_logs(clients.logs)
        with show_step(console, "Starting the workers"):
            stack.enter_context(_run_workers(account, server, layout, roster))
            stack.enter_context(_run_ticker(account, server, layout, console))
            if sleep_after is not None:
                stack.enter_context(_let_sleep(account, server, console, sleep_after))
            stack.enter_context(_follow_logs(server, layout))
        with show_step(console, "Starting the operators' portal"):
            portal = running_portal(account, server, layout, roster)
            state = _describe(account, server, portal_url=stack.enter_context(portal))
        with show_step(console, "Publishing the web page"):
            publish_page(clients, page, state)
        with show_step(console, "Warming up"):
            warm_up(state, clients)
        save_state(state, layout)
        yield state, server


def _install(console: Console) -> tuple[Path, Path, Path]:
    """The interpreter of the local AWS, the packages of the functions, and the built web page."""
    with show_step(console, "Installing the local AWS"):
        python = install_local_aws()
        packages = install_function_packages(python)
    with show_step(console, "Building the web page"):
        return python, packages, build_page()


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the block as Ctrl-C does."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    for number, handler in before.items():
        # Under nohup a closed terminal must be ignored.
        if handler is not signal.SIG_IGN:
            signal.signal(number, interrupt)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check(layout: Layout, port: int, console: Console) -> int:
    """The port to use: a free one if somebody else has `port`."""
    healed = heal(layout)
    if healed:
        console.print(f"  An earlier start was not stopped: ended {healed} of its processes.")
    preflight.require(preflight.check_disk(layout))
    chosen = choose_port(port)
    if chosen != port:
        console.print(f"  Port {port} is taken{describe_owner(port)}: {chosen} is used instead.")
    if not all((WEIGHTS / network.file).is_file() for network in read_networks()):
        raise LocalError("The weights of the models are missing.", "Fetch them with: make setup")
    return chosen


@contextmanager
def _run_workers(
    account: Account, server: Server, layout: Layout, roster: Roster
) -> Iterator[None]:
    clients, key = server.connect(), account.worker_key
    with running_stand_in(server.endpoint, key, layout, roster) as rekognition:
        more = rekognition | choose_usual() | build_worker_variables(server.endpoint)
        settings = WorkerSettings(server.endpoint, account.queues.tasks.url, key, more=more)
        fleet = WorkerFleet(settings, layout, roster, lambda: get_members(clients))
        fleet.reconcile()
        with repeat("The control of the workers", fleet.reconcile, FLEET_INTERVAL_SECONDS):
            yield


@contextmanager
def _run_ticker(
    account: Account, server: Server, layout: Layout, console: Console
) -> Iterator[None]:
    def tell(line: str) -> None:
        console.print(f"[yellow]●[/] {line}", highlight=False)

    ticker = Ticker(server.connect(), account.alarm_inbox, layout, tell)
    with repeat("The alarm ticker", ticker.tick, INTERVAL_SECONDS):
        yield


@contextmanager
def _let_sleep(
    account: Account, server: Server, console: Console, sleep_after: float
) -> Iterator[None]:
    def tell(line: str) -> None:
        console.print(f"[dim]●[/] {line}", highlight=False)

    clients, url = server.connect(), account.queues.tasks.url
    fleet = SleepingFleet(clients, url, sleep_after, tell)
    with repeat("The sleep of the workers", fleet.look, sleep.INTERVAL_SECONDS):
        yield


@contextmanager
def _follow_logs(server: Server, layout: Layout) -> Iterator[None]:
    follower = LogFollower(server.connect().logs, layout)
    with repeat("The copy of the functions' logs", follower.copy, LOG_INTERVAL_SECONDS):
        yield


def _describe(account: Account, server: Server, *, portal_url: str) -> State:
    return State(
        supervisor_pid=os.getpid(),
        endpoint=server.endpoint,
        region=names.REGION,
        api_url=account.api_url,
        user_pool_id=account.users.pool_id,
        client_id=account.users.client_id,
        spa_origin=account.spa_origin,
        portal_url=portal_url,
        task_queue_url=account.queues.tasks.url,
        dead_letter_queue_url=account.queues.dead_letters.url,
        people=PEOPLE,
        worker_key=account.worker_key,
        root_key=server.root_key,
    )


def _stop(layout: Layout, roster: Roster, console: Console) -> None:
    # A second Ctrl-C must not interrupt the stop. Every process has a time limit.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    layout.state.unlink(missing_ok=True)
    with show_step(console, "Stopping the workers, then the local AWS; the data is kept"):
        roster.stop_all()
