"""POST, GET and DELETE /keys: the API keys of a user."""

from datetime import UTC, datetime
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core.errors import KeyNotFoundError, TooManyKeysError
from pipeline.core.keys.record import MAX_KEYS, create_key, list_keys, revoke_key
from pipeline.core.live.connections import Connection
from pipeline.core.live.push import Push
from pipeline.core.live.settings import PushSettings
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.bodies import JSON, get_content_type, parse_body
from pipeline.lambdas.callers import read_claims
from pipeline.lambdas.key_schemas import KeyId, KeyList, KeyRequest, KeyView, NewKeyView
from pipeline.lambdas.limits import Limit, charge
from pipeline.lambdas.problems import (
    InvalidRequestError,
    KeyNotAllowedError,
    TooManyRequestsError,
    UnsupportedMediaTypeError,
)
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

settings = load_settings()
live = PushSettings.load()
app = build_app(settings, admits_keys=False, tables={Connection: live.connections_table})

NEW_KEYS = Limit("new_keys", burst=20, per_second=20 / 86_400, error=TooManyRequestsError)
"""Keys that a user may make: 20 in a day. It bounds the counters of a day's usage."""


@app.post(
    "/keys",
    operation_id="createKey",
    tags=["Keys"],
    summary="Make an API key",
    description="For a program of yours. The key is in this answer and never again. Exchange it at"
    f" `POST /token`. You may have {MAX_KEYS} keys. Only a signed-in person can make keys.",
    openapi_extensions={
        "requestBody": {
            "required": True,
            "description": "The key to make.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/KeyRequest"}}},
        }
    },
    responses={
        201: {"description": "The key."},
        **refuse(
            UnsupportedMediaTypeError, InvalidRequestError, KeyNotAllowedError, TooManyKeysError
        ),
    },
)
def post_key() -> Response[NewKeyView]:
    if get_content_type(app.current_event) != JSON:
        raise UnsupportedMediaTypeError
    wanted = parse_body(KeyRequest, app.current_event)
    owner_id, claims = get_owner_id(app), read_claims(app)
    if claims["token_use"] != "id":
        raise KeyNotAllowedError  # A program that signs in as itself has no account to sign in to
    if refusal := charge(owner_id, NEW_KEYS, 1, datetime.now(UTC)):
        raise refusal
    made = create_key(
        owner_id,
        str(claims["cognito:username"]),
        name=wanted.name,
        scopes=wanted.scopes,
        ends_at=wanted.ends_at,
        daily_limit=wanted.daily_limit,
    )
    logger.info("API key made", key_id=made.stored.key_id, scopes=made.stored.scopes)
    return respond(HTTPStatus.CREATED, NewKeyView.of_new(made))


@app.get(
    "/keys",
    operation_id="listKeys",
    tags=["Keys"],
    summary="List your API keys",
    description="Without their secrets, which nobody can read again.",
    responses={200: {"description": "The keys."}, **refuse(KeyNotAllowedError)},
)
def get_keys() -> Response[KeyList]:
    keys = [KeyView.of(key) for key in list_keys(get_owner_id(app))]
    return respond(HTTPStatus.OK, KeyList(keys=keys))


@app.delete(
    "/keys/<keyId>",
    operation_id="revokeKey",
    tags=["Keys"],
    summary="Revoke an API key",
    description="At once and for good: the key and all tokens that it was exchanged for are"
    " refused from the next request on. All your sockets are closed, because a program may have"
    " opened one with the key; others open theirs again. If the answer is a 503, repeat the"
    " request: it closes them, and answers 404 if the key is gone.",
    responses={
        204: {"description": "The key is revoked.", "content": {}},
        **refuse(KeyNotFoundError, KeyNotAllowedError),
    },
)
def delete_key(key_id: KeyId) -> Response[None]:
    owner_id = get_owner_id(app)
    try:
        revoke_key(owner_id, str(key_id))
    finally:
        # Also if the key is gone: the request before may have failed at the sockets.
        Push(live.live_endpoint).close_all(owner_id)
    logger.info("API key revoked", key_id=str(key_id))
    return respond(HTTPStatus.NO_CONTENT)


handler = entry_point(app.resolve)
