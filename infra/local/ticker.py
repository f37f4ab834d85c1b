"""Publishes the metrics of the queues and sets the alarms, which ministack does not do."""

import json
import logging
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import httpx

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import Layout
from infra.local.resources.alarms import AGE, ALARMS, DEPTH, NAMESPACE, QueueAlarm
from infra.local.resources.queues import Queue

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 5
PUBLISH_SECONDS = 60  # Like SQS

Measurements = dict[tuple[str, str], float]
"""(queue name, metric) to the present value."""


@dataclass
class Ticker:
    """Measures the queues, sets the alarms and delivers their notices. Not thread-safe."""

    clients: Clients
    inbox: Queue
    layout: Layout
    tell: Callable[[str], None]
    """Shows one line on the console."""
    _http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=10))
    """Kept, because a new client reads all certificate authorities of the machine."""
    _published_at: float = -math.inf
    _breaching_since: dict[str, float] = field(default_factory=dict)

    def tick(self) -> None:
        """Measure the queues once, publish, and set the alarms."""
        measured = self._measure()
        if time.monotonic() - self._published_at >= PUBLISH_SECONDS:
            self._publish(measured)
            self._published_at = time.monotonic()
        for alarm in ALARMS:
            self._set_state(alarm, measured[alarm.queue, alarm.metric])
        self._deliver()

    def _measure(self) -> Measurements:
        # The SQS API does not report ages. This request of ministack's leaves messages untouched.
        response = self._http.get(f"{self.clients.endpoint}/_ministack/sqs/messages")
        queues = response.raise_for_status().json()["messages"]
        found = queues.get(names.ACCOUNT_ID, {}).get(names.REGION, {})
        by_name = {url.rsplit("/", 1)[-1]: messages for url, messages in found.items()}
        measured = {}
        for queue in (names.TASK_QUEUE, names.DEAD_LETTER_QUEUE):
            messages = by_name.get(queue, [])
            measured[queue, DEPTH] = float(sum(message["IsVisible"] for message in messages))
            measured[queue, AGE] = _compute_age_seconds(messages)
        return measured

    def _publish(self, measured: Measurements) -> None:
        self.clients.cloudwatch.put_metric_data(
            Namespace=NAMESPACE,
            MetricData=[
                {
                    "MetricName": metric,
                    "Dimensions": [{"Name": "QueueName", "Value": queue}],
                    "Value": value,
                    "Unit": "Seconds" if metric == AGE else "Count",
                }
                for (queue, metric), value in measured.items()
            ],
        )

    def _set_state(self, alarm: QueueAlarm, value: float) -> None:
        """Set the state. CloudWatch publishes to the topic if the state is a new one."""
        self.clients.cloudwatch.set_alarm_state(
            AlarmName=alarm.name,
            StateValue="ALARM" if self._is_firing(alarm, value) else "OK",
            StateReason=f"{alarm.metric} is {value:g}, the threshold is {alarm.limit.threshold}",
        )

    def _is_firing(self, alarm: QueueAlarm, value: float) -> bool:
        """Whether each of the last periods had a value above the threshold.

        The first value above it counts for a whole period, so an alarm of one period fires at once.
        """
        if value <= alarm.limit.threshold:
            self._breaching_since.pop(alarm.name, None)
            return False
        now = time.monotonic()
        since = self._breaching_since.setdefault(alarm.name, now)
        return now - since >= (alarm.limit.periods - 1) * alarm.limit.period_seconds

    def _deliver(self) -> None:
        """Move the notices of the topic from the inbox to the console and to the file."""
        sqs = self.clients.sqs
        received = sqs.receive_message(QueueUrl=self.inbox.url, MaxNumberOfMessages=10)
        for message in received.get("Messages", []):
            notice = json.loads(message["Body"])
            with self.layout.alarms.open("a") as file:
                file.write(json.dumps(notice) + "\n")
            line = _describe(notice)
            if line:
                self.tell(line)
            sqs.delete_message(QueueUrl=self.inbox.url, ReceiptHandle=message["ReceiptHandle"])


def _compute_age_seconds(messages: Iterable[dict[str, Any]]) -> float:
    waiting = [message["SentTimestamp"] for message in messages if message["IsVisible"]]
    return max(0.0, time.time() - min(waiting)) if waiting else 0.0


def _describe(notice: dict[str, Any]) -> str | None:
    """One line for the console; None for an alarm that did not fire before."""
    if notice["NewStateValue"] == "ALARM":
        return f"ALARM {notice['AlarmName']}: {notice['AlarmDescription']}"
    if notice["OldStateValue"] == "ALARM":
        return f"OK again: {notice['AlarmName']}"
    return None
