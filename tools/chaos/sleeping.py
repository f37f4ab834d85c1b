"""A fleet that falls asleep between pictures and is woken by the next one, again and again."""

from threading import Event

from infra.local.resources.workers_group import get_members
from infra.local.sleep import SleepingFleet
from tools.chaos.system import WORKERS, System

QUIET_SECONDS = 0.5
LOOK_SECONDS = 0.25


def let_fleet_sleep(system: System, stop: Event) -> int:
    """Stop the last worker whenever nothing waits, and count how often a picture woke the fleet."""
    clients = system.clients
    url = system.account.queues.tasks.url
    fleet = SleepingFleet(clients, url, QUIET_SECONDS, tell=lambda line: None)
    woken = 0
    while not stop.wait(LOOK_SECONDS):
        fleet.look()
        members = get_members(clients)
        woken += bool(members) and not system.members["new"]
        system.members["new"] = members
    system.members["new"] = list(WORKERS)
    return woken
