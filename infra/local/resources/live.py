"""The WebSocket API: where users open a socket and where messages for it are sent to."""

from __future__ import annotations

from infra.local import names


def build_endpoint(endpoint: str) -> str:
    """Where messages are sent to."""
    return f"{endpoint}/_aws/execute-api/{names.LIVE_API_ID}/{names.LIVE_STAGE}"


def build_url(endpoint: str) -> str:
    """Where a user opens a socket."""
    return build_endpoint(endpoint).replace("http", "ws", 1)


def build_api_arn() -> str:
    """The ARN of the API's stage. Methods and routes follow it."""
    api = f"{names.REGION}:{names.ACCOUNT_ID}:{names.LIVE_API_ID}"
    return f"arn:aws:execute-api:{api}/{names.LIVE_STAGE}"
