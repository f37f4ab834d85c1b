"""Webhooks: addresses that are called when something is finished."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from uuid import UUID

from spotter_client._sync.session import Session
from spotter_client.models import (
    Delivery,
    DeliveryList,
    DeliveryReference,
    EventType,
    Webhook,
    WebhookList,
    WebhookSecret,
)

WebhookId = UUID | str

DELIVERIES = 50
"""The most deliveries of one page."""


class Webhooks:
    """The webhooks of a user."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, url: str, events: Sequence[EventType]) -> WebhookSecret:
        """Create a webhook. The answer is the only one that shows its secret.

        Args:
            url: What is called. Each webhook needs another host.
            events: What it is told; none for one that only serves uploads with a `webhook_url`.
        """
        body = {"url": url, "events": [event.value for event in events]}
        response = self._session.send("POST", "/webhooks", json=body, is_repeated=False)
        return WebhookSecret.model_validate_json(response.content)

    def list_all(self) -> list[Webhook]:
        """Your webhooks, oldest first, without their secrets."""
        response = self._session.send("GET", "/webhooks")
        return WebhookList.model_validate_json(response.content).webhooks

    def delete(self, webhook_id: WebhookId) -> None:
        """Delete a webhook and its deliveries."""
        self._session.send("DELETE", f"/webhooks/{webhook_id}")

    def rotate_secret(self, webhook_id: WebhookId) -> WebhookSecret:
        """Make a new secret. For one day calls are signed with the old one too."""
        response = self._session.send("POST", f"/webhooks/{webhook_id}/secret", is_repeated=False)
        return WebhookSecret.model_validate_json(response.content)

    def test(self, webhook_id: WebhookId) -> str:
        """Send a test, also to a webhook that is disabled.

        Returns:
            The id of its delivery.
        """
        response = self._session.send("POST", f"/webhooks/{webhook_id}/test")
        return str(DeliveryReference.model_validate_json(response.content).delivery_id)

    def list_deliveries(
        self, webhook_id: WebhookId, *, limit: int | None = None
    ) -> Iterator[Delivery]:
        """What was sent to a webhook in the last 7 days, newest first, page by page.

        Args:
            limit: Stop after this many.
        """
        left, cursor = limit, None
        while left is None or left > 0:
            query = {
                "limit": DELIVERIES if left is None else min(DELIVERIES, left),
                **({"cursor": cursor} if cursor else {}),
            }
            response = self._session.send("GET", f"/webhooks/{webhook_id}/deliveries", query=query)
            page = DeliveryList.model_validate_json(response.content)
            for delivery in page.deliveries:
                yield delivery
            left = None if left is None else left - len(page.deliveries)
            cursor = page.next_cursor
            if cursor is None:
                return

    def redeliver(self, webhook_id: WebhookId, delivery_id: UUID | str) -> None:
        """Send a delivery again, at once, whatever became of it before."""
        self._session.send("POST", f"/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver")
