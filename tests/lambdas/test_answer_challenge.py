"""Cognito lets in whoever answers with a valid key of the account, and nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.core.keys.record import Scope, create_key, revoke_key
from pipeline.core.keys.text import KeyText, make_key
from pipeline.lambdas.answer_challenge import handler
from tests.environment import settings
from tests.examples import OTHER_OWNER_ID, OWNER_ID
from tests.lambdas.events import call

RIGHT = {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": True}
WRONG = {"challengeName": "CUSTOM_CHALLENGE", "challengeResult": False}


def ask(step: str, client_id: str = settings.keys_client_id, **request: Any) -> dict[str, Any]:
    """The response of the function to one step of a sign-in."""
    event = {
        "triggerSource": f"{step}_Authentication",
        "callerContext": {"clientId": client_id},
        "request": {"userAttributes": {"sub": OWNER_ID}, "session": [], **request},
        "response": {},
    }
    answer = call(handler, event)
    assert {**answer, "response": {}} == event
    return dict(answer["response"])


def make(owner_id: str = OWNER_ID, **parts: Any) -> KeyText:
    return create_key(owner_id, "account", name="shop", scopes=[Scope.READ], **parts).text


def is_right(answer: str) -> bool:
    return bool(ask("VerifyAuthChallengeResponse", challengeAnswer=answer)["answerCorrect"])


def test_a_sign_in_begins_with_the_question() -> None:
    assert ask("DefineAuthChallenge") == {
        "challengeName": "CUSTOM_CHALLENGE",
        "issueTokens": False,
        "failAuthentication": False,
    }
    assert ask("CreateAuthChallenge")["privateChallengeParameters"]


@pytest.mark.parametrize(
    ("rounds", "gets_tokens"),
    [
        ([RIGHT], True),
        ([WRONG], False),
        ([WRONG, RIGHT], False),
        ([RIGHT, RIGHT], False),
        ([{"challengeName": "SRP_A", "challengeResult": True}], False),
        ([{"challengeName": "PASSWORD_VERIFIER", "challengeResult": True}], False),
    ],
)
def test_one_right_answer_and_nothing_else_gets_tokens(
    rounds: list[dict[str, Any]], gets_tokens: bool
) -> None:
    answer = ask("DefineAuthChallenge", session=rounds)

    assert (answer["issueTokens"], answer["failAuthentication"]) == (gets_tokens, not gets_tokens)


@pytest.mark.parametrize("rounds", [[], [RIGHT]])
def test_no_other_client_signs_in_with_keys(rounds: list[dict[str, Any]]) -> None:
    answer = ask("DefineAuthChallenge", "spa-client", session=rounds)

    assert (answer["issueTokens"], answer["failAuthentication"]) == (False, True)


def test_a_valid_key_of_the_account_is_right() -> None:
    assert is_right(make().text)


def test_other_answers_are_wrong() -> None:
    revoked, ended = make(), make(ends_at=datetime.now(UTC) - timedelta(seconds=1))
    revoke_key(OWNER_ID, revoked.key_id)

    answers = [
        "",
        "x",
        make_key(OWNER_ID).text,
        make(OTHER_OWNER_ID).text,
        revoked.text,
        ended.text,
    ]

    assert not any(is_right(answer) for answer in answers)


def test_an_unknown_step_is_passed_on() -> None:
    assert call(handler, {"triggerSource": "Other"}) == {"triggerSource": "Other"}
