"""What operators do to webhooks."""

from __future__ import annotations

from pipeline.core.steps import StepQueue
from pipeline.core.webhooks import deliveries, outbox, record
from pipeline.core.webhooks.deliveries import DeliveryStatus
from pipeline.core.webhooks.record import WebhookStatus
from portal import aws
from portal.actions.forms import ReasonForm
from portal.actions.operation import Invocation, Operation, Refused
from portal.environment import env
from portal.webhooks.models import Webhook

SENT_AGAIN = 100
"""Deliveries that one operation sends again."""


class StopWebhook(Operation[Webhook]):
    name = "stop"
    label = "Stop"
    icon = "block"
    done = "Stopped"
    permission = "webhooks.change_webhook"
    explanation = (
        "This address is not called any more, what waits for it is given up, and its owner reads "
        "that operators stopped it. The owner cannot delete it, nor create another one for its "
        "host. A webhook for another host is possible: to prevent this, disable the user."
    )
    is_destructive = True
    form_class = ReasonForm
    takes_all = False

    def find_obstacle(self, row: Webhook) -> str:
        return "It is stopped already" if row.status == WebhookStatus.BLOCKED else ""

    def apply(self, invocation: Invocation, row: Webhook) -> str:
        if not record.block(row.source):
            raise Refused("Its owner has deleted it")
        return f"Stopped the webhook of {row.owner_id}"


class AllowWebhook(Operation[Webhook]):
    name = "allow"
    label = "Allow again"
    icon = "check_circle"
    done = "Allowed again"
    permission = "webhooks.change_webhook"
    explanation = "This address is called again for what is finished from now on."
    form_class = ReasonForm
    takes_all = False

    def find_obstacle(self, row: Webhook) -> str:
        return "" if row.status == WebhookStatus.BLOCKED else "It is not stopped"

    def apply(self, invocation: Invocation, row: Webhook) -> str:
        if not record.unblock(row.source):
            raise Refused("Its owner has deleted it")
        return f"Allowed the webhook of {row.owner_id}"


class SendAgain(Operation[Webhook]):
    name = "again"
    label = "Send again"
    icon = "replay"
    done = "Sent again"
    permission = "webhooks.change_webhook"
    explanation = (
        f"Of the newest {SENT_AGAIN} deliveries of the last seven days, those that did not succeed "
        "are sent again at once."
    )
    takes_all = False

    def find_obstacle(self, row: Webhook) -> str:
        return "It is stopped" if row.status == WebhookStatus.BLOCKED else ""

    def apply(self, invocation: Invocation, row: Webhook) -> str:
        queue = StepQueue(env.webhooks_queue_url, aws.sqs())
        newest = deliveries.list_newest(row.source.webhook_id, SENT_AGAIN)
        missing = [it for it in newest if it.status != DeliveryStatus.DELIVERED]
        if not missing:
            raise Refused("Everything was delivered")
        for delivery in reversed(missing):  # The oldest first
            outbox.send_again(row.source, delivery, queue)
        return f"{len(missing)} deliveries of {row.owner_id} sent again"
