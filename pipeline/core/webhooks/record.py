"""The record of a webhook in DynamoDB: which address is told what, and how that goes.

All webhooks of a user are one list, because the user's id is the hash key. Nobody can read a
webhook of somebody else, whatever id they send.
"""

from __future__ import annotations

import base64
import secrets
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from uuid import uuid4

from pynamodb.attributes import (
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import DeleteError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from pipeline.core.dynamo import BaseMeta, is_condition_failure
from pipeline.core.errors import PipelineError
from pipeline.core.webhooks.errors import (
    TooManyWebhooksError,
    WebhookBlockedError,
    WebhookExistsError,
    WebhookNotFoundError,
)

MAX_WEBHOOKS = 5
"""Webhooks of one user. Each has another host, so no host gets more than one call for an event."""

ROTATION = timedelta(days=1)
"""How long calls are also signed with the secret before the newest."""

DISABLED_AFTER = timedelta(days=5)
"""A webhook whose calls all failed for so long gets no more of them."""

SECRET_PREFIX = "whsec_"  # The prefix of every secret, no secret
SECRET_BYTES = 32
"""Standard Webhooks asks for 24 to 64: https://www.standardwebhooks.com"""


class EventType(StrEnum):
    """What a webhook can be told."""

    TASK_SUCCEEDED = "task.succeeded"
    TASK_FAILED = "task.failed"
    EXPORT_FINISHED = "export.finished"  # Succeeded or failed


TEST_EVENT = "webhook.test"
"""The event of a test. Every webhook gets it."""


class WebhookStatus(StrEnum):
    """Whether a webhook gets calls."""

    ACTIVE = "active"
    DISABLED = "disabled"  # It failed for days. A test that succeeds makes it active again
    BLOCKED = "blocked"  # An operator stopped it


class Webhook(Model):
    """One address of one user."""

    class Meta(BaseMeta): ...

    owner_id = UnicodeAttribute(hash_key=True)
    webhook_id = UnicodeAttribute(range_key=True, default_for_new=lambda: str(uuid4()))
    created_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    url = UnicodeAttribute()
    host = UnicodeAttribute()
    """Host and port of `url`."""
    events = UnicodeSetAttribute(null=True)
    """Names of `EventType`. DynamoDB has no empty set."""
    secret = UnicodeAttribute()
    previous_secret = UnicodeAttribute(null=True)
    previous_secret_until = UTCDateTimeAttribute(null=True)

    status = UnicodeAttribute(default_for_new=WebhookStatus.ACTIVE.value)
    failing_since = UTCDateTimeAttribute(null=True)
    """Time of the first failed call since the last one that succeeded."""
    failures = NumberAttribute(default_for_new=0)
    """Failed calls since the last one that succeeded."""
    last_error = UnicodeAttribute(null=True)
    """Why the newest failed call failed."""
    last_success_at = UTCDateTimeAttribute(null=True)

    news = NumberAttribute(default_for_new=0)
    """Grows with each delivery that is added: `outbox` and `delivering` agree by it."""
    held_until = UTCDateTimeAttribute(null=True)
    """A function works on its deliveries until then at the latest."""
    resume_at = UTCDateTimeAttribute(null=True)
    """After several failures in a row nothing is sent before this time."""
    next_look_at = UTCDateTimeAttribute(null=True)
    """When the message arrives that was sent last."""

    def has_event(self, event: str) -> bool:
        """Whether it is told of this event."""
        return event in (self.events or ())

    def is_held(self, now: datetime) -> bool:
        """Whether a function works on it."""
        return self.held_until is not None and self.held_until > now

    def is_paused(self, now: datetime) -> bool:
        """Whether its receiver gets time to recover."""
        return self.resume_at is not None and self.resume_at > now

    def list_secrets(self, now: datetime) -> list[str]:
        """The secrets that sign a call, the newest first."""
        until = self.previous_secret_until
        is_rotating = self.previous_secret and until and until > now
        return [self.secret, self.previous_secret] if is_rotating else [self.secret]


def build_secret() -> str:
    """A new secret."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def insert(webhook: Webhook) -> None:
    """Save a new webhook if its user has few others, and none for this host.

    It looks again after it has saved. So of two requests at the same time one is refused, or both.

    Raises:
        WebhookExistsError: The user has a webhook for this host.
        TooManyWebhooksError: The user has `MAX_WEBHOOKS` others.
    """
    _check_others(webhook)
    webhook.save()
    try:
        _check_others(webhook)
    except PipelineError:
        webhook.delete()
        raise


def _check_others(webhook: Webhook) -> None:
    stored = list_webhooks(webhook.owner_id)
    others = [each for each in stored if each.webhook_id != webhook.webhook_id]
    if any(each.host == webhook.host for each in others):
        raise WebhookExistsError
    if len(others) >= MAX_WEBHOOKS:
        raise TooManyWebhooksError


def delete(webhook: Webhook) -> None:
    """Delete a webhook.

    Raises:
        WebhookBlockedError: An operator stopped it. Without it its user could make a new one.
    """
    try:
        webhook.delete(condition=Webhook.status != WebhookStatus.BLOCKED.value)
    except DeleteError as error:
        if is_condition_failure(error):
            raise WebhookBlockedError from error
        raise


def find_webhook(owner_id: str, webhook_id: str) -> Webhook | None:
    """The user's webhook with this id, or None."""
    try:
        return Webhook.get(owner_id, webhook_id, consistent_read=True)
    except Webhook.DoesNotExist:
        return None


def get_webhook(owner_id: str, webhook_id: str) -> Webhook:
    """The user's webhook with this id.

    Raises:
        WebhookNotFoundError: There is none.
    """
    webhook = find_webhook(owner_id, webhook_id)
    if webhook is None:
        raise WebhookNotFoundError
    return webhook


def list_webhooks(owner_id: str) -> list[Webhook]:
    """All webhooks of a user, oldest first."""
    found = Webhook.query(owner_id, consistent_read=True)
    return sorted(found, key=lambda webhook: webhook.created_at)


def list_all_webhooks() -> list[Webhook]:
    """The webhooks of all users, those that fail first. A user has few, so it reads all."""
    return sorted(
        Webhook.scan(),
        key=lambda it: (it.failing_since is None, -it.created_at.timestamp()),
    )


def rotate_secret(webhook: Webhook) -> bool:
    """Make a new secret. The one before it stays valid for `ROTATION`.

    Returns:
        False if the webhook was deleted, or if another request made a new secret just now.
    """
    secret = build_secret()
    # It has this secret if the answer to this same write was lost and botocore sends it again.
    return update(
        webhook,
        (Webhook.secret == webhook.secret) | (Webhook.secret == secret),
        Webhook.secret.set(secret),
        Webhook.previous_secret.set(webhook.secret),
        Webhook.previous_secret_until.set(datetime.now(UTC) + ROTATION),
    )


def block(webhook: Webhook) -> bool:
    """Send nothing more to it until an operator says otherwise."""
    return update(webhook, Webhook.url.exists(), Webhook.status.set(WebhookStatus.BLOCKED.value))


def unblock(webhook: Webhook) -> bool:
    """Send to it again."""
    return update(
        webhook,
        Webhook.status == WebhookStatus.BLOCKED,
        Webhook.status.set(WebhookStatus.ACTIVE.value),
        *FORGET_FAILURES,
    )


def update(webhook: Webhook, condition: Condition, *actions: Action) -> bool:
    """Change a webhook, and read it as it is then.

    Returns:
        False if the condition does not hold, or if the webhook was deleted.
    """
    try:
        webhook.update(actions=list(actions), condition=Webhook.url.exists() & condition)
    except UpdateError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


FORGET_FAILURES: tuple[Action, ...] = (
    Webhook.failures.set(0),
    Webhook.failing_since.remove(),
    Webhook.resume_at.remove(),
)
"""As if the last call had succeeded."""
