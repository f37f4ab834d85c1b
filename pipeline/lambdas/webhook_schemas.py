"""The bodies of requests and answers about webhooks."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Path, Query
from pydantic import ConfigDict, Field, field_validator

from pipeline.core.labels import ApiModel, UuidText
from pipeline.core.webhooks.addresses import MAX_URL_LENGTH
from pipeline.core.webhooks.deliveries import ANSWER_BYTES, Delivery, DeliveryStatus
from pipeline.core.webhooks.record import (
    MAX_WEBHOOKS,
    EventType,
    Webhook,
    WebhookStatus,
)

EXAMPLE_WEBHOOK_ID = "8d5a3f0b-2c47-4c1e-b7de-3f0a6d1f2b44"
EXAMPLE_DELIVERY_ID = "019aabcd-1e5c-7a3f-9c41-0d2f6b8e5a17"
EXAMPLE_URL = "https://hooks.example.com/spotter"
EXAMPLE_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo="  # Nobody's

URL_TEXT = (
    "Where the webhook is called: `https://`, a host on the internet, port 443 or 8443, no user and"
    f" password, up to {MAX_URL_LENGTH} characters. Redirects are not followed."
)
PAGE_LIMIT = 50

WebhookId = Annotated[
    UUID, Path(alias="webhookId", description="The id that `POST /webhooks` returned.")
]
"""Parameter of a route: the id of a webhook in the path."""

DeliveryId = Annotated[
    UUID,
    Path(
        alias="deliveryId",
        description="The id of a delivery, which its calls have as `webhook-id`.",
    ),
]
"""Parameter of a route: the id of a delivery in the path."""

Limit = Annotated[int, Query(description="The most deliveries in the answer.", ge=1, le=PAGE_LIMIT)]

Cursor = Annotated[
    UUID | None,
    Query(description="`nextCursor` of the page before, to go on behind it."),
]


class WebhookRequest(ApiModel):
    """An address, and what it wants to be told."""

    model_config = ConfigDict(extra="forbid", strict=True)

    url: str = Field(
        description=URL_TEXT,
        examples=[EXAMPLE_URL],
        min_length=1,
        max_length=MAX_URL_LENGTH,
        json_schema_extra={"format": "uri"},
    )
    events: tuple[EventType, ...] = Field(
        description="What it is told. An empty list makes a webhook that only serves uploads with a"
        " `webhookUrl`.",
        examples=[["task.succeeded", "task.failed"]],
        max_length=len(EventType),
    )

    @field_validator("events")
    @classmethod
    def _name_once(cls, events: tuple[EventType, ...]) -> tuple[EventType, ...]:
        return tuple(sorted(set(events)))


class WebhookView(ApiModel):
    """An address that is called when something is finished."""

    webhook_id: UuidText = Field(description="Id of the webhook.", examples=[EXAMPLE_WEBHOOK_ID])
    url: str = Field(description="Where it is called.", examples=[EXAMPLE_URL])
    events: list[EventType] = Field(
        description="What it is told.", examples=[["task.failed", "task.succeeded"]]
    )
    status: WebhookStatus = Field(
        description="`active`; `disabled`, because all calls failed for 5 days: a test that"
        " succeeds makes it active again; `blocked`, because an operator stopped it.",
        examples=["active"],
    )
    created_at: datetime = Field(
        description="When it was created.", examples=["2026-11-22T12:00:00.104000Z"]
    )
    last_success_at: datetime | None = Field(
        description="When a call last succeeded; null before the first one.",
        examples=["2026-11-22T12:00:01.020000Z"],
    )
    failing_since: datetime | None = Field(
        description="Since when all calls have failed; null if the last one succeeded.",
        examples=[None],
    )
    last_error: str | None = Field(
        description="Why the newest failed call failed; null if none has failed.", examples=[None]
    )
    next_try_at: datetime | None = Field(
        description="Nothing is sent before this time, so that the receiver can recover; null if"
        " calls are sent at once.",
        examples=[None],
    )
    previous_secret_until: datetime | None = Field(
        description="Until then calls have a second signature, made with the secret before the"
        " newest one; null without one.",
        examples=[None],
    )


class WebhookList(ApiModel):
    """The webhooks of one user."""

    webhooks: list[WebhookView] = Field(description=f"Oldest first, at most {MAX_WEBHOOKS}.")


class WebhookSecret(WebhookView):
    """A webhook with its secret, which is shown this once."""

    secret: str = Field(
        description="Signs each call, as Standard Webhooks says. Keep it: nobody can see it again.",
        examples=[EXAMPLE_SECRET],
    )


class AttemptView(ApiModel):
    """One call of a receiver."""

    at: datetime = Field(description="When.", examples=["2026-11-22T12:00:00.700000Z"])
    milliseconds: int = Field(description="How long it took.", examples=[84])
    status: int | None = Field(
        description="HTTP status of the answer; null if there was none.", examples=[204]
    )
    error: str | None = Field(
        description="Why there was no answer, or why it does not count; null otherwise.",
        examples=[None],
    )
    answer: str = Field(
        description=f"The first {ANSWER_BYTES} bytes of the answer.", examples=["ok"]
    )


class DeliveryView(ApiModel):
    """One event for one webhook."""

    delivery_id: UuidText = Field(
        description="Id of the delivery. All its calls have it as `webhook-id`.",
        examples=[EXAMPLE_DELIVERY_ID],
    )
    event: str = Field(description="What is told.", examples=["task.succeeded"])
    url: str = Field(description="Where it is sent.", examples=[EXAMPLE_URL])
    status: DeliveryStatus = Field(
        description="`waiting`, `delivered` or `failed`. It has failed when no call succeeded"
        " within 24 hours.",
        examples=["delivered"],
    )
    created_at: datetime = Field(
        description="When it was added.", examples=["2026-11-22T12:00:00.650000Z"]
    )
    next_try_at: datetime | None = Field(
        description="When it is sent next at the earliest; null unless `waiting`.", examples=[None]
    )
    finished_at: datetime | None = Field(
        description="When it was delivered or failed.", examples=["2026-11-22T12:00:00.784000Z"]
    )
    body: str = Field(
        description="What is sent, as text: the JSON of one of the webhooks of this document.",
        examples=['{"type":"task.succeeded", ...}'],
    )
    attempts: list[AttemptView] = Field(description="The newest 10 calls, oldest first.")


class DeliveryList(ApiModel):
    """A page of deliveries."""

    deliveries: list[DeliveryView] = Field(description="Newest first. They are kept for 7 days.")
    next_cursor: str | None = Field(
        description="Send it as `cursor` to get the next page; null on the last one.",
        examples=[None],
    )


class DeliveryReference(ApiModel):
    """A delivery that will be sent at once."""

    delivery_id: UuidText = Field(description="Id of the delivery.", examples=[EXAMPLE_DELIVERY_ID])


def build_webhook_view(webhook: Webhook, now: datetime) -> WebhookView:
    """A webhook as its owner sees it."""
    return WebhookView(**_read_webhook(webhook, now))


def build_webhook_secret(webhook: Webhook, now: datetime) -> WebhookSecret:
    """The same with its secret."""
    return WebhookSecret(**_read_webhook(webhook, now), secret=webhook.secret)


def build_delivery_view(delivery: Delivery) -> DeliveryView:
    """A delivery as its owner sees it."""
    is_open = delivery.status == DeliveryStatus.WAITING
    return DeliveryView(
        delivery_id=delivery.delivery_id,
        event=delivery.event,
        url=delivery.url,
        status=DeliveryStatus(delivery.status),
        created_at=delivery.created_at,
        next_try_at=delivery.next_try_at if is_open else None,
        finished_at=delivery.finished_at,
        body=delivery.body,
        attempts=[AttemptView.model_validate(vars(it)) for it in delivery.list_attempts()],
    )


def _read_webhook(webhook: Webhook, now: datetime) -> dict[str, object]:
    until = webhook.previous_secret_until
    shared = ("webhook_id", "url", "created_at", "last_success_at", "failing_since", "last_error")
    return {
        **{name: getattr(webhook, name) for name in shared},
        "events": sorted(webhook.events or ()),
        "status": WebhookStatus(webhook.status),
        "next_try_at": webhook.resume_at if webhook.is_paused(now) else None,
        "previous_secret_until": until if until and until > now else None,
    }
