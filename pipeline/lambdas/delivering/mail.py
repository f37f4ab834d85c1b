"""Mails to users about their webhooks, through Amazon SES."""

from __future__ import annotations

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from pipeline.core.clients import create_client, create_users_client
from pipeline.core.webhooks.record import DISABLED_AFTER, Webhook
from pipeline.core.webhooks.settings import DeliverSettings
from pipeline.lambdas.telemetry import logger

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 3})

SUBJECT = "Spotter stopped calling your webhook"
TEXT = """\
Spotter could not reach your webhook {url} for {days} days, so it does not call it any more.

The last failure: {error}

What to do: mend the receiver, then send a test from the page (Account, Webhooks) or with
POST /webhooks/{webhook_id}/test. A test that succeeds turns the webhook on again. What was finished
meanwhile is in GET /results.
"""


class Mail:
    """Writes to the owner of a webhook."""

    def __init__(self, settings: DeliverSettings) -> None:
        """Make the clients without connecting.

        Args:
            settings: Without a sender no mail is sent. The page still says what happened.
        """
        self._sender = settings.mail_sender
        self._user_pool_id = settings.user_pool_id

    def tell_disabled(self, webhook: Webhook) -> bool:
        """Say that a webhook was disabled, and why. A mail that cannot be sent stops nothing.

        Returns:
            Whether it was sent.
        """
        if not self._sender:
            return False
        try:
            address = self._find_address(webhook.owner_id)
            if address is not None:
                self._send(address, webhook)
        except (BotoCoreError, ClientError):
            logger.exception("Mail not sent", webhook_id=webhook.webhook_id)
            return False
        return address is not None

    def _find_address(self, owner_id: str) -> str | None:
        """The address that the owner has confirmed. A program has none."""
        cognito = create_users_client(self._user_pool_id, _CONFIG)
        found = cognito.list_users(
            UserPoolId=self._user_pool_id, Filter=f'sub = "{owner_id}"', Limit=1
        )["Users"]
        for user in found:
            attributes = {each["Name"]: each["Value"] for each in user["Attributes"]}
            is_owner = attributes.get("sub") == owner_id
            if is_owner and attributes.get("email_verified") == "true":
                return attributes.get("email")
        return None

    def _send(self, address: str, webhook: Webhook) -> None:
        text = TEXT.format(
            url=webhook.url,
            days=DISABLED_AFTER.days,
            error=webhook.last_error or "unknown",
            webhook_id=webhook.webhook_id,
        )
        create_client("sesv2", _CONFIG).send_email(
            FromEmailAddress=self._sender,
            Destination={"ToAddresses": [address]},
            Content={
                "Simple": {
                    "Subject": {"Data": SUBJECT, "Charset": "UTF-8"},
                    "Body": {"Text": {"Data": text, "Charset": "UTF-8"}},
                }
            },
        )
