"""Faults from outside the processes. Each runs until `stop` is set and counts its strikes."""

import random
import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event

import psutil

from tools.chaos.system import System

Strike = Callable[[System, Event], int]
"""Causes a fault until the event is set, repairs it, and returns the number of strikes."""

KILL_ALL_SECONDS = 5
KILL_FUNCTION_SECONDS = 0.7
SIGTERM_SECONDS = 0.4
FROZEN_VISIBILITIES = 1.7
"""Seconds that a worker stays frozen. By then other workers have its messages."""

COPIES = 2


def kill_all_workers(system: System, stop: Event) -> int:
    """Kill all workers, repeatedly."""
    struck = 0
    while not stop.is_set():
        for process in system.find_workers().values():
            struck += send_signal(process, signal.SIGKILL)
        stop.wait(KILL_ALL_SECONDS)
    return struck


def kill_functions(system: System, stop: Event) -> int:
    """Kill processes of functions, some of them in the middle of a request."""
    struck = 0
    while not stop.wait(KILL_FUNCTION_SECONDS):
        processes = system.find_functions()
        if processes:
            struck += send_signal(random.choice(processes), signal.SIGKILL)
    return struck


def storm_of_sigterm(system: System, stop: Event) -> int:
    """Send SIGTERM to every worker, also while it stops or starts."""
    struck = 0
    while not stop.wait(SIGTERM_SECONDS):
        for process in system.find_workers().values():
            struck += send_signal(process, signal.SIGTERM)
    return struck


def thaw_workers(system: System, stop: Event) -> int:
    """Freeze workers in the middle of a picture until other workers have their messages.

    A frozen worker sends no heartbeat. When it continues, it stores its result too late.
    """
    while not stop.wait(0.1):
        if frozen := _find_frozen(system):
            time.sleep(system.visibility_seconds * FROZEN_VISIBILITIES)
            for process in frozen:
                send_signal(process, signal.SIGCONT)
    for process in _find_frozen(system):
        send_signal(process, signal.SIGCONT)
    return 0  # The worker writes down itself that it froze


def _find_frozen(system: System) -> list[psutil.Process]:
    return [
        process
        for process in system.find_workers().values()
        if process.status() == psutil.STATUS_STOPPED
    ]


def repeat_messages(system: System, stop: Event) -> int:
    """Send several copies of each message that can be received, in another order."""
    sqs, url = system.clients.sqs, system.account.queues.tasks.url
    struck = 0
    while not stop.is_set():
        caught = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=30
        ).get("Messages", [])
        copies = [message["Body"] for message in caught for _ in range(1 + COPIES)]
        random.shuffle(copies)
        for body in copies:
            sqs.send_message(QueueUrl=url, MessageBody=body, DelaySeconds=random.randrange(4))
        # Deleted after its copies are sent, so that the message is always in a queue.
        for message in caught:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        struck += len(copies)
        stop.wait(0.2)
    return struck


def fill_disks(system: System, stop: Event) -> int:
    """Let every write of a worker to a file fail: health files and logs.

    A limit on the file size stands in for a full disk: write() fails in the same places, with EFBIG
    instead of ENOSPC.
    """
    limited: dict[int, psutil.Process] = {}
    while not stop.wait(0.3):
        for process in system.find_workers().values():
            if process.pid not in limited:
                _limit_files(process, 0)
                limited[process.pid] = process
    for process in limited.values():
        _limit_files(process, resource.RLIM_INFINITY)
    return len(limited)


def restart_aws(system: System, stop: Event) -> int:
    """Stop the whole local AWS and start it again with its data."""
    system.restart_aws()
    return 1


def use_wrong_clocks(system: System, stop: Event) -> int:
    """Add workers with clocks 4 min ahead, 4 min behind and 1 h ahead, which AWS refuses."""
    with wrong_clocks(system, 240), wrong_clocks(system, -240), wrong_clocks(system, 3600):
        stop.wait()
        return 3


@contextmanager
def wrong_clocks(system: System, skew_seconds: float) -> Iterator[None]:
    """Add one worker with a wrong clock."""
    name = f"skewed-{skew_seconds:+.0f}"
    with system.fleet(name, system.build_command(skew_seconds), [name]):
        yield


def _limit_files(process: psutil.Process, size_bytes: int) -> None:
    with suppress(psutil.NoSuchProcess):
        process.rlimit(psutil.RLIMIT_FSIZE, (size_bytes, resource.RLIM_INFINITY))


def send_signal(process: psutil.Process, number: signal.Signals) -> int:
    """Send a signal, unless the process has ended.

    Returns:
        The number of strikes: 1, or 0 if it has ended.
    """
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return 0
    return 1
