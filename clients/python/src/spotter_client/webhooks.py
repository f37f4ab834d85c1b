"""Whether a webhook comes from Spotter: it is signed as https://www.standardwebhooks.com says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from spotter_client.errors import SpotterError


class WebhookError(SpotterError):
    """A request is no webhook of Spotter, or older than five minutes. Answer it with 400."""


@dataclass(frozen=True)
class Event:
    """What a webhook tells."""

    id: str
    """The same for each delivery of this event: forget what you have seen."""

    type: str
    """Such as `task.succeeded`."""

    timestamp: datetime
    data: dict[str, Any]


def verify_webhook(secret: str, headers: Mapping[str, str], body: bytes | str) -> Event:
    """Check the signature of a request and read it.

    Args:
        secret: The secret of the webhook, which begins with `whsec_`.
        headers: Headers of the request, in any case.
        body: The body as it came, before anything parsed it.

    Raises:
        WebhookError: The signature is wrong, or the request too old.
    """
    small = {name.lower(): value for name, value in headers.items()}
    try:
        content = Webhook(secret).verify(body, small)
        return Event(
            id=small["webhook-id"],
            type=str(content["type"]),
            timestamp=datetime.fromisoformat(content["timestamp"]),
            data=dict(content["data"]),
        )
    except WebhookVerificationError as error:
        raise WebhookError(f"The webhook was not accepted: {error}.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise WebhookError("The webhook has another shape than Spotter's.") from error
