"""The owner of a webhook that was disabled gets a mail, where the operators have set up mail."""

from __future__ import annotations

import boto3
import pytest
from moto.ses.models import ses_backends

from pipeline.core.webhooks.record import Webhook
from pipeline.lambdas import deliver
from pipeline.lambdas.delivering.mail import Mail
from tests.lambdas.webhooks.conftest import create

ACCOUNT_ID = "123456789012"  # The account that moto pretends to be
SENDER = "spotter@example.com"
URL = "https://hooks.example.com/spotter"


def sign_up(*, verified: bool = True) -> tuple[str, str]:
    """A pool and the `sub` of its only user."""
    cognito = boto3.client("cognito-idp")
    pool_id = cognito.create_user_pool(PoolName="users")["UserPool"]["Id"]
    attributes = {"email": "ann@example.com", "email_verified": str(verified).lower()}
    made = cognito.admin_create_user(
        UserPoolId=pool_id,
        Username="ann",
        UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
    )["User"]
    return pool_id, next(it["Value"] for it in made["Attributes"] if it["Name"] == "sub")


def build_mail(pool_id: str, sender: str = SENDER) -> Mail:
    changes = {"mail_sender": sender, "user_pool_id": pool_id}
    return Mail(deliver.settings.model_copy(update=changes))


def disable(owner_id: str) -> Webhook:
    webhook = create(URL, owner_id)
    webhook.last_error = "The receiver refused the connection."
    return webhook


def test_the_mail_says_what_happened_and_what_to_do() -> None:
    boto3.client("ses").verify_email_identity(EmailAddress=SENDER)
    pool_id, owner_id = sign_up()
    webhook = disable(owner_id)

    is_sent = build_mail(pool_id).tell_disabled(webhook)

    [sent] = ses_backends[ACCOUNT_ID]["us-east-1"].sent_messages
    assert is_sent
    assert sent.destinations["ToAddresses"] == ["ann@example.com"]
    for text in (URL, "refused the connection", f"/webhooks/{webhook.webhook_id}/test"):
        assert text in sent.body


@pytest.mark.parametrize(("sender", "verified"), [("", True), (SENDER, False)])
def test_without_a_sender_or_a_confirmed_address_no_mail_is_sent(
    sender: str, verified: bool
) -> None:
    pool_id, owner_id = sign_up(verified=verified)

    assert not build_mail(pool_id, sender).tell_disabled(disable(owner_id))


def test_a_mail_that_cannot_be_sent_stops_nothing() -> None:
    pool_id, owner_id = sign_up()  # SES does not know the sender

    assert not build_mail(pool_id).tell_disabled(disable(owner_id))
