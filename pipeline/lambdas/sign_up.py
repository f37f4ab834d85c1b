"""Cognito asks before it creates an account: nobody can sign up while sign-up is closed."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.controls import Controls
from pipeline.core.doors import Door, is_closed
from pipeline.core.dynamo import connect
from pipeline.core.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

settings = load_settings()
connect(settings.aws_region, {Controls: settings.tasks_table})

BY_STRANGERS = "PreSignUp_SignUp"
"""Cognito's name of a sign-up on the page. Operators create accounts by another one."""


class SignUpClosedError(Exception):
    """Cognito sends the message to whoever wants to sign up."""


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Let the account be created.

    Raises:
        SignUpClosedError: Sign-up is closed.
    """
    if event.get("triggerSource") == BY_STRANGERS and is_closed(Door.SIGN_UP):
        logger.info("Sign-up refused: it is closed")
        raise SignUpClosedError("Sign-up is closed at the moment. Try again later.")
    return event
