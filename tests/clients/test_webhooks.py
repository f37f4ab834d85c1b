"""Only what Spotter signed is a webhook."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from spotter_client import WebhookError, verify_webhook

SECRET = "whsec_" + base64.b64encode(b"a secret of tests only, 32 bytes").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret of tests, 32 byte").decode()
BODY = json.dumps(
    {
        "type": "task.succeeded",
        "timestamp": "2026-11-22T12:00:00.822000Z",
        "data": {"taskId": "0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55"},
    }
)


def sign(body: str = BODY, secret: str = SECRET, age: timedelta = timedelta()) -> dict[str, str]:
    at = datetime.now(UTC) - age
    return {
        "Webhook-Id": "msg_1",
        "Webhook-Timestamp": str(int(at.timestamp())),
        "Webhook-Signature": Webhook(secret).sign("msg_1", at, body),
    }


@pytest.mark.parametrize("body", [BODY, BODY.encode()])
def test_a_signed_request_is_read(body: str | bytes) -> None:
    event = verify_webhook(SECRET, sign(), body)

    assert (event.id, event.type) == ("msg_1", "task.succeeded")
    assert event.timestamp == datetime(2026, 11, 22, 12, 0, 0, 822000, tzinfo=UTC)
    assert event.data["taskId"] == "0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55"


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        pytest.param(sign(), BODY.replace("succeeded", "failed"), id="another body"),
        pytest.param(sign(secret=OTHER_SECRET), BODY, id="another secret"),
        pytest.param(sign(age=timedelta(minutes=6)), BODY, id="too old"),
        pytest.param({}, BODY, id="no signature"),
        pytest.param(sign("[]"), "[]", id="another shape"),
    ],
)
def test_any_other_request_is_refused(headers: dict[str, str], body: str) -> None:
    with pytest.raises(WebhookError):
        verify_webhook(SECRET, headers, body)
