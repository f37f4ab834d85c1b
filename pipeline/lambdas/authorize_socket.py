"""API Gateway asks whether a WebSocket may open: it may if a valid ticket says so."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.live.settings import SocketSettings
from pipeline.core.live.tickets import Pass, Ticket, redeem_ticket
from pipeline.lambdas.telemetry import entry_point, logger

settings = SocketSettings.load()
connect(settings.aws_region, {Ticket: settings.connections_table})

NOBODY = Pass("nobody", None)


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Consume the ticket, and name its user to the function that serves the socket.

    A browser names the page in `Origin`; only our own may open a socket. Programs send none.
    """
    headers = {name.lower(): value for name, value in event["headers"].items()}
    origin = headers.get("origin")
    if origin not in (None, settings.spa_origin):
        logger.warning("Socket refused: the page of another origin asked", origin=origin[:100])
        return _answer(event, "Deny", NOBODY)
    redeemed = redeem_ticket((event.get("queryStringParameters") or {}).get("ticket", ""))
    if redeemed is None:
        logger.info("Socket refused: the ticket is not valid")
        return _answer(event, "Deny", NOBODY)
    logger.info("Socket allowed", owner_id=redeemed.owner_id, stream_id=redeemed.stream_id)
    return _answer(event, "Allow", redeemed)


def _answer(event: dict[str, Any], effect: str, redeemed: Pass) -> dict[str, Any]:
    """A policy, as API Gateway wants it.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
    """
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": effect,
        "Resource": event["methodArn"],
    }
    return {
        "principalId": redeemed.owner_id,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        # API Gateway gives it to the function that serves the socket.
        "context": {"streamId": redeemed.stream_id} if redeemed.stream_id else {},
    }
