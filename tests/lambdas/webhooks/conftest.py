"""A receiver, a webhook for it, and the function that sends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest

from pipeline.core.steps import StepQueue
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.core.webhooks import deliveries, outbox, record
from pipeline.core.webhooks.addresses import read_host
from pipeline.core.webhooks.deliveries import Delivery, list_newest
from pipeline.core.webhooks.record import Webhook, build_secret
from pipeline.lambdas import deliver, webhooks
from pipeline.lambdas.delivering import work as delivering_work
from tests.clocks import stop_clock
from tests.environment import settings
from tests.examples import OWNER_ID, build_task, succeed
from tests.lambdas.events import call
from tests.receivers import Receiver, running_receiver

QUEUE_URL = "https://sqs.us-east-1.amazonaws.com/123456789012/webhooks"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running_receiver() as receiver:
        yield receiver


@pytest.fixture(autouse=True)
def _allow_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on the local system."""
    for module in (deliver, webhooks):
        local = module.settings.model_copy(update={"webhook_loopback": True})
        monkeypatch.setattr(module, "settings", local)


@pytest.fixture
def webhook(receiver: Receiver) -> Webhook:
    return create(f"{receiver.url}/hook")


def create(url: str, owner_id: str = OWNER_ID, *events: str) -> Webhook:
    webhook = Webhook(
        owner_id,
        url=url,
        host=read_host(url),
        events=set(events) or {"task.succeeded", "task.failed", "export.finished"},
        secret=build_secret(),
    )
    webhook.save()
    return webhook


def finish_task(owner_id: str = OWNER_ID, **values: Any) -> Task:
    """A task that succeeded just now, and that nobody was told of."""
    task = build_task(owner_id, **values)
    transitions.insert(task)
    succeed(task.task_id)
    task.refresh()
    return task


def tell(*tasks: Task) -> None:
    for task in tasks:
        outbox.tell_of_task(task, StepQueue(QUEUE_URL))


def receive() -> Iterator[str]:
    """The bodies of the messages that are due; each is deleted if the caller goes on."""
    sqs = boto3.client("sqs", region_name=settings.aws_region)
    while found := sqs.receive_message(QueueUrl=QUEUE_URL).get("Messages"):
        for message in found:
            yield message["Body"]
            sqs.delete_message(QueueUrl=QUEUE_URL, ReceiptHandle=message["ReceiptHandle"])


def work(*, remaining_ms: int = 60_000) -> int:
    """Let the function handle all messages that are due; return how many."""
    handled = 0
    for body in receive():
        call(deliver.handler, {"Records": [{"body": body}]}, remaining_ms=remaining_ms)
        handled += 1
    return handled


def look_after(webhook: Webhook) -> None:
    """The function gets a message of this webhook, as after a delay."""
    message = outbox.DeliverMessage(owner_id=webhook.owner_id, webhook_id=webhook.webhook_id)
    call(deliver.handler, {"Records": [{"body": message.model_dump_json()}]}, remaining_ms=60_000)


def go(monkeypatch: pytest.MonkeyPatch, wait: timedelta) -> datetime:
    """Let the time be so much later for everything about webhooks."""
    moment = datetime.now(UTC) + wait
    for module in (deliver, delivering_work, deliveries, outbox, record):
        stop_clock(monkeypatch, module, moment)
    return moment


def read(webhook: Webhook) -> Webhook:
    """As it is stored now."""
    return record.get_webhook(webhook.owner_id, webhook.webhook_id)


def list_all(webhook: Webhook) -> list[Delivery]:
    """Its deliveries, oldest first."""
    return list(reversed(list_newest(webhook.webhook_id, 1000)))
