"""Attempts to get in with forged or stolen credentials. Writes build/access.jsonl."""

import base64
import json
from collections.abc import Callable
from typing import Any

import boto3
import httpx
import jwt
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.clients import Clients
from infra.local.demo.client import request_tokens, sign_in
from infra.local.state import Person, State
from spotter_client import SpotterError
from tests.e2e.attempts import EVIL, Attempts, describe
from tests.e2e.conftest import PATIENCE_SECONDS, User
from tests.e2e.test_gateway import ROUTES
from tests.pictures import build_quadrants, encode

PNG = encode(build_quadrants(), "PNG")


def encode_part(part: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def change(token: str, header: dict[str, Any], claims: dict[str, Any]) -> str:
    """The token with changed contents and its original signature."""
    head, body = (
        jwt.get_unverified_header(token),
        jwt.decode(token, options={"verify_signature": False}),
    )
    return f"{encode_part(head | header)}.{encode_part(body | claims)}.{token.split('.')[2]}"


def without_signature(token: str) -> str:
    return change(token, {"alg": "none"}, {}).rsplit(".", 1)[0] + "."


def signed_by_the_public_key(token: str, keys: bytes) -> str:
    """An HS256 token signed with the public key."""
    claims = jwt.decode(token, options={"verify_signature": False})
    unsigned = (
        f"{encode_part({**jwt.get_unverified_header(token), 'alg': 'HS256'})}.{encode_part(claims)}"
    )
    signature = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(
        unsigned.encode(), keys
    )
    return f"{unsigned}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


@pytest.fixture(scope="module")
def tokens(system: State, root: Clients, user: User, stranger: User) -> dict[str, str]:
    """Tokens that must not open a route."""
    keys = httpx.get(
        f"{system.endpoint}/{system.user_pool_id}/.well-known/jwks.json",
        timeout=PATIENCE_SECONDS,
    ).content
    sub = jwt.decode(stranger.id_token, options={"verify_signature": False})["sub"]
    return {
        "another's sub": change(user.id_token, {}, {"sub": sub}),
        "a longer life": change(user.id_token, {}, {"exp": 4_000_000_000}),
        "operators' groups": change(user.id_token, {}, {"cognito:groups": ["admin"]}),
        "alg none": without_signature(user.id_token),
        "alg None": change(user.id_token, {"alg": "None"}, {}),
        "HS256 by the public key": signed_by_the_public_key(user.id_token, keys),
        "another kid": change(user.id_token, {"kid": "../../dev/null"}, {}),
        "a key of its own": change(user.id_token, {"jku": f"{EVIL}/jwks.json"}, {"iss": EVIL}),
        "another pool": build_foreign_token(system, root),
        "an access token": str(request_tokens(system, user.person)["AccessToken"]),
        "a refresh token": str(request_tokens(system, user.person)["RefreshToken"]),
    }


def build_foreign_token(system: State, root: Clients) -> str:
    """A valid token of another user pool in the same account."""
    pool_id = root.cognito.create_user_pool(PoolName="foreign")["UserPool"]["Id"]
    client = root.cognito.create_user_pool_client(
        UserPoolId=pool_id,
        ClientName="foreign",
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]
    person = Person(email="mallory@example.com", password="Correct-horse-1", group="")
    root.cognito.admin_create_user(
        UserPoolId=pool_id, Username=person.email, MessageAction="SUPPRESS"
    )
    root.cognito.admin_set_user_password(
        UserPoolId=pool_id, Username=person.email, Password=person.password, Permanent=True
    )
    foreign = {"user_pool_id": pool_id, "client_id": client["ClientId"]}
    return sign_in(system.model_copy(update=foreign), person)


TOKENS = (
    "another's sub",
    "a longer life",
    "operators' groups",
    "alg none",
    "alg None",
    "HS256 by the public key",
    "another kid",
    "a key of its own",
    "another pool",
    "an access token",
    "a refresh token",
)


@pytest.mark.parametrize("name", TOKENS)
def test_every_route_refuses_a_wrong_token(
    system: State, user: User, tokens: dict[str, str], attempts: Attempts, name: str
) -> None:
    task_id = user.client.upload_direct(PNG, "image/png", "own.png")
    headers = {"Authorization": f"Bearer {tokens[name]}"}
    request = {"contentType": "image/png", "sizeBytes": len(PNG)}

    answers = set()
    for method, path in ROUTES:
        url = system.api_url + path.replace("/1", f"/{task_id}")
        body = request if path == "/upload" else None
        answers.add(
            describe(
                httpx.request(method, url, headers=headers, json=body, timeout=PATIENCE_SECONDS)
            )
        )

    attempts.note("token", f"{name}, on every route", ", ".join(sorted(answers)))
    assert answers == {"401 unauthorized"}


def test_a_token_of_another_client_of_our_pool_shows_only_the_owners_tasks(
    system: State, root: Clients, user: User, attempts: Attempts
) -> None:
    created = root.cognito.create_user_pool_client(
        UserPoolId=system.user_pool_id,
        ClientName="another",
        ExplicitAuthFlows=["ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )
    client_id = created["UserPoolClient"]["ClientId"]
    own = user.client.upload_direct(PNG, "image/png", "own.png")

    token = sign_in(system.model_copy(update={"client_id": client_id}), user.person)
    response = httpx.get(
        f"{system.api_url}/results", headers={"Authorization": token}, timeout=PATIENCE_SECONDS
    )

    attempts.note("token", "another client of our pool, same person", describe(response))
    assert own in [task["taskId"] for task in response.json()["results"]]


@pytest.mark.parametrize("deed", ["admin_disable_user", "admin_delete_user"])
def test_a_disabled_or_deleted_user_cannot_sign_in_or_refresh(
    system: State, root: Clients, build_user: Callable[[], User], attempts: Attempts, deed: str
) -> None:
    gone = build_user()
    refresh_token = request_tokens(system, gone.person)["RefreshToken"]

    getattr(root.cognito, deed)(UserPoolId=system.user_pool_id, Username=gone.person.email)

    with pytest.raises(SpotterError):
        sign_in(system, gone.person)
    with pytest.raises(ClientError) as refused:
        call_cognito(system).initiate_auth(
            ClientId=system.client_id,
            AuthFlow="REFRESH_TOKEN_AUTH",
            AuthParameters={"REFRESH_TOKEN": refresh_token},
        )
    code = refused.value.response["Error"]["Code"]
    attempts.note("account", f"sign in and refresh after {deed}", code)
    attempts.note("account", f"ID token from before {deed}", describe(gone.http.get("/results")))


def call_cognito(system: State) -> Any:
    """A Cognito client without a key, as in a browser."""
    return boto3.client(
        "cognito-idp",
        endpoint_url=system.endpoint,
        region_name=system.region,
        config=Config(signature_version=UNSIGNED),
    )


ESCALATIONS: dict[str, Callable[[Any, State, User, str], object]] = {
    "joins a group": lambda cognito, system, user, access: cognito.admin_add_user_to_group(
        UserPoolId=system.user_pool_id, Username=user.person.email, GroupName="admin"
    ),
    "makes a group": lambda cognito, system, user, access: cognito.create_group(
        UserPoolId=system.user_pool_id, GroupName="owners"
    ),
    "lists all users": lambda cognito, system, user, access: cognito.list_users(
        UserPoolId=system.user_pool_id
    ),
    "sets another's password": lambda cognito, system, user, access: (
        cognito.admin_set_user_password(
            UserPoolId=system.user_pool_id,
            Username="admin@example.com",
            Password="Correct-horse-1",
            Permanent=True,
        )
    ),
}


@pytest.mark.parametrize("deed", ESCALATIONS)
def test_a_user_cannot_gain_rights(
    system: State, user: User, attempts: Attempts, deed: str
) -> None:
    access_token = str(request_tokens(system, user.person)["AccessToken"])

    with pytest.raises(ClientError) as refused:
        ESCALATIONS[deed](call_cognito(system), system, user, access_token)

    attempts.note("escalation", deed, refused.value.response["Error"]["Code"])


# Not "sub" or "cognito:groups": AWS refuses to set them, the local AWS does not.
def test_an_attribute_gives_no_rights(
    system: State, build_user: Callable[[], User], attempts: Attempts
) -> None:
    user = build_user()
    access_token = request_tokens(system, user.person)["AccessToken"]

    call_cognito(system).update_user_attributes(
        AccessToken=access_token, UserAttributes=[{"Name": "custom:role", "Value": "admin"}]
    )

    claims = jwt.decode(sign_in(system, user.person), options={"verify_signature": False})
    attempts.note("escalation", "sets the attribute custom:role", "taken, without effect")
    assert "cognito:groups" not in claims
