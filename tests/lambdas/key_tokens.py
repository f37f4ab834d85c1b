"""Requests with the token of a key, as the gateway passes them on."""

from typing import Any

from pipeline.core.keys.record import ApiKey, Scope, create_key
from pipeline.core.keys.tokens import note_token
from tests.environment import settings
from tests.examples import OWNER_ID

BOTH = (Scope.READ, Scope.WRITE)


def make_key(*scopes: Scope, **parts: Any) -> ApiKey:
    """A key of the usual owner that is stored."""
    wanted = {"name": "a", "scopes": scopes or BOTH, **parts}
    return create_key(OWNER_ID, "account", **wanted).stored


def exchange(key: ApiKey) -> dict[str, str]:
    """The claims of a token that the key was exchanged for."""
    token_id = f"token of {key.key_id}"
    note_token(token_id, key.key_id)
    return {"aud": settings.keys_client_id, "jti": token_id, "auth_time": "9999999999"}
