"""What a stranger learns about who has an account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.demo.client import sign_in
from infra.local.state import Person, State
from spotter_client import SpotterError
from tests.e2e.attempts import Attempts
from tests.e2e.conftest import User

KIND = "who has an account"


@pytest.fixture
def cognito(system: State) -> Any:
    """Cognito as a browser calls it, without a key."""
    return boto3.client(
        "cognito-idp",
        endpoint_url=system.endpoint,
        region_name=system.region,
        config=Config(signature_version=UNSIGNED),
    )


def answer_to(call: Callable[..., Any], **arguments: Any) -> str:
    try:
        call(**arguments)
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return "accepted"


def test_a_sign_in_answers_the_same_for_every_address(
    system: State, user: User, attempts: Attempts
) -> None:
    def try_password(email: str) -> str:
        with pytest.raises(SpotterError) as refused:
            sign_in(system, Person(email=email, password="Wrong-password-1", group=""))
        return str(refused.value).replace(email, "ADDRESS")

    known, unknown = try_password(user.person.email), try_password(f"{uuid4()}@example.com")

    attempts.note(KIND, "a wrong password", unknown, is_open=known != unknown)
    assert known == unknown


def test_a_password_reset_answers_the_same_for_every_address(
    system: State, user: User, attempts: Attempts, cognito: Any
) -> None:
    def ask(email: str) -> str:
        answer = answer_to(cognito.forgot_password, ClientId=system.client_id, Username=email)
        return answer.replace(email, "ADDRESS")

    known, unknown = ask(user.person.email), ask(f"{uuid4()}@example.com")

    attempts.note(KIND, "a password reset", unknown, is_open=known != unknown)
    assert known == unknown


def test_a_sign_up_tells_that_an_address_is_taken_and_docs_say_so(
    system: State, user: User, attempts: Attempts, cognito: Any
) -> None:
    arguments = {
        "ClientId": system.client_id,
        "Username": user.person.email,
        "Password": "Correct-horse-1",
        "UserAttributes": [{"Name": "email", "Value": user.person.email}],
    }

    answer = answer_to(cognito.sign_up, **arguments)

    # A pool that lets people sign up cannot hide it: docs/security.md.
    attempts.note(KIND, "a sign-up, a known and accepted answer", answer)
    assert answer.startswith("UsernameExistsException")
