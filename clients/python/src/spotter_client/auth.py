"""Ways to sign in. Each gives the ID token that the service wants, and renews it.

A renewal is a generator: it yields requests and gets their answers. So it serves both kinds of
client.
"""

from __future__ import annotations

import json
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Protocol

import httpx
from pycognito.aws_srp import AWSSRP  # type: ignore[import-untyped]

from spotter_client.errors import SignInError, build_api_error

EARLY_SECONDS = 60
"""A token is renewed this long before it expires."""

Steps = Generator[httpx.Request, httpx.Response, None]


class Auth(Protocol):
    """A way to sign in."""

    @property
    def token(self) -> str | None:
        """The ID token, or None if it must be renewed first."""
        ...

    def renew(self) -> Steps:
        """The requests that bring a new token.

        Raises:
            SignInError: There is none.
        """
        ...


@dataclass(frozen=True)
class UserPool:
    """Where users sign in: an Amazon Cognito user pool."""

    pool_id: str
    client_id: str
    endpoint: str | None = None
    """Its address, if it is not that of AWS."""

    @property
    def url(self) -> str:
        region = self.pool_id.partition("_")[0]
        return self.endpoint or f"https://cognito-idp.{region}.amazonaws.com"


class TokenAuth:
    """A token that somebody else got. It cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    @property
    def token(self) -> str | None:
        return self._token

    def renew(self) -> Steps:
        raise SignInError("The token is not accepted or has expired. Get a new one.")
        yield  # A generator, as in the other ways


class _Renewed:
    """A token that expires."""

    def __init__(self) -> None:
        self._token: str | None = None
        self._expires_at = 0.0

    @property
    def token(self) -> str | None:
        return self._token if time.monotonic() < self._expires_at else None

    def _keep(self, token: str, seconds: float) -> None:
        self._token = token
        self._expires_at = time.monotonic() + max(seconds - EARLY_SECONDS, seconds / 2)


class KeyAuth(_Renewed):
    """An API key, which the service exchanges for a token of a few minutes."""

    def __init__(self, api_url: str, key: str) -> None:
        super().__init__()
        self._url = f"{api_url.rstrip('/')}/token"
        self._key = key

    def renew(self) -> Steps:
        response = yield httpx.Request("POST", self._url, json={"key": self._key})
        if response.status_code in (400, 401, 403, 422):
            raise SignInError("The key is not accepted. Look on the page whether it was revoked.")
        if not response.is_success:
            raise build_api_error(response)
        answer = response.json()
        self._keep(answer["idToken"], answer["expiresIn"])


class RefreshAuth(_Renewed):
    """A refresh token of an earlier sign-in."""

    def __init__(self, pool: UserPool, refresh_token: str | None) -> None:
        super().__init__()
        self._pool = pool
        self.refresh_token = refresh_token
        self.access_token: str | None = None
        """Changes the account at the user pool, such as its password. The service refuses it."""

    def renew(self) -> Steps:
        if self.refresh_token is None:
            raise SignInError("Nobody has signed in yet.")
        answer = yield from _ask(
            self._pool,
            "InitiateAuth",
            {
                "AuthFlow": "REFRESH_TOKEN_AUTH",
                "ClientId": self._pool.client_id,
                "AuthParameters": {"REFRESH_TOKEN": self.refresh_token},
            },
        )
        self._keep_tokens(answer)

    def _keep_tokens(self, answer: dict[str, Any]) -> None:
        tokens = answer.get("AuthenticationResult")
        if not tokens:
            challenge = answer.get("ChallengeName", "something else")
            raise SignInError(f"The user pool asks for {challenge}. Sign in on the page first.")
        self.refresh_token = tokens.get("RefreshToken", self.refresh_token)
        self.access_token = tokens.get("AccessToken")
        self._keep(tokens["IdToken"], tokens["ExpiresIn"])


class PasswordAuth(RefreshAuth):
    """An email address and a password. The password never leaves this process (SRP)."""

    def __init__(self, pool: UserPool, email: str, password: str) -> None:
        super().__init__(pool, None)
        self._email = email
        self._password = password

    def renew(self) -> Steps:
        if self.refresh_token is not None:
            try:
                yield from super().renew()
            except SignInError:
                self.refresh_token = None
            else:
                return
        # It calls no AWS: only its arithmetic is used.
        srp = AWSSRP(
            self._email, self._password, self._pool.pool_id, self._pool.client_id, client=object()
        )
        parameters: dict[str, str] = srp.get_auth_params()
        challenge = yield from _ask(
            self._pool,
            "InitiateAuth",
            {
                "AuthFlow": "USER_SRP_AUTH",
                "ClientId": self._pool.client_id,
                "AuthParameters": parameters,
            },
        )
        answers = srp.process_challenge(challenge["ChallengeParameters"], parameters)
        answer = yield from _ask(
            self._pool,
            "RespondToAuthChallenge",
            {
                "ChallengeName": challenge["ChallengeName"],
                "ClientId": self._pool.client_id,
                "ChallengeResponses": answers,
            },
        )
        self._keep_tokens(answer)


def _ask(
    pool: UserPool, action: str, body: dict[str, Any]
) -> Generator[httpx.Request, httpx.Response, dict[str, Any]]:
    response = yield httpx.Request(
        "POST",
        pool.url,
        content=json.dumps(body),
        headers={
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"AWSCognitoIdentityProviderService.{action}",
        },
    )
    try:
        answer: dict[str, Any] = response.json()
    except ValueError:
        answer = {}
    if not response.is_success:
        reason = answer.get("message") or answer.get("Message") or response.reason_phrase
        raise SignInError(f"Signing in failed: {reason}")
    return answer
