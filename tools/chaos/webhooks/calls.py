"""Counts the calls that reach receivers of webhooks while photos are sent."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from infra.local.demo.client import open_spotter
from spotter_client.models import EventType
from tools.chaos.receiver import Heard, Receiver
from tools.chaos.system import System

LIMIT_SECONDS = 150
"""A call that has not come so long after the fault counts as lost."""

POLL_SECONDS = 0.5


@dataclass(frozen=True)
class CallCount:
    """The calls of one fault."""

    lost: int
    """Finished tasks whose receiver was never told."""
    repeated: int
    """Tasks of which a receiver was told more than once."""
    wrong: int
    """Calls about another outcome, with a wrong signature, or at an address of a redirect."""
    refused: int
    """Calls that the receiver did not take during the fault."""
    recovery_seconds: float
    """From the end of the fault until its last call came."""
    others_wait_seconds: float
    """The longest time from a finished task to the call of a healthy receiver."""

    @property
    def is_good(self) -> bool:
        return not self.lost and not self.wrong


class CallWatch:
    """The receivers of all people. Faults strike `struck` only."""

    def __init__(self, struck: Receiver, healthy: Receiver) -> None:
        self.struck = struck
        self._healthy = healthy

    def count(self, statuses: Mapping[str, str]) -> CallCount:
        """Wait until a receiver was told of each task, at most `LIMIT_SECONDS`.

        Args:
            statuses: The final status of each task, by its id.
        """
        began = time.monotonic()
        while self._find_lost(statuses) and time.monotonic() < began + LIMIT_SECONDS:
            time.sleep(POLL_SECONDS)
        late_seconds = self.struck.heard.last_at - self.struck.healthy_since
        heard = (self.struck.heard, self._healthy.heard)
        return CallCount(
            lost=len(self._find_lost(statuses)),
            repeated=sum(count > 1 for each in heard for count in each.accepted.values()),
            wrong=sum(_count_wrong(each, statuses) for each in heard),
            refused=self.struck.heard.refused,
            recovery_seconds=round(max(0.0, late_seconds), 1),
            others_wait_seconds=round(self._healthy.heard.longest_wait_seconds, 1),
        )

    def _find_lost(self, statuses: Mapping[str, str]) -> set[str]:
        told = set(self.struck.heard.accepted) | set(self._healthy.heard.accepted)
        return set(statuses) - told


def _count_wrong(heard: Heard, statuses: Mapping[str, str]) -> int:
    different = sum(
        f"task.{statuses[task_id]}" != told
        for task_id, told in heard.statuses.items()
        if task_id in statuses
    )
    return different + heard.forged + heard.followed


@contextmanager
def watching_calls(system: System) -> Iterator[CallWatch]:
    """Give each person a webhook during the block: the first one at the receiver of the fault."""
    struck, healthy = Receiver(), Receiver()
    events = [EventType.task_succeeded, EventType.task_failed]
    with ExitStack() as stack:
        for receiver in (struck, healthy):
            receiver.start()
            stack.callback(receiver.stop)
        for person in system.state.people:
            spotter = stack.enter_context(open_spotter(system.state, person))
            receiver = struck if person == system.state.people[0] else healthy
            made = spotter.webhooks.create(receiver.url, events)
            receiver.secrets.append(made.secret)
            stack.callback(spotter.webhooks.delete, made.webhook_id)
        system.receiver = struck
        yield CallWatch(struck, healthy)
