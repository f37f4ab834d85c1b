"""Two regions as DynamoDB's global tables make them: asynchronous, and the last writer wins.

Each region is a table in memory. The real transitions write to it; a write reaches the other region
only when a test delivers it. A write that arrives is dropped if the region has a later one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import boto3

from pipeline.core.errors import RetriesExhaustedError, TaskFinishedError, TaskNotRetryableError
from pipeline.core.tasks import guard, homes, transitions
from pipeline.core.tasks.cancelling import TaskNotCancellableError
from pipeline.core.tasks.record import Task, TaskStatus, find_task
from pipeline.core.tasks.transitions import StartedTask
from tests.examples import build_result, build_task

Item = dict[str, Any]
Write = tuple[int, Item]
"""When it was made, and the record after it."""

NAMES = ("us-east-1", "eu-west-1")
REFUSALS = (TaskFinishedError, TaskNotRetryableError, TaskNotCancellableError)


def create_clients() -> dict[str, Any]:
    """The table in each region. The first region has one already."""
    clients = {name: boto3.client("dynamodb", region_name=name) for name in NAMES}
    connect(clients[NAMES[1]])
    Task.create_table()
    return clients


def connect(client: Any) -> None:
    """Let the transitions write to the region of this client."""
    Task._get_connection().connection._client = client


@dataclass
class Region:
    """One region's record of the task."""

    name: str
    client: Any
    clock: int = 0
    """When the record was written that it has now."""
    stream: deque[tuple[Item | None, Item]] = field(default_factory=deque)
    """Changes that the guard has not seen."""
    inbox: deque[Write] = field(default_factory=deque)
    """Writes of the other region that have not arrived."""
    started: StartedTask | None = None
    successes: int = 0

    def read(self, task_id: str) -> Item | None:
        item: Item | None = self.client.get_item(
            TableName="tasks", Key={"task_id": {"S": task_id}}, ConsistentRead=True
        ).get("Item")
        return item


class TwoRegions:
    """One task in two regions."""

    def __init__(self, clients: dict[str, Any], *, is_guarded: bool = True) -> None:
        self.is_guarded = is_guarded
        self.now = 0
        self.regions = [Region(name, client) for name, client in clients.items()]
        self.task_id = ""
        task = build_task(home_region=NAMES[0])
        self._write(0, lambda: transitions.insert(task), task.task_id)
        self.task_id = task.task_id
        self.act(0, "queue")
        self.deliver(1)
        self.deliver(1)

    def act(self, place: int, name: str) -> None:
        """Do what a function, a worker or an operator does, unless it is refused."""
        self._write(place, lambda: getattr(self, f"_{name}")(self.regions[place]), self.task_id)

    def deliver(self, place: int) -> bool:
        """Let the next write of the other region arrive."""
        region = self.regions[place]
        if not region.inbox:
            return False
        clock, item = region.inbox.popleft()
        if clock > region.clock:
            before = region.read(item["task_id"]["S"])
            region.client.put_item(TableName="tasks", Item=item)
            region.clock = clock
            region.stream.append((before, item))
        return True

    def guard(self, place: int) -> bool:
        """Let the guard see the next change in the region."""
        region = self.regions[place]
        if not region.stream:
            return False
        old, new = region.stream.popleft()
        if old and self.is_guarded and guard.is_overwritten(old, new):
            self._write(place, lambda: guard.restore(old), self.task_id)
        return True

    def settle(self) -> None:
        """The regions see each other again, until nothing changes any more."""
        while any([self.deliver(0), self.deliver(1), self.guard(0), self.guard(1)]):
            pass

    def find_statuses(self) -> list[str]:
        items = [region.read(self.task_id) for region in self.regions]
        return [item["status"]["S"] for item in items if item]

    def _write(self, place: int, change: Callable[[], object], task_id: str) -> None:
        region, other = self.regions[place], self.regions[1 - place]
        connect(region.client)
        before = region.read(task_id)
        with suppress(*REFUSALS):
            change()
        after = region.read(task_id)
        if after is None or after == before:
            return
        self.now += 1
        region.clock = self.now
        region.stream.append((before, after))
        other.inbox.append((self.now, after))
        is_new = not before or before["status"] != after["status"]
        region.successes += is_new and after["status"]["S"] == TaskStatus.SUCCEEDED

    def _queue(self, region: Region) -> None:
        transitions.mark_queued(self._find())

    def _start(self, region: Region) -> None:
        region.started = transitions.start(self.task_id, worker=region.name, receive_count=2)

    def _succeed(self, region: Region) -> None:
        if not region.started:
            self._start(region)
        assert region.started
        transitions.succeed(region.started, build_result())

    def _fail(self, region: Region) -> None:
        transitions.fail(region.started or self._find(), RetriesExhaustedError())

    def _retry(self, region: Region) -> None:
        transitions.retry(self._find())

    def _cancel(self, region: Region) -> None:
        transitions.cancel(self.task_id)

    def _requeue(self, region: Region) -> None:
        transitions.requeue(self._find())

    def _adopt(self, region: Region) -> None:
        [lost] = set(NAMES) - {region.name}
        homes.adopt(self._find(), region.name, lost)

    def _find(self) -> Task:
        task = find_task(self.task_id)
        assert task
        return task


ACTIONS = ("start", "succeed", "fail", "retry", "cancel", "requeue", "adopt")
