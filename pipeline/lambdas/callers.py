"""Who sends a request, and whether they may: a person, a program, or a key of a person."""

from collections.abc import Mapping
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayRestResolver

from pipeline.core.keys.record import ApiKey, Scope
from pipeline.core.keys.tokens import find_key_of_token
from pipeline.core.tasks.lockouts import is_locked_out
from pipeline.lambdas.problems import KeyNotAllowedError, KeyScopeMissingError, UnauthorizedError
from pipeline.lambdas.settings import ApiSettings

_READING = ("GET", "HEAD")

_FOR_PEOPLE = frozenset({"putDefaults", "putSharing"})
"""Operations that decide for a whole account what becomes of its pictures."""

_SHOWING_RESULTS = frozenset({"correctResult", "createStream", "createTicket"})
"""Operations that write, and show results or open a way on which results come from then on."""


def get_owner_id(app: APIGatewayRestResolver) -> str:
    """The `sub` of the signed-in user. A request looks once whether the user is locked out.

    Raises:
        UnauthorizedError: As `read_owner_id` says, or the account was disabled or erased since the
            token was given out.
    """
    owner_id = read_owner_id(app)
    if app.context.get("admitted") != owner_id:
        if is_locked_out(owner_id):
            raise UnauthorizedError
        app.context["admitted"] = owner_id
    return owner_id


def read_owner_id(app: APIGatewayRestResolver) -> str:
    """The `sub` of the user, locked out or not, from the token that the gateway checked.

    A person sends an ID token. A program sends its own access token, whose subject is its client.
    The access token of a person only serves to change the account and is refused.

    Raises:
        UnauthorizedError: The token is of another kind.
    """
    claims = read_claims(app)
    owner_id, use = claims.get("sub"), claims.get("token_use")
    is_program = use == "access" and owner_id == claims.get("client_id")
    if not owner_id or not (use == "id" or is_program):
        raise UnauthorizedError
    return str(owner_id)


def read_claims(app: APIGatewayRestResolver) -> Mapping[str, Any]:
    """The claims of the token that the gateway checked."""
    return dict(app.current_event.request_context.authorizer.claims)


def admit_key(app: APIGatewayRestResolver, settings: ApiSettings, *, admits_keys: bool) -> None:
    """Check the key that the token was exchanged for, if it was. `find_key_used` finds it then.

    The key is read at each request, so a revoked key is refused at once.

    Args:
        admits_keys: Whether the routes of this function serve keys at all.

    Raises:
        UnauthorizedError: The key was revoked or has ended.
        KeyNotAllowedError: The route serves only people.
        KeyScopeMissingError: The key lacks a scope that the route needs.
    """
    claims = read_claims(app)
    # The client tells tokens of keys from those of people: nobody else can sign in at it.
    if not settings.keys_client_id or claims.get("aud") != settings.keys_client_id:
        return
    operation: str | None = app.context["_route"].operation_id
    if not admits_keys or operation in _FOR_PEOPLE:
        raise KeyNotAllowedError
    key = find_key_of_token(str(claims["sub"]), str(claims.get("jti", "")))
    if key is None:
        raise UnauthorizedError
    for scope in _list_scopes(app.current_event.http_method, operation):
        if scope not in key.scopes:
            raise KeyScopeMissingError(scope)
    app.context["key"] = key


def _list_scopes(method: str, operation: str | None) -> tuple[Scope, ...]:
    if method in _READING:
        return (Scope.READ,)
    return (Scope.WRITE, Scope.READ) if operation in _SHOWING_RESULTS else (Scope.WRITE,)


def find_key_used(app: APIGatewayRestResolver) -> ApiKey | None:
    """The key that this request came with; None for a person."""
    key: ApiKey | None = app.context.get("key")
    return key
