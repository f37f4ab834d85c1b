"""Signs a key's owner in at the user pool, as Cognito's custom authentication.

Cognito asks `answer_challenge` whether the key is right. Only a process that knows the secret of
the client can begin. So nobody but `POST /token` gets the other tokens that Cognito gives out with
the ID token: they could change the account.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_boto3_cognito_idp import CognitoIdentityProviderClient

CHALLENGE: Final = "CUSTOM_CHALLENGE"


class KeySignIn:
    """The client of the user pool at which keys are exchanged."""

    def __init__(
        self, cognito: CognitoIdentityProviderClient, user_pool_id: str, client_id: str
    ) -> None:
        self._cognito = cognito
        self._pool_id = user_pool_id
        self._client_id = client_id
        self._read_secret = cache(self._ask_for_secret)

    def sign_in(self, account: str, key: str) -> str | None:
        """The ID token of this account, or None if Cognito refuses the key or the account.

        Raises:
            ClientError: AWS refused it for another reason, such as too many sign-ins at once.
            BotoCoreError: AWS did not answer.
        """
        names = {"USERNAME": account, "SECRET_HASH": self._hash_secret(account)}
        refusals = (
            self._cognito.exceptions.NotAuthorizedException,
            self._cognito.exceptions.UserNotFoundException,
            # An operator reset the password. Whoever must choose a new one signs in first.
            self._cognito.exceptions.PasswordResetRequiredException,
            self._cognito.exceptions.UserNotConfirmedException,
        )
        try:
            begun = self._cognito.admin_initiate_auth(
                UserPoolId=self._pool_id,
                ClientId=self._client_id,
                AuthFlow="CUSTOM_AUTH",
                AuthParameters=names,
            )
            answer = self._cognito.admin_respond_to_auth_challenge(
                UserPoolId=self._pool_id,
                ClientId=self._client_id,
                ChallengeName=CHALLENGE,
                ChallengeResponses={**names, "ANSWER": key},
                Session=begun["Session"],
            )
        except refusals:
            return None
        return answer["AuthenticationResult"]["IdToken"]

    def _hash_secret(self, account: str) -> str:
        # https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html
        message = (account + self._client_id).encode()
        return base64.b64encode(
            hmac.digest(self._read_secret().encode(), message, hashlib.sha256)
        ).decode()

    def _ask_for_secret(self) -> str:
        """Read it from Cognito, so that no environment holds a copy."""
        found = self._cognito.describe_user_pool_client(
            UserPoolId=self._pool_id, ClientId=self._client_id
        )
        return found["UserPoolClient"]["ClientSecret"]
