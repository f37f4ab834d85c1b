"""The portal's check of tokens, with real tokens of the local user pool."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
import pytest
from django.core.exceptions import SuspiciousOperation

from infra.local.clients import Clients
from infra.local.demo.client import sign_in
from infra.local.state import State
from portal.access import cognito
from portal.access.cognito import CognitoBackend
from portal.environment import env

BuildBackend = Callable[..., CognitoBackend]


@pytest.fixture
def build_backend(
    system: State, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., CognitoBackend]:
    """The portal's own check of tokens, set up for the local pool and the page's client."""

    def build(**different: str) -> CognitoBackend:
        values = {
            "oidc_client_id": system.client_id,
            "user_pool_id": system.user_pool_id,
            "aws_region": system.region,
            **different,
        }
        monkeypatch.setattr(cognito, "env", env.model_copy(update=values))
        settings.OIDC_OP_JWKS_ENDPOINT = (
            f"{system.endpoint}/{system.user_pool_id}/.well-known/jwks.json"
        )
        return CognitoBackend()

    return build


def get_token(system: State, group: str) -> str:
    return sign_in(system, next(person for person in system.people if person.group == group))


def test_a_token_of_our_pool_is_accepted(build_backend: BuildBackend, system: State) -> None:
    claims = build_backend().verify_token(get_token(system, "operator"))

    assert claims["email"] == "operator@example.com"
    assert claims["cognito:groups"] == ["operator"]


@pytest.mark.parametrize(
    ("different", "problem"),
    [
        ({"oidc_client_id": "another-client"}, "aud"),
        ({"user_pool_id": "us-east-1_another"}, "iss"),
        ({"aws_region": "eu-west-1"}, "iss"),
    ],
)
def test_a_token_for_another_client_or_issuer_is_refused(
    build_backend: BuildBackend, system: State, different: dict[str, str], problem: str
) -> None:
    backend = build_backend(**different)

    with pytest.raises(SuspiciousOperation, match=f"token's {problem} is not ours"):
        backend.verify_token(get_token(system, "operator"))


def test_a_token_of_another_sign_in_is_refused(build_backend: BuildBackend, system: State) -> None:
    backend = build_backend()

    with pytest.raises(SuspiciousOperation, match="Nonce"):
        backend.verify_token(get_token(system, "operator"), nonce="of-this-sign-in")


def test_a_changed_token_is_refused(build_backend: BuildBackend, system: State) -> None:
    header, payload, signature = get_token(system, "operator").split(".")
    other = get_token(system, "admin").split(".")[1]

    with pytest.raises(SuspiciousOperation):
        build_backend().verify_token(f"{header}.{other}.{signature}")
    assert payload != other


def test_an_expired_token_is_refused(
    build_backend: BuildBackend, system: State, root: Clients
) -> None:
    created = root.cognito.create_user_pool_client(
        UserPoolId=system.user_pool_id,
        ClientName="of-a-moment",
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
        IdTokenValidity=1,
        TokenValidityUnits={"IdToken": "seconds"},
    )
    client_id = created["UserPoolClient"]["ClientId"]
    token = get_token(system.model_copy(update={"client_id": client_id}), "operator")
    time.sleep(2.1)

    with pytest.raises(jwt.ExpiredSignatureError):
        build_backend(oidc_client_id=client_id).verify_token(token)


def test_a_user_of_the_page_is_not_an_operator(build_backend: BuildBackend, system: State) -> None:
    backend = build_backend()
    claims = backend.verify_token(get_token(system, ""))

    operator = backend.get_or_create_user("", "", claims)

    assert operator is None
