"""The pages of webhooks."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.http import HttpRequest
from unfold.decorators import display

from pipeline.core.webhooks.deliveries import list_newest
from portal.access.addresses import link_owner, read_addresses
from portal.actions.operation_admin import OperationAdmin
from portal.remote.admin import Context
from portal.remote.spans import show_moment
from portal.webhooks.models import Webhook
from portal.webhooks.operations import AllowWebhook, SendAgain, StopWebhook

SHOWN = 20
"""Deliveries on the page of a webhook."""


@admin.register(Webhook)
class WebhookAdmin(OperationAdmin[Webhook]):
    list_display = ("receiver", "state", "owner", "failing", "error", "succeeded", "created")
    operations = (StopWebhook(), AllowWebhook(), SendAgain())
    detail_template = "admin/webhooks/detail.html"
    list_before_template = "admin/webhooks/note.html"
    empty_list_message = "Nobody has a webhook."

    def enrich(self, rows: Sequence[Webhook]) -> None:
        addresses = read_addresses(row.owner_id for row in rows)
        for row in rows:
            row.address = addresses.get(row.owner_id, "")

    def get_detail_context(self, request: HttpRequest, row: Webhook) -> Context:
        self.enrich([row])
        return {
            "owner": self.owner(row),
            "events": sorted(row.source.events or ()),
            "deliveries": list_newest(row.source.webhook_id, SHOWN),
        }

    @admin.display(description="address")
    def receiver(self, webhook: Webhook) -> str:
        return webhook.url

    @display(
        description="state", label={"active": "success", "disabled": "danger", "blocked": "warning"}
    )
    def state(self, webhook: Webhook) -> str:
        return webhook.status

    @admin.display(description="owner")
    def owner(self, webhook: Webhook) -> str:
        return link_owner(webhook.owner_id, webhook.address)

    @admin.display(description="failing since")
    def failing(self, webhook: Webhook) -> str:
        return show_moment(webhook.failing_since) if webhook.failing_since else ""

    @admin.display(description="last error")
    def error(self, webhook: Webhook) -> str:
        return webhook.last_error

    @admin.display(description="last success")
    def succeeded(self, webhook: Webhook) -> str:
        return show_moment(webhook.last_success_at) if webhook.last_success_at else "never"

    @admin.display(description="created")
    def created(self, webhook: Webhook) -> str:
        return show_moment(webhook.created_at)
