"""POST /token: exchange an API key for an ID token. The route itself needs none."""

import base64
import ipaddress
import json
from http import HTTPStatus
from typing import NoReturn

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from botocore.config import Config

from pipeline.core.clients import create_users_client
from pipeline.core.keys.record import find_account, note_use
from pipeline.core.keys.sign_in import KeySignIn
from pipeline.core.keys.text import read_key
from pipeline.core.keys.tokens import TOKEN_LIFETIME, note_token
from pipeline.core.settings import read_environment
from pipeline.core.tasks.lockouts import is_locked_out
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, respond
from pipeline.lambdas.bodies import JSON, get_content_type, parse_body
from pipeline.lambdas.key_schemas import IssuedToken, TokenRequest
from pipeline.lambdas.limits import Limit, count_request
from pipeline.lambdas.problems import (
    InvalidRequestError,
    TooManyRequestsError,
    UnsupportedMediaTypeError,
    WrongKeyError,
)
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import count, entry_point, logger

EXCHANGES = Limit("token", burst=30, per_second=0.5, error=TooManyRequestsError)
"""Exchanges of one address, of right and wrong keys. A key is exchanged once in 15 minutes."""


def count_for_address(app: APIGatewayRestResolver) -> dict[str, str]:
    """Count a request for the address that it came from.

    Raises:
        TooManyRequestsError: The address sends more than the limit.
    """
    caller = find_caller(str(app.current_event.request_context.identity.source_ip))
    return count_request(EXCHANGES, caller)


def find_caller(address: str) -> str:
    """What one caller has: an IPv4 address, or the /64 of an IPv6 address.

    A line with IPv6 has at least a /64, so its owner could use another address for each request.
    """
    is_ipv6 = ":" in address
    return str(ipaddress.ip_network(f"{address}/64", strict=False)) if is_ipv6 else address


settings = load_settings()
app = build_app(settings, count_request=count_for_address)
user_pool_id = read_environment()["user_pool_id"]
sign_in = KeySignIn(
    create_users_client(user_pool_id, Config(connect_timeout=2, read_timeout=6)),
    user_pool_id,
    settings.keys_client_id,
)


@app.post(
    "/token",
    operation_id="createToken",
    tags=["Keys"],
    summary="Exchange an API key for a token",
    description="The token is valid for 15 minutes and does what the key may do. Send it in"
    " `Authorization`. This route itself needs no token. One address may exchange 30 keys at once"
    " and one every two seconds.",
    security=[],
    openapi_extensions={
        "requestBody": {
            "required": True,
            "description": "The key.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/TokenRequest"}}},
        }
    },
    responses={
        200: {"description": "The token."},
        **refuse(UnsupportedMediaTypeError, InvalidRequestError, WrongKeyError),
    },
)
def create_token() -> Response[IssuedToken]:
    if get_content_type(app.current_event) != JSON:
        raise UnsupportedMediaTypeError
    key = read_key(parse_body(TokenRequest, app.current_event).key)
    if key is None:
        _refuse("The text is no key")
    account = find_account(key)
    if account is None:
        _refuse("No such key, or it has ended")
    if is_locked_out(key.owner_id):
        _refuse("The account is locked out")
    id_token = sign_in.sign_in(account, key.text)
    if id_token is None:
        _refuse("The user pool does not let the account in")
    note_token(_read_token_id(id_token), key.key_id)
    note_use(key.owner_id, key.key_id)
    logger.info("API key exchanged", key_id=key.key_id)
    seconds = int(TOKEN_LIFETIME.total_seconds())
    return respond(HTTPStatus.OK, IssuedToken(id_token=id_token, expires_in=seconds))


def _refuse(reason: str) -> NoReturn:
    """Answer alike whatever the reason is. Only the log names it."""
    logger.info("API key refused", reason=reason)
    count("KeysRefused")
    raise WrongKeyError


def _read_token_id(id_token: str) -> str:
    """The claim `jti`. The token comes from Cognito itself, so nobody needs to check it."""
    payload = id_token.split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(claims["jti"])


handler = entry_point(app.resolve)
