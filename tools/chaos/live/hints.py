"""Counts the hints that reach the users' sockets while photos are sent."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import websocket

from infra.local.demo.client import open_spotter
from infra.local.resources.stream import build_failures_name
from pipeline.core.live.announcements import ANNOUNCE
from spotter_client.sockets import find_socket
from tools.chaos.system import System

LIMIT_SECONDS = 75
"""A record is announced within 60 s or ends in the queue of failures."""

POLL_SECONDS = 0.5
READ_SECONDS = 1.0


@dataclass(frozen=True)
class HintCount:
    """The hints of one fault."""

    missing: int
    """Tasks that were never announced."""
    repeated: int
    """Tasks that were announced more than once."""
    kept: int
    """Records in the queue of failures."""
    poison: int
    """Records that nobody can announce. Each must be kept, and nothing else."""

    @property
    def is_good(self) -> bool:
        return not self.missing and self.kept == self.poison


class HintWatch:
    """One open socket of each person."""

    def __init__(self, system: System) -> None:
        self._system = system
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()
        self._kept_before = self._count_kept()
        system.poison_count = 0

    def count(self, task_ids: Iterable[str]) -> HintCount:
        """Wait until each task was announced, at most `LIMIT_SECONDS`."""
        wanted = set(task_ids)
        poison = self._system.poison_count
        deadline = time.monotonic() + LIMIT_SECONDS
        while time.monotonic() < deadline:
            kept = self._count_kept() - self._kept_before
            if not wanted - self._seen.keys() and kept >= poison:
                break
            time.sleep(POLL_SECONDS)
        with self._lock:
            repeated = sum(self._seen[task_id] > 1 for task_id in wanted)
            missing = len(wanted - self._seen.keys())
        return HintCount(missing, repeated, self._count_kept() - self._kept_before, poison)

    def listen(self, socket: websocket.WebSocket, stop: threading.Event) -> None:
        """Count what comes until `stop` is set."""
        socket.settimeout(READ_SECONDS)
        while not stop.is_set():
            try:
                message = json.loads(socket.recv() or "{}")
            except websocket.WebSocketTimeoutException:
                continue
            if message.get("type") == "task":
                with self._lock:
                    self._seen[message["taskId"]] += 1

    def _count_kept(self) -> int:
        sqs: Any = self._system.clients.sqs
        url = sqs.get_queue_url(QueueName=build_failures_name(ANNOUNCE))["QueueUrl"]
        name = "ApproximateNumberOfMessages"
        return int(
            sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name]
        )


@contextmanager
def watching_hints(system: System) -> Iterator[HintWatch]:
    """Listen during the block."""
    state, stop, watch = system.state, threading.Event(), HintWatch(system)
    with ExitStack() as stack:
        for person in state.people:
            with open_spotter(state, person) as spotter:
                socket = find_socket(spotter)
            assert socket, "No socket opens although nothing is broken yet"
            stack.callback(socket.close)
            thread = threading.Thread(target=watch.listen, args=(socket, stop), daemon=True)
            thread.start()
            stack.callback(thread.join)
        stack.callback(stop.set)
        yield watch
