"""Cognito asks about each step of a sign-in with an API key: its custom authentication.

https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-challenge.html
"""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.keys.record import KeysItem, find_account
from pipeline.core.keys.sign_in import CHALLENGE
from pipeline.core.keys.text import read_key
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point

settings = load_settings()
connect(settings.aws_region, {KeysItem: settings.tasks_table})

Event = dict[str, Any]


def _define(event: Event) -> dict[str, Any]:
    """What comes next: the question for the key, the tokens after one right answer, or the end."""
    rounds = event["request"]["session"]
    is_right = [
        (each["challengeName"], each["challengeResult"]) == (CHALLENGE, True) for each in rounds
    ]
    is_ours = event["callerContext"]["clientId"] == settings.keys_client_id
    if is_ours and not rounds:
        return {"challengeName": CHALLENGE, "issueTokens": False, "failAuthentication": False}
    is_done = is_ours and is_right == [True]
    return {"issueTokens": is_done, "failAuthentication": not is_done}


def _create(event: Event) -> dict[str, Any]:
    """The question is always the same, and holds nothing."""
    question = {"question": "key"}
    return {"publicChallengeParameters": question, "privateChallengeParameters": question}


def _verify(event: Event) -> dict[str, Any]:
    """Whether the answer is a valid key of the account that signs in."""
    key = read_key(event["request"]["challengeAnswer"] or "")
    owner_id = event["request"]["userAttributes"]["sub"]
    is_right = key is not None and key.owner_id == owner_id and find_account(key) is not None
    return {"answerCorrect": is_right}


_ANSWERS: dict[str, Callable[[Event], dict[str, Any]]] = {
    "DefineAuthChallenge_Authentication": _define,
    "CreateAuthChallenge_Authentication": _create,
    "VerifyAuthChallengeResponse_Authentication": _verify,
}
"""By Cognito's name of the step."""


@entry_point
def handler(event: Event, context: LambdaContext) -> Event:
    """Answer with the event and our part of it, as Cognito wants."""
    source = event.get("triggerSource", "")
    if source not in _ANSWERS:
        return event
    return {**event, "response": _ANSWERS[source](event)}
