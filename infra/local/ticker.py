"""What CloudWatch does with queues on AWS and ministack does not: metrics and alarm states."""

import json
import logging
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import Layout
from infra.local.resources.alarms import AGE, ALARMS, DEPTH, NAMESPACE, Alarm
from infra.local.resources.queues import Queue

logger = logging.getLogger(__name__)

INTERVAL_SECONDS = 5
PUBLISH_SECONDS = 60  # As SQS does

Measurements = dict[tuple[str, str], float]
"""(queue name, metric) to its value now."""


@dataclass
class Ticker:
    """Measures the queues, sets the alarms and delivers what they say. For one thread."""

    clients: Clients
    inbox: Queue
    layout: Layout
    tell: Callable[[str], None]
    """Shows one line to whoever started the system."""
    _published_at: float = -math.inf

    def tick(self) -> None:
        """Measure once."""
        measured = self._measure()
        if time.monotonic() - self._published_at >= PUBLISH_SECONDS:
            self._publish(measured)
            self._published_at = time.monotonic()
        for alarm in ALARMS:
            self._set_state(alarm, measured[alarm.queue, alarm.metric])
        self._deliver()

    def _measure(self) -> Measurements:
        # SQS does not tell ages; this look at ministack's queues changes nothing in them.
        response = httpx.get(f"{self.clients.endpoint}/_ministack/sqs/messages", timeout=10)
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

    def _set_state(self, alarm: Alarm, value: float) -> None:
        """Set the state; CloudWatch tells the topic if it is a new one."""
        self.clients.cloudwatch.set_alarm_state(
            AlarmName=alarm.name,
            StateValue="ALARM" if value > alarm.threshold else "OK",
            StateReason=f"{alarm.metric} is {value:g}, the threshold is {alarm.threshold}",
        )

    def _deliver(self) -> None:
        """Take what the topic said out of the inbox, to the console and the file."""
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
    """One line for the console; nothing for an alarm that was never on."""
    if notice["NewStateValue"] == "ALARM":
        return f"ALARM {notice['AlarmName']}: {notice['AlarmDescription']}"
    if notice["OldStateValue"] == "ALARM":
        return f"OK again: {notice['AlarmName']}"
    return None
