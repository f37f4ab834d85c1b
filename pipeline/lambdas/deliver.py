"""The queue of webhooks: send what a webhook has to send, as far as the time allows."""

import math
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.steps import LONGEST_DELAY_SECONDS, StepQueue
from pipeline.core.tasks.lockouts import is_locked_out
from pipeline.core.tasks.record import Task
from pipeline.core.webhooks import deliveries
from pipeline.core.webhooks.deliveries import Attempt, Delivery
from pipeline.core.webhooks.outbox import DeliverMessage, build_message, schedule
from pipeline.core.webhooks.record import Webhook, find_webhook, update
from pipeline.core.webhooks.settings import DeliverSettings
from pipeline.lambdas.delivering.mail import Mail
from pipeline.lambdas.delivering.post import post
from pipeline.lambdas.delivering.work import DeliveryWork, Tools
from pipeline.lambdas.telemetry import count, entry_point, logger

RESERVED_MS = 15_000
"""Part of Lambda's time that is kept for the calls in hand and what is stored of them."""

TURN = timedelta(seconds=20)
"""After this time the message goes to the end of the queue: other webhooks have their turn."""

DELETED_AT_ONCE = 25

settings = DeliverSettings.load()
queue = StepQueue(settings.webhooks_queue_url)
mail = Mail(settings)
connect(settings.aws_region, {Task: settings.tasks_table, **settings.webhook_tables})


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Go on with the webhook that each message names. An error brings the message back."""
    for message in event["Records"]:
        wanted = DeliverMessage.model_validate_json(message["body"])
        webhook = find_webhook(wanted.owner_id, wanted.webhook_id)
        if webhook is None:
            _forget(wanted, context)
        elif not _hold(webhook, context):
            logger.info("Another call works on it", webhook_id=webhook.webhook_id)
        else:
            _work(webhook, context)


def _hold(webhook: Webhook, context: LambdaContext) -> bool:
    """Let this call alone work on the webhook."""
    now = datetime.now(UTC)
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    is_free = Webhook.held_until.does_not_exist() | (Webhook.held_until < now)
    # True if the answer to this same write was lost and botocore sends it again.
    is_repeat = Webhook.held_until == now + left
    return update(webhook, is_free | is_repeat, Webhook.held_until.set(now + left))


def _work(webhook: Webhook, context: LambdaContext) -> None:
    begun_at = datetime.now(UTC)

    def has_time() -> bool:
        is_my_turn = datetime.now(UTC) - begun_at < TURN
        return is_my_turn and context.get_remaining_time_in_millis() > RESERVED_MS

    tools = Tools(
        post=_post,
        has_time=has_time,
        is_stopped=lambda: is_locked_out(webhook.owner_id),
        on_disabled=_tell_owner,
    )
    work = DeliveryWork(webhook, tools)
    try:
        go_on_at = _run(webhook, work, has_time)
    except Webhook.DoesNotExist:
        # What this call has stored since may have come after the deletion of the deliveries.
        _forget(build_message(webhook), context)
        return
    except Exception:
        update(webhook, Webhook.held_until.exists(), Webhook.held_until.remove())
        raise
    logger.info(
        "Webhook looked after",
        webhook_id=webhook.webhook_id,
        sent=work.sent,
        failed=work.failed,
        go_on_at=go_on_at and go_on_at.isoformat(),
    )
    if work.sent:
        count("WebhookCallsDelivered", work.sent)
    if work.failed:
        count("WebhookCallsFailed", work.failed)


def _run(webhook: Webhook, work: DeliveryWork, has_time: Callable[[], bool]) -> datetime | None:
    """Work until there is nothing to do, and let go of the webhook.

    Returns:
        When another call goes on; None if nothing is open.
    """
    while True:
        seen = int(webhook.news)
        go_on_at = work.run()
        if _release(webhook, seen):
            break
        if not has_time():
            update(webhook, Webhook.url.exists(), Webhook.held_until.remove())
            go_on_at = datetime.now(UTC)
            break
        webhook.refresh(consistent_read=True)  # Something was added meanwhile
    if go_on_at is not None:
        _come_back(webhook, go_on_at)
    return go_on_at


def _release(webhook: Webhook, seen: int) -> bool:
    """Let go of the webhook, unless a delivery was added since `news` was seen."""
    return update(webhook, Webhook.news == seen, Webhook.held_until.remove())


def _come_back(webhook: Webhook, go_on_at: datetime) -> None:
    """Send the message again, unless one arrives by then anyway."""
    now = datetime.now(UTC)
    expected = webhook.next_look_at
    if expected is not None and now + timedelta(seconds=1) < expected <= go_on_at:
        return
    # SQS hides a message for 15 minutes at most. Then nothing is due, and it is sent again.
    left = math.ceil((go_on_at - now).total_seconds())
    delay_seconds = max(0, min(left, LONGEST_DELAY_SECONDS))
    schedule(webhook, queue, delay_seconds=delay_seconds)
    arrives_at = now + timedelta(seconds=delay_seconds)
    update(webhook, Webhook.url.exists(), Webhook.next_look_at.set(arrives_at))


def _forget(wanted: DeliverMessage, context: LambdaContext) -> None:
    """Delete the deliveries of a webhook that was deleted."""
    while context.get_remaining_time_in_millis() > RESERVED_MS:
        if deliveries.delete_some(wanted.webhook_id, DELETED_AT_ONCE) < DELETED_AT_ONCE:
            logger.info("Deliveries deleted", webhook_id=wanted.webhook_id)
            return
    queue.add(wanted)


def _post(delivery: Delivery, secrets: Sequence[str]) -> Attempt:
    return post(delivery, secrets, allow_loopback=settings.webhook_loopback)


def _tell_owner(webhook: Webhook) -> None:
    count("WebhooksDisabled")
    logger.warning("Webhook disabled: it failed for days", webhook_id=webhook.webhook_id)
    mail.tell_disabled(webhook)
