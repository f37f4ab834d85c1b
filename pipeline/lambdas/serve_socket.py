"""API Gateway tells that a WebSocket was opened or closed: note it, or forget it."""

from http import HTTPStatus
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.live.connections import (
    Connection,
    TooManyConnectionsError,
    add_connection,
    remove_connection,
)
from pipeline.core.live.settings import LiveSettings
from pipeline.lambdas.telemetry import entry_point, logger

settings = LiveSettings.load()
connect(settings.aws_region, {Connection: settings.connections_table})


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Note an opened socket under its user, whom the authorizer named; forget a closed one."""
    request = event["requestContext"]
    if request["eventType"] == "CONNECT":
        allowed = request["authorizer"]
        status = _open(request["connectionId"], allowed["principalId"], allowed.get("streamId"))
    else:
        remove_connection(request["connectionId"])
        code = request.get("disconnectStatusCode")
        logger.info("Socket closed", connection_id=request["connectionId"], code=code)
        status = HTTPStatus.OK
    return {"statusCode": status.value}


def _open(connection_id: str, owner_id: str, stream_id: str | None) -> HTTPStatus:
    try:
        add_connection(connection_id, owner_id, stream_id)
    except TooManyConnectionsError:
        # A refused handshake carries no text, so there is no problem to send.
        logger.warning("Socket refused: its user has too many open ones", owner_id=owner_id)
        return HTTPStatus.TOO_MANY_REQUESTS
    logger.info("Socket opened", connection_id=connection_id, owner_id=owner_id, stream=stream_id)
    return HTTPStatus.OK
