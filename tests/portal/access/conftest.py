"""Cognito as an operator's browser meets it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
import pytest
import responses
from cryptography.hazmat.primitives.asymmetric import rsa
from django.conf import settings
from django.test import Client

from portal.environment import env

OURS, THEIRS = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


@pytest.fixture
def provider() -> Iterator[responses.RequestsMock]:
    """Cognito's token endpoint and keys, with real signatures."""
    key = jwt.algorithms.RSAAlgorithm.to_jwk(OURS.public_key(), as_dict=True)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as requests:
        requests.get(env.jwks_url, json={"keys": [{**key, "kid": "1", "alg": "RS256"}]})
        yield requests


def come_back(
    client: Client, provider: responses.RequestsMock, key: Any = OURS, **claims: Any
) -> Any:
    """Go to Cognito and come back with a token that has these claims."""
    leaving = client.get("/oidc/authenticate/?next=/tasks/task/", secure=True)
    query = dict(parse_qsl(urlsplit(leaving["Location"]).query))
    token = {
        "sub": "11111111-2222-4333-8444-555555555555",
        "aud": env.oidc_client_id,
        "iss": env.issuer,
        "token_use": "id",
        "email": "ann@example.com",
        "exp": time.time() + 600,
        "nonce": query["nonce"],
        "cognito:groups": ["operator"],
        **claims,
    }
    encoded = jwt.encode(token, key, "RS256", {"kid": "1"})
    provider.post(settings.OIDC_OP_TOKEN_ENDPOINT, json={"id_token": encoded, "access_token": "a"})
    return client.get("/oidc/callback/", {"state": query["state"], "code": "c"}, secure=True)


def is_in(client: Client) -> bool:
    return client.get("/tasks/task/", secure=True).status_code == 200
