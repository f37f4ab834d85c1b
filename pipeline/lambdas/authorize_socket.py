"""API Gateway asks whether a WebSocket may open: it may if a valid ticket says so."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.live.settings import SocketSettings
from pipeline.core.live.tickets import Ticket, redeem_ticket
from pipeline.lambdas.telemetry import entry_point, logger

settings = SocketSettings.load()
connect(settings.aws_region, {Ticket: settings.connections_table})


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Consume the ticket, and name its user to the function that serves the socket.

    A browser names the page in `Origin`; only our own may open a socket. Programs send none.
    """
    headers = {name.lower(): value for name, value in event["headers"].items()}
    origin = headers.get("origin")
    if origin not in (None, settings.spa_origin):
        logger.warning("Socket refused: the page of another origin asked", origin=origin[:100])
        return _answer(event, "Deny")
    owner_id = redeem_ticket((event.get("queryStringParameters") or {}).get("ticket", ""))
    if owner_id is None:
        logger.info("Socket refused: the ticket is not valid")
        return _answer(event, "Deny")
    logger.info("Socket allowed", owner_id=owner_id)
    return _answer(event, "Allow", owner_id)


def _answer(event: dict[str, Any], effect: str, owner_id: str = "nobody") -> dict[str, Any]:
    """A policy, as API Gateway wants it.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
    """
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": effect,
        "Resource": event["methodArn"],
    }
    return {
        "principalId": owner_id,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
    }
