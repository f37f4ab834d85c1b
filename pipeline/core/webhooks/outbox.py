"""Adds deliveries, and lets a function send them.

A webhook's deliveries wait in the table, and one message at a time in the queue stands for all of
them. So a receiver that is down for hours costs a few calls of the function, however much waits.

The delivery is stored first, then the webhook's counter `news` grows, then the message is sent
unless a function works on the webhook just now. That function ends only if `news` has not grown
since it last looked, so it sees the delivery. After a process that dies in between, the same event
comes again, finds the delivery there and goes on.
"""

from __future__ import annotations

from datetime import UTC, datetime

from pynamodb.expressions.update import Action

from pipeline.core.exports.record import Export
from pipeline.core.steps import StepMessage, StepQueue
from pipeline.core.tasks.record import Task
from pipeline.core.webhooks import deliveries
from pipeline.core.webhooks.addresses import read_host
from pipeline.core.webhooks.deliveries import (
    Delivery,
    build_delivery_id,
    build_open_list,
)
from pipeline.core.webhooks.errors import WebhookBlockedError
from pipeline.core.webhooks.messages import (
    Message,
    build_export_message,
    build_task_message,
    build_test_message,
)
from pipeline.core.webhooks.record import (
    TEST_EVENT,
    EventType,
    Webhook,
    WebhookStatus,
    list_webhooks,
    update,
)


class DeliverMessage(StepMessage, frozen=True):
    """This webhook may have something to send."""

    webhook_id: str


def tell_of_task(task: Task, queue: StepQueue) -> int:
    """Tell the webhooks of the owner that a task is finished. A repeat does no harm.

    Returns:
        How many are told.
    """
    webhooks = _list_active(task.owner_id)
    message = build_task_message(task) if webhooks else None
    if message is None:
        return 0
    called_host = read_host(task.webhook_url) if task.webhook_url else None
    told = 0
    for webhook in webhooks:
        is_called = webhook.host == called_host
        if is_called or webhook.has_event(message.type):
            url = task.webhook_url if is_called else None
            _add(webhook, message, task.task_id, queue, url)
            told += 1
    return told


def tell_of_export(export: Export, queue: StepQueue) -> int:
    """Tell the webhooks of the owner that an export is finished. A repeat does no harm.

    Returns:
        How many are told.
    """
    webhooks = _list_active(export.owner_id)
    told = [each for each in webhooks if each.has_event(EventType.EXPORT_FINISHED)]
    if not told:
        return 0
    message = build_export_message(export)
    for webhook in told:
        _add(webhook, message, export.export_id, queue)
    return len(told)


def send_test(webhook: Webhook, queue: StepQueue) -> Delivery:
    """Send a test, at once and also to a webhook that is disabled.

    Raises:
        WebhookBlockedError: An operator stopped this webhook.
    """
    _check_not_blocked(webhook)
    delivery = _add(webhook, build_test_message(webhook), TEST_EVENT, queue)
    wake(webhook, queue, at_once=True)
    return delivery


def send_again(webhook: Webhook, delivery: Delivery, queue: StepQueue) -> None:
    """Send a delivery once more, at once.

    Raises:
        WebhookBlockedError: An operator stopped this webhook.
    """
    _check_not_blocked(webhook)
    deliveries.reopen(delivery)
    wake(webhook, queue, at_once=True)


def wake(webhook: Webhook, queue: StepQueue, *, at_once: bool = False) -> None:
    """Let a function look at the deliveries of a webhook, unless one will do so anyway.

    Args:
        at_once: End the pause of a receiver that failed.
    """
    actions: list[Action] = [Webhook.news.add(1)]
    if at_once:
        actions.append(Webhook.resume_at.remove())
    if not update(webhook, Webhook.url.exists(), *actions):
        # It was deleted, perhaps with its user. The function deletes what was just added.
        schedule(webhook, queue)
        return
    now = datetime.now(UTC)
    is_expected = webhook.next_look_at is not None and webhook.next_look_at > now
    if webhook.is_held(now) or (webhook.is_paused(now) and is_expected):
        return
    schedule(webhook, queue)


def schedule(webhook: Webhook, queue: StepQueue, *, delay_seconds: int = 0) -> None:
    """Send the message of a webhook."""
    queue.add(build_message(webhook), delay_seconds=delay_seconds)


def build_message(webhook: Webhook) -> DeliverMessage:
    return DeliverMessage(owner_id=webhook.owner_id, webhook_id=webhook.webhook_id)


def _list_active(owner_id: str) -> list[Webhook]:
    return [each for each in list_webhooks(owner_id) if each.status == WebhookStatus.ACTIVE]


def _add(
    webhook: Webhook, message: Message, subject: str, queue: StepQueue, url: str | None = None
) -> Delivery:
    delivery = Delivery(
        build_open_list(webhook.webhook_id),
        build_delivery_id(webhook.webhook_id, message.type, subject, message.timestamp),
        webhook_id=webhook.webhook_id,
        owner_id=webhook.owner_id,
        event=str(message.type),
        subject=subject,
        url=url or webhook.url,
        body=message.model_dump_json(by_alias=True),
    )
    deliveries.insert(delivery)
    # Also if it was there: an earlier try may have ended before the message was sent.
    wake(webhook, queue)
    return delivery


def _check_not_blocked(webhook: Webhook) -> None:
    if webhook.status == WebhookStatus.BLOCKED:
        raise WebhookBlockedError
