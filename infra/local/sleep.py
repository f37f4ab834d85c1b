"""Lets the fleet sleep while nothing waits, as modules/workers/sleep.tf does on AWS."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from infra.local import names
from infra.local.clients import Clients

INTERVAL_SECONDS = 1
COUNTS: Final = ("ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible")


@dataclass
class SleepingFleet:
    """Sets the size of the group: 0 after a quiet time, 1 when a picture waits. Not thread-safe."""

    clients: Clients
    task_queue_url: str
    quiet_seconds: float
    """Seconds without a waiting or processed picture after which the fleet sleeps."""
    tell: Callable[[str], None]
    """Prints one line on the console."""
    _busy_at: float | None = None

    def look(self) -> None:
        """Compare queue and group once."""
        waiting, working = self._count_messages()
        now = time.monotonic()
        if self._get_size() == 0:
            self._busy_at = None
            if waiting:
                self._set_size(1)
                self.tell("A picture waits: a worker starts")
        elif waiting or working or self._busy_at is None:
            self._busy_at = now
        elif now - self._busy_at >= self.quiet_seconds:
            self._set_size(0)
            self.tell(f"Nothing waited for {self.quiet_seconds:g} s: the workers stop")

    def _count_messages(self) -> tuple[int, int]:
        found = self.clients.sqs.get_queue_attributes(
            QueueUrl=self.task_queue_url, AttributeNames=list(COUNTS)
        )["Attributes"]
        waiting, working = (int(found[name]) for name in COUNTS)
        return waiting, working

    def _get_size(self) -> int:
        found = self.clients.autoscaling.describe_auto_scaling_groups(
            AutoScalingGroupNames=[names.WORKER_GROUP]
        )
        return found["AutoScalingGroups"][0]["DesiredCapacity"]

    def _set_size(self, size: int) -> None:
        self.clients.autoscaling.set_desired_capacity(
            AutoScalingGroupName=names.WORKER_GROUP, DesiredCapacity=size
        )
