"""Starts and stops all parts of the local system in order.

A further part of the system (the web page, the portal) is one more module and one more step here.
"""

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console

from infra.local import names, preflight, sleep
from infra.local.background import repeat
from infra.local.clients import Clients
from infra.local.console import show_step
from infra.local.errors import LocalError
from infra.local.guard import guarded
from infra.local.layout import WEIGHTS, Layout
from infra.local.lock import heal, hold_lock
from infra.local.logs import forget_old_logs
from infra.local.parts import describe, run_region
from infra.local.portal import running_portal
from infra.local.ports import choose_port
from infra.local.processes import Roster, describe_owner
from infra.local.regions.copies import copy_between
from infra.local.regions.plan import (
    Plan,
    build_front_url,
    build_function_variables,
    build_portal_variables,
    build_takeover,
    write_plan,
)
from infra.local.regions.second import running_second
from infra.local.resources.account import Account, create_account
from infra.local.server import Server, start_server
from infra.local.sleep import SleepingFleet
from infra.local.spa import build_page, publish_page
from infra.local.state import State, save_state
from infra.local.venv import install_function_packages, install_local_aws
from infra.local.warmup import warm_up
from pipeline.weights.catalog import read_networks


@contextmanager
def running(
    layout: Layout,
    port: int,
    console: Console,
    *,
    sleep_after: float | None = None,
    regions: Plan | None = None,
) -> Iterator[tuple[State, Server]]:
    """Start the local system, keep it running during the block, and stop it after the block.

    Args:
        sleep_after: Quiet seconds after which the workers sleep; None: never.
        regions: The plan of two regions; None: there is one.

    Raises:
        LocalError: It cannot start. No process of it is left running.
    """
    layout.create()
    roster = Roster(layout)
    with hold_lock(layout), ExitStack() as stack:
        port = _check(layout, port, console)
        stack.enter_context(guarded(layout))
        stack.callback(_stop, layout, roster, console)
        python, packages, page = _install(console)
        with show_step(console, "Starting the local AWS"):
            server = start_server(python, port, layout, roster, write_plan(regions))
        clients = server.connect()
        account = _create(clients, packages, console, has_regions=bool(regions))
        with show_step(console, "Starting the workers"):
            stack.enter_context(run_region(account, server, layout, roster, console))
            stack.enter_context(_let_sleep(account, server, console, sleep_after))
        with show_step(console, "Starting the operators' portal"):
            more = build_portal_variables(server.endpoint) if regions else {}
            portal = running_portal(account, server, layout, roster, more)
            state = describe(account, server, portal_url=stack.enter_context(portal))
        if regions:
            with show_step(console, "Starting the second region"):
                state = _add_second(stack, state, server, packages, layout, roster)
        _open(state, clients, page, layout, console)
        yield state, server


def _create(clients: Clients, packages: Path, console: Console, *, has_regions: bool) -> Account:
    with show_step(console, "Creating table, queues, bucket, users, functions and API"):
        more = build_function_variables(clients.endpoint) if has_regions else {}
        account = create_account(clients, packages, more)
        forget_old_logs(clients.logs)
    return account


def _open(state: State, clients: Clients, page: Path, layout: Layout, console: Console) -> None:
    """Let users come."""
    with show_step(console, "Publishing the web page"):
        publish_page(clients, page, state)
    with show_step(console, "Warming up"):
        warm_up(state, clients)
    save_state(state, layout)


def _add_second(
    stack: ExitStack, state: State, server: Server, packages: Path, layout: Layout, roster: Roster
) -> State:
    """Start the second region, and let callers use the front.

    Returns:
        The facts of the first region with the address of the front.
    """
    copy_between(server.connect(), server.connect(names.SECOND_REGION))
    stack.enter_context(running_second(server, packages, layout, roster))
    front, takeover = build_front_url(state.endpoint), build_takeover(state.task_queue_url)
    return state.model_copy(update={"api_url": front, "takeover": takeover})


def _install(console: Console) -> tuple[Path, Path, Path]:
    """The interpreter of the local AWS, the packages of the functions, and the built web page."""
    with show_step(console, "Installing the local AWS"):
        python = install_local_aws()
        packages = install_function_packages(python)
    with show_step(console, "Building the web page"):
        return python, packages, build_page()


def _check(layout: Layout, port: int, console: Console) -> int:
    """The port to use: a free one if somebody else has `port`."""
    with show_step(console, "Looking at this machine"):
        healed = heal(layout)
        preflight.require(preflight.check_disk(layout))
        chosen = choose_port(port)
    if healed:
        console.print(f"  An earlier start was not stopped: ended {healed} of its processes.")
    if chosen != port:
        console.print(f"  Port {port} is taken{describe_owner(port)}: {chosen} is used instead.")
    if not all((WEIGHTS / network.file).is_file() for network in read_networks()):
        raise LocalError("The weights of the models are missing.", "Fetch them with: make setup")
    return chosen


@contextmanager
def _let_sleep(
    account: Account, server: Server, console: Console, sleep_after: float | None
) -> Iterator[None]:
    """Let the workers sleep after this quiet time; None: never."""
    if sleep_after is None:
        yield
        return

    def tell(line: str) -> None:
        console.print(f"[dim]●[/] {line}", highlight=False)

    clients, url = server.connect(), account.queues.tasks.url
    fleet = SleepingFleet(clients, url, sleep_after, tell)
    with repeat("The sleep of the workers", fleet.look, sleep.INTERVAL_SECONDS):
        yield


def _stop(layout: Layout, roster: Roster, console: Console) -> None:
    # A second Ctrl-C must not interrupt the stop. Every process has a time limit.
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    layout.state.unlink(missing_ok=True)
    with show_step(console, "Stopping the workers, then the local AWS; the data is kept"):
        roster.stop_all()
