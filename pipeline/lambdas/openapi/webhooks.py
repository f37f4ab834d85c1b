"""The part `webhooks` of the document: the calls that we make."""

from typing import Any

from aws_lambda_powertools.event_handler.openapi.types import COMPONENT_REF_PREFIX

from pipeline.core.webhooks.messages import MESSAGES, Message
from pipeline.lambdas.openapi.examples import compose

EVENTS = "Events"
"""No tag of our routes: generators make one class of each tag, and one of two would be lost."""

_HEADERS = {
    "webhook-id": "Id of the delivery. A repeat has the same id: handle each id once.",
    "webhook-timestamp": "When the call was made, in seconds since 1970. Refuse old ones.",
    "webhook-signature": "`v1,` and a signature in base64. While a secret is rotated there are two,"
    " with a space in between: accept the call if one of them is right.",
}


def build_webhooks(document: dict[str, Any]) -> dict[str, Any]:
    """Each event with the call that tells of it."""
    return {event: {"post": _build_call(document, event, kind)} for event, kind in MESSAGES.items()}


def _build_call(document: dict[str, Any], event: str, kind: type[Message]) -> dict[str, Any]:
    schema = {"$ref": f"{COMPONENT_REF_PREFIX}{kind.__name__}"}
    noun, _, verb = event.partition(".")
    return {
        "operationId": f"on{noun.title()}{verb.title()}",
        "tags": [EVENTS],
        "summary": (kind.__doc__ or "").partition("\n")[0],
        "description": "Answer with a status from 200 to 299 within 10 seconds, and work on it"
        " afterwards. Otherwise the call is repeated for 24 hours with growing waits.",
        "security": [],
        "parameters": [
            {
                "name": name,
                "in": "header",
                "required": True,
                "description": text,
                "schema": {"type": "string"},
            }
            for name, text in _HEADERS.items()
        ],
        "requestBody": {
            "required": True,
            "description": "What happened.",
            "content": {
                "application/json": {
                    "schema": schema,
                    "examples": {kind.__name__: {"value": compose(document, schema)}},
                }
            },
        },
        "responses": {"2XX": {"description": "You have it."}},
    }
