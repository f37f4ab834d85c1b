"""Sign-in with Cognito: the code flow of OpenID Connect, for members of the operator groups."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

import jwt
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest
from mozilla_django_oidc.auth import OIDCAuthenticationBackend
from requests import RequestException

from portal.access import roles
from portal.access.items import NO_PASSWORD, OperatorItem
from portal.access.models import Operator
from portal.aws import AWS_ERRORS, cognito
from portal.environment import env

logger = logging.getLogger(__name__)


class CognitoBackend(OIDCAuthenticationBackend):
    """The library checks signature and nonce only; audience, issuer, use and time are ours."""

    def authenticate(self, request: HttpRequest | None, **kwargs: Any) -> Operator | None:
        try:
            return super().authenticate(request, **kwargs)
        except (SuspiciousOperation, jwt.PyJWTError, RequestException) as error:
            logger.warning("Sign-in refused: %s", error)
            return None

    def verify_token(self, token: str, **kwargs: Any) -> dict[str, Any]:
        claims: dict[str, Any] = super().verify_token(token, **kwargs)
        expected = {"aud": env.oidc_client_id, "iss": env.issuer, "token_use": "id"}
        for name, value in expected.items():
            if claims.get(name) != value:
                raise SuspiciousOperation(f"The token's {name} is not ours")
        if "exp" not in claims:
            raise SuspiciousOperation("The token never expires")
        return claims

    def get_or_create_user(
        self, access_token: str, id_token: str, claims: dict[str, Any]
    ) -> Operator | None:
        groups = read_groups(claims.get("cognito:groups"))
        if not roles.get_permissions(groups):
            # Somebody who uses the service, not an operator.
            logger.warning("Sign-in refused: %s is in no operator group", claims["sub"])
            return None
        OperatorItem(claims["sub"]).update(
            actions=[
                OperatorItem.email.set(claims.get("email", "")),
                OperatorItem.groups.set(groups),  # type: ignore[arg-type]
                OperatorItem.password.set(NO_PASSWORD),
                OperatorItem.checked_at.set(datetime.now(UTC)),
            ]
        )
        return self.get_user(claims["sub"])

    def get_user(self, user_id: str) -> Operator | None:
        return Operator.objects.filter(pk=user_id).first()


def read_groups(claim: Any) -> list[str]:
    """Groups come as a list; in some Cognito tokens as text, `[a b]` or `a,b`."""
    if isinstance(claim, str):
        return claim.strip("[]").replace(",", " ").split()
    return list(claim or [])


def refresh(operator: Operator) -> None:
    """Read the operator's groups again: a right that was taken away ends within minutes.

    If Cognito does not answer, the operator keeps the rights of the last check.
    """
    client = cognito()
    try:
        user = client.admin_get_user(UserPoolId=env.user_pool_id, Username=operator.pk)
        answer = client.admin_list_groups_for_user(
            UserPoolId=env.user_pool_id, Username=operator.pk
        )
    except client.exceptions.UserNotFoundException:
        groups: list[str] = []
    except AWS_ERRORS:
        logger.warning("Could not read the groups of %s", operator.pk, exc_info=True)
        return
    else:
        groups = [group["GroupName"] for group in answer["Groups"]] if user["Enabled"] else []
    operator.source.update(
        actions=[
            OperatorItem.groups.set(groups),  # type: ignore[arg-type]
            OperatorItem.checked_at.set(datetime.now(UTC)),
        ]
    )
    operator.__dict__.pop("permissions", None)


def get_logout_url(request: HttpRequest | None = None) -> str:
    """Where Cognito ends its own session too."""
    return (
        f"{env.cognito_domain_url}/logout?client_id={env.oidc_client_id}"
        f"&logout_uri={env.portal_url}/"
    )
