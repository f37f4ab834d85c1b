"""An exchange signs the owner of the key in, and passes on the ID token alone."""

import base64
import hashlib
import hmac
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from pipeline.core.keys.sign_in import KeySignIn

SECRET = "the secret of the client of keys"
PLACE = {"UserPoolId": "pool", "ClientId": "client"}
HASH = base64.b64encode(hmac.digest(SECRET.encode(), b"meclient", hashlib.sha256)).decode()
NAMES = {"USERNAME": "me", "SECRET_HASH": HASH}
BEGIN = {**PLACE, "AuthFlow": "CUSTOM_AUTH", "AuthParameters": NAMES}
ANSWER = {
    **PLACE,
    "ChallengeName": "CUSTOM_CHALLENGE",
    "ChallengeResponses": {**NAMES, "ANSWER": "spk_x"},
    "Session": "the session of the sign-in",
}
TOKENS = {"IdToken": "id", "AccessToken": "access", "RefreshToken": "refresh"}


@pytest.fixture
def cognito() -> Iterator[Stubber]:
    """Cognito, which first tells the secret of the client."""
    client = boto3.client("cognito-idp", region_name="us-east-1")
    with Stubber(client) as stub:
        stub.add_response(
            "describe_user_pool_client", {"UserPoolClient": {"ClientSecret": SECRET}}, PLACE
        )
        yield stub
        stub.assert_no_pending_responses()


def build(cognito: Stubber) -> KeySignIn:
    client: Any = cognito.client
    return KeySignIn(client, "pool", "client")


def begin(cognito: Stubber) -> None:
    cognito.add_response(
        "admin_initiate_auth",
        {"ChallengeName": "CUSTOM_CHALLENGE", "Session": ANSWER["Session"]},
        BEGIN,
    )


def test_the_id_token_is_passed_on_and_the_secret_is_read_once(cognito: Stubber) -> None:
    for _ in range(2):
        begin(cognito)
        cognito.add_response(
            "admin_respond_to_auth_challenge", {"AuthenticationResult": TOKENS}, ANSWER
        )
    sign_in = build(cognito)

    tokens = [sign_in.sign_in("me", "spk_x") for _ in range(2)]

    assert tokens == ["id", "id"]


@pytest.mark.parametrize(
    "code",
    [
        "NotAuthorizedException",
        "UserNotFoundException",
        "PasswordResetRequiredException",
        "UserNotConfirmedException",
    ],
)
def test_a_refusal_is_no_token(cognito: Stubber, code: str) -> None:
    cognito.add_client_error("admin_initiate_auth", code, expected_params=BEGIN)

    assert build(cognito).sign_in("me", "spk_x") is None


def test_a_wrong_answer_is_no_token(cognito: Stubber) -> None:
    begin(cognito)
    cognito.add_client_error(
        "admin_respond_to_auth_challenge", "NotAuthorizedException", expected_params=ANSWER
    )

    assert build(cognito).sign_in("me", "spk_x") is None


def test_too_many_sign_ins_are_no_refusal(cognito: Stubber) -> None:
    cognito.add_client_error("admin_initiate_auth", "TooManyRequestsException")

    with pytest.raises(ClientError):
        build(cognito).sign_in("me", "spk_x")
