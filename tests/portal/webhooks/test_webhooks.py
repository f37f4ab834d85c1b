"""Operators see whom we call and how that goes, stop an address, and send again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from django.test import Client

from pipeline.core.webhooks import deliveries
from pipeline.core.webhooks.deliveries import (
    Attempt,
    Delivery,
    DeliveryStatus,
    build_open_list,
    list_newest,
)
from pipeline.core.webhooks.record import Webhook, build_secret, get_webhook
from portal.actions.items import AuditItem
from portal.environment import env
from tests.examples import OWNER_ID

LIST = "/webhooks/webhook/"
URL = "https://hooks.example.com/spotter"


@pytest.fixture
def webhook() -> Webhook:
    """One that has failed since noon."""
    webhook = Webhook(
        OWNER_ID,
        url=URL,
        host="hooks.example.com:443",
        events={"task.failed"},
        secret=build_secret(),
    )
    webhook.failing_since = datetime(2026, 11, 22, 12, tzinfo=UTC)
    webhook.last_error = "The receiver answered with status 500."
    webhook.save()
    return webhook


def add_delivery(webhook: Webhook, number: int, status: DeliveryStatus) -> Delivery:
    delivery = Delivery(
        build_open_list(webhook.webhook_id),
        f"019aabcd-1e5c-7a3f-9c41-00000000000{number}",
        webhook_id=webhook.webhook_id,
        owner_id=OWNER_ID,
        event="task.failed",
        subject=str(number),
        url=URL,
        body="{}",
    )
    delivery.save()
    attempt = Attempt(at="2026-11-22T12:00:00+00:00", milliseconds=8, status=500)
    deliveries.close(delivery, status, attempt)
    return delivery


def read(client: Client, path: str = LIST) -> str:
    """A page as it reads, with single spaces."""
    return " ".join(client.get(path).content.decode().split())


def operate(client: Client, name: str, webhook: Webhook, **answers: str) -> Any:
    key = f"{webhook.owner_id}~{webhook.webhook_id}"
    path = f"{LIST}operations/{name}/?id={key}"
    return client.post(path, answers, follow=True)


def test_the_list_shows_who_is_called_and_since_when_it_fails(
    viewer: Client, webhook: Webhook
) -> None:
    page = read(viewer)

    assert URL in page
    assert "22 Nov" in page
    assert "The receiver answered with status 500." in page
    assert webhook.secret not in page


def test_the_page_of_a_webhook_shows_its_deliveries_and_not_its_secret(
    viewer: Client, webhook: Webhook
) -> None:
    add_delivery(webhook, 1, DeliveryStatus.FAILED)

    page = read(viewer, f"{LIST}{OWNER_ID}~{webhook.webhook_id}/change/")

    assert "<td>failed</td>" in page
    assert "<td>500 </td>" in page
    assert webhook.secret not in page


def test_an_operator_stops_a_webhook_and_allows_it_again(
    operator: Client, webhook: Webhook
) -> None:
    stopped = operate(operator, "stop", webhook, reason="It floods a hospital").content.decode()
    during = get_webhook(OWNER_ID, webhook.webhook_id).status
    allowed = operate(operator, "allow", webhook, reason="They mended it").content.decode()

    after = get_webhook(OWNER_ID, webhook.webhook_id)
    assert "Stopped: " in stopped
    assert "Allowed again: " in allowed
    assert (during, after.status) == ("blocked", "active")
    assert not after.failures
    entries = {entry.action: entry for entry in AuditItem.scan()}
    assert entries["Stop"].reason == "It floods a hospital"
    assert entries["Allow again"].operator == "the-operator"


def test_an_operator_sends_again_what_failed(operator: Client, webhook: Webhook) -> None:
    add_delivery(webhook, 1, DeliveryStatus.FAILED)
    add_delivery(webhook, 2, DeliveryStatus.DELIVERED)

    page = operate(operator, "again", webhook).content.decode()

    states = [it.status for it in list_newest(webhook.webhook_id, 10)]
    assert "Sent again: " in page
    assert states == ["delivered", "waiting"]
    found = boto3.client("sqs").receive_message(QueueUrl=env.webhooks_queue_url)
    assert webhook.webhook_id in found["Messages"][0]["Body"]


def test_a_viewer_changes_nothing(viewer: Client, webhook: Webhook) -> None:
    response = operate(viewer, "stop", webhook, reason="A test")

    assert response.status_code == 403
    assert get_webhook(OWNER_ID, webhook.webhook_id).status == "active"
