"""Parts of the local system that each region has: workers, alarms, logs and its own description."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from types import MappingProxyType

from rich.console import Console

from infra.local import names
from infra.local.added_models import choose_usual
from infra.local.background import repeat
from infra.local.layout import Layout
from infra.local.logs import LogFollower
from infra.local.processes import Roster
from infra.local.rekognition.process import running_stand_in
from infra.local.resources.account import Account
from infra.local.resources.frames import build_worker_variables
from infra.local.resources.users import PEOPLE
from infra.local.resources.workers_group import get_members
from infra.local.server import Aws
from infra.local.state import State
from infra.local.ticker import INTERVAL_SECONDS, Ticker
from infra.local.workers import WorkerFleet, WorkerSettings

FLEET_INTERVAL_SECONDS = 1.0
LOG_INTERVAL_SECONDS = 2


@contextmanager
def run_region(
    account: Account, aws: Aws, layout: Layout, roster: Roster, console: Console
) -> Iterator[None]:
    """Keep running what each region has besides its resources."""
    with ExitStack() as stack:
        stack.enter_context(_run_workers(account, aws, layout, roster))
        stack.enter_context(_run_ticker(account, aws, layout, console))
        stack.enter_context(_follow_logs(aws, layout))
        yield


@contextmanager
def _run_workers(account: Account, aws: Aws, layout: Layout, roster: Roster) -> Iterator[None]:
    """Keep as many workers running as the group wants."""
    clients, key = aws.connect(), account.worker_key
    with running_stand_in(aws.endpoint, key, layout, roster) as rekognition:
        more = rekognition | choose_usual() | build_worker_variables(aws.endpoint)
        settings = WorkerSettings(aws.endpoint, account.queues.tasks.url, key, more=more)
        fleet = WorkerFleet(settings, layout, roster, lambda: get_members(clients))
        fleet.reconcile()
        with repeat("The control of the workers", fleet.reconcile, FLEET_INTERVAL_SECONDS):
            yield


@contextmanager
def _run_ticker(account: Account, aws: Aws, layout: Layout, console: Console) -> Iterator[None]:
    """Keep the alarms up to date, and print what they say."""

    def tell(line: str) -> None:
        console.print(f"[yellow]●[/] {line}", highlight=False)

    ticker = Ticker(aws.connect(), account.alarm_inbox, layout, tell)
    with repeat("The alarm ticker", ticker.tick, INTERVAL_SECONDS):
        yield


@contextmanager
def _follow_logs(aws: Aws, layout: Layout) -> Iterator[None]:
    """Keep copying the logs of the functions."""
    follower = LogFollower(aws.connect().logs, layout)
    with repeat("The copy of the functions' logs", follower.copy, LOG_INTERVAL_SECONDS):
        yield


def describe(
    account: Account,
    aws: Aws,
    *,
    portal_url: str,
    takeover: Mapping[str, str] = MappingProxyType({}),
) -> State:
    """The facts of one region.

    Args:
        takeover: See `State.takeover`.
    """
    return State(
        supervisor_pid=os.getpid(),
        endpoint=aws.endpoint,
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
        root_key=aws.root_key,
        takeover=dict(takeover),
    )
