"""The routes of /webhooks: addresses that are called when something is finished."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core.steps import StepQueue
from pipeline.core.webhooks import outbox
from pipeline.core.webhooks.addresses import read_host
from pipeline.core.webhooks.deliveries import get_delivery, list_newest
from pipeline.core.webhooks.errors import (
    DeliveryNotFoundError,
    TooManyWebhooksError,
    WebhookBlockedError,
    WebhookExistsError,
    WebhookNotFoundError,
)
from pipeline.core.webhooks.record import (
    MAX_WEBHOOKS,
    Webhook,
    build_secret,
    delete,
    get_webhook,
    insert,
    list_webhooks,
    rotate_secret,
)
from pipeline.core.webhooks.settings import WebhookSettings
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.bodies import JSON, get_content_type, parse_body
from pipeline.lambdas.limits import build_window, charge
from pipeline.lambdas.problems import (
    InvalidRequestError,
    KeyNotAllowedError,
    TooManyCallsError,
    UnsupportedMediaTypeError,
)
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger
from pipeline.lambdas.webhook_addresses import check_address
from pipeline.lambdas.webhook_schemas import (
    Cursor,
    DeliveryId,
    DeliveryList,
    DeliveryReference,
    Limit,
    WebhookId,
    WebhookList,
    WebhookRequest,
    WebhookSecret,
    build_delivery_view,
    build_webhook_secret,
    build_webhook_view,
)

CALLS = build_window("webhook_calls", 120, timedelta(hours=1), TooManyCallsError)
"""Tests and repeats of one user: enough to try things out, too few to bother somebody with."""

settings = load_settings()
hooks = WebhookSettings.load()
# A webhook that a key had made would outlive the key and go on telling its receiver.
app = build_app(settings, counts_refusals=True, admits_keys=False, tables=hooks.webhook_tables)
queue = StepQueue(hooks.webhooks_queue_url)


@app.post(
    "/webhooks",
    operation_id="createWebhook",
    tags=["Webhooks"],
    summary="Create a webhook",
    description="The answer has the secret that signs its calls. It is shown this once. You can"
    f" have {MAX_WEBHOOKS} webhooks, each for another host. docs/webhooks.md has a receiver that"
    " you can copy. API keys manage no webhooks.",
    openapi_extensions={
        "requestBody": {
            "required": True,
            "description": "Address and events.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/WebhookRequest"}}},
        }
    },
    responses={
        201: {"description": "The webhook is active."},
        **refuse(
            UnsupportedMediaTypeError,
            InvalidRequestError,
            KeyNotAllowedError,
            TooManyWebhooksError,
            WebhookExistsError,
        ),
    },
)
def create_webhook() -> Response[WebhookSecret]:
    if get_content_type(app.current_event) != JSON:
        raise UnsupportedMediaTypeError
    wanted = parse_body(WebhookRequest, app.current_event)
    check_address(wanted.url, "body.url", allow_loopback=settings.webhook_loopback)
    owner_id, host = get_owner_id(app), read_host(wanted.url)
    events = {event.value for event in wanted.events} or None
    webhook = Webhook(owner_id, url=wanted.url, host=host, events=events, secret=build_secret())
    insert(webhook)
    logger.info("Webhook created", webhook_id=webhook.webhook_id)
    return respond(HTTPStatus.CREATED, build_webhook_secret(webhook, datetime.now(UTC)))


@app.get(
    "/webhooks",
    operation_id="listWebhooks",
    tags=["Webhooks"],
    summary="List my webhooks",
    description="With how their last calls went, and without their secrets.",
    responses={200: {"description": "The webhooks, oldest first."}, **refuse(KeyNotAllowedError)},
)
def get_webhooks() -> Response[WebhookList]:
    found, now = list_webhooks(get_owner_id(app)), datetime.now(UTC)
    return respond(
        HTTPStatus.OK, WebhookList(webhooks=[build_webhook_view(it, now) for it in found])
    )


@app.delete(
    "/webhooks/<webhookId>",
    operation_id="deleteWebhook",
    tags=["Webhooks"],
    summary="Delete a webhook",
    description="Its deliveries are deleted too. A call that has begun still ends. A webhook that"
    " the operators stopped stays.",
    responses={
        204: {"description": "The webhook is gone.", "content": {}},
        **refuse(KeyNotAllowedError, WebhookNotFoundError, WebhookBlockedError),
    },
)
def delete_webhook(webhook_id: WebhookId) -> Response[None]:
    webhook = get_webhook(get_owner_id(app), str(webhook_id))
    delete(webhook)
    outbox.schedule(webhook, queue)  # The function deletes its deliveries
    logger.info("Webhook deleted", webhook_id=webhook.webhook_id)
    return respond(HTTPStatus.NO_CONTENT)


@app.post(
    "/webhooks/<webhookId>/secret",
    operation_id="rotateWebhookSecret",
    tags=["Webhooks"],
    summary="Make a new secret",
    description="For one day calls are signed with the new secret and the one before it, so that"
    " you can change your receiver meanwhile.",
    responses={
        200: {"description": "The webhook with its new secret."},
        **refuse(KeyNotAllowedError, WebhookNotFoundError),
    },
)
def rotate_webhook_secret(webhook_id: WebhookId) -> Response[WebhookSecret]:
    webhook = get_webhook(get_owner_id(app), str(webhook_id))
    if not rotate_secret(webhook):
        raise WebhookNotFoundError
    logger.info("Secret of a webhook rotated", webhook_id=webhook.webhook_id)
    return respond(HTTPStatus.OK, build_webhook_secret(webhook, datetime.now(UTC)))


@app.post(
    "/webhooks/<webhookId>/test",
    operation_id="testWebhook",
    tags=["Webhooks"],
    summary="Send a test to a webhook",
    description="It is sent at once, also to a webhook that is disabled. Its delivery says how that"
    " went.",
    responses={
        202: {"description": "The test will be sent."},
        **refuse(KeyNotAllowedError, WebhookNotFoundError, WebhookBlockedError, TooManyCallsError),
    },
)
def send_test_call(webhook_id: WebhookId) -> Response[DeliveryReference]:
    owner_id = get_owner_id(app)
    webhook = get_webhook(owner_id, str(webhook_id))
    _charge_call(owner_id)
    delivery = outbox.send_test(webhook, queue)
    logger.info("Webhook tested", webhook_id=webhook.webhook_id)
    return respond(HTTPStatus.ACCEPTED, DeliveryReference(delivery_id=delivery.delivery_id))


@app.get(
    "/webhooks/<webhookId>/deliveries",
    operation_id="listDeliveries",
    tags=["Webhooks"],
    summary="See what was sent to a webhook",
    description="What was sent, what the receiver answered, and when the next try is.",
    responses={
        200: {"description": "The deliveries, newest first."},
        **refuse(KeyNotAllowedError, WebhookNotFoundError),
    },
)
def get_deliveries(
    webhook_id: WebhookId, limit: Limit = 20, cursor: Cursor = None
) -> Response[DeliveryList]:
    webhook = get_webhook(get_owner_id(app), str(webhook_id))
    found = list_newest(webhook.webhook_id, limit, str(cursor) if cursor else None)
    return respond(
        HTTPStatus.OK,
        DeliveryList(
            deliveries=[build_delivery_view(delivery) for delivery in found],
            next_cursor=found[-1].delivery_id if len(found) == limit else None,
        ),
    )


@app.post(
    "/webhooks/<webhookId>/deliveries/<deliveryId>/redeliver",
    operation_id="redeliver",
    tags=["Webhooks"],
    summary="Send a delivery again",
    description="At once, whatever became of it before, with the same id.",
    responses={
        202: {"description": "It will be sent."},
        **refuse(
            KeyNotAllowedError,
            WebhookNotFoundError,
            DeliveryNotFoundError,
            WebhookBlockedError,
            TooManyCallsError,
        ),
    },
)
def redeliver(webhook_id: WebhookId, delivery_id: DeliveryId) -> Response[DeliveryReference]:
    owner_id = get_owner_id(app)
    webhook = get_webhook(owner_id, str(webhook_id))
    delivery = get_delivery(webhook.webhook_id, str(delivery_id))
    _charge_call(owner_id)
    outbox.send_again(webhook, delivery, queue)
    logger.info("Sent again", webhook_id=webhook.webhook_id, delivery_id=delivery.delivery_id)
    return respond(HTTPStatus.ACCEPTED, DeliveryReference(delivery_id=delivery.delivery_id))


def _charge_call(owner_id: str) -> None:
    if refusal := charge(owner_id, CALLS, 1, datetime.now(UTC)):
        raise refusal


handler = entry_point(app.resolve)
