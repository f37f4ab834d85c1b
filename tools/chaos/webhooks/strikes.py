"""Faults of receivers. Each runs until `stop` is set and counts its strikes."""

from __future__ import annotations

import signal
from threading import Event

import psutil

from infra.deploy.redrive import build_announce, redrive
from infra.local import names
from infra.local.resources.stream import build_failures_name
from pipeline.core.live.announcements import ANNOUNCE
from tools.chaos.live import targets
from tools.chaos.live.announcements import FUNCTION
from tools.chaos.outside import Strike, send_signal
from tools.chaos.receiver import Mode, Receiver
from tools.chaos.system import System

DOWN_SECONDS = 0.5
UP_SECONDS = 1.0
KILL_SECONDS = 0.1


def behave(mode: Mode) -> Strike:
    """Let the receiver do so with every call."""

    def strike(system: System, stop: Event) -> int:
        receiver = _get_receiver(system)
        receiver.mode = mode
        stop.wait()
        receiver.recover()
        return receiver.heard.refused

    return strike


def stay_dead(system: System, stop: Event) -> int:
    """Refuse every connection."""
    receiver = _get_receiver(system)
    receiver.stop()
    stop.wait()
    receiver.recover()
    return 1


def restart(system: System, stop: Event) -> int:
    """Stop the receiver and start it again, and again."""
    receiver, struck = _get_receiver(system), 0
    while not stop.wait(UP_SECONDS):
        receiver.stop()
        stop.wait(DOWN_SECONDS)
        receiver.start()
        struck += 1
    receiver.recover()
    return struck


def give_up_announcing(system: System, stop: Event) -> int:
    """Kill the function that tells webhooks at once, until records are given up. Then redrive.

    Returns:
        The number of records that were given up and announced again.
    """
    aws = psutil.Process(system.server.process.pid)
    while not stop.wait(KILL_SECONDS):
        for process in targets.find_function_processes(aws, FUNCTION):
            send_signal(process, signal.SIGKILL)
    clients = system.clients
    announce = build_announce(clients.functions, names.build_function_name(FUNCTION))
    outcome = redrive(clients.sqs, clients.dynamodbstreams, announce, build_failures_name(ANNOUNCE))
    _get_receiver(system).recover()
    return outcome.announced


def _get_receiver(system: System) -> Receiver:
    assert system.receiver
    return system.receiver
