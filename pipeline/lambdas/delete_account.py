"""POST and GET /account/deletion: a user deletes the account with all data."""

import time
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core import deletions
from pipeline.core.deletions import Deletion, find_deletion
from pipeline.core.erasure_settings import load_request_settings
from pipeline.core.errors import DeletionNotFoundError
from pipeline.core.steps import StepQueue
from pipeline.core.tasks.lockouts import is_locked_out, lock_out
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, respond
from pipeline.lambdas.bodies import JSON, get_content_type, parse_body
from pipeline.lambdas.callers import read_claims, read_owner_id
from pipeline.lambdas.deletion_schemas import DeletionRequest, DeletionView, build_deletion_view
from pipeline.lambdas.problems import (
    FieldError,
    InvalidRequestError,
    KeyNotAllowedError,
    OperatorAccountError,
    SignInAgainError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
)
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import count, entry_point, logger

FRESH_SECONDS = 300
"""Age of a sign-in with which an account can be deleted."""

settings = load_settings()
app = build_app(
    settings,
    admits_locked_out=True,
    admits_keys=False,
    tables={Deletion: settings.tasks_table},
)
queue = StepQueue(load_request_settings().erasures_queue_url)


@app.post(
    "/account/deletion",
    operation_id="deleteAccount",
    tags=["Account"],
    summary="Delete my account and all my data",
    description="For good. The token must come from a sign-in with the password in the last 5"
    " minutes. All other requests are refused from now on, on every device. Get the receipt with"
    " `GET`. A repeat gets the same receipt.",
    openapi_extensions={
        "requestBody": {
            "required": True,
            "description": "The confirmation.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/DeletionRequest"}}},
        }
    },
    responses={
        202: {"description": "The deletion has begun."},
        **refuse(
            UnsupportedMediaTypeError,
            InvalidRequestError,
            KeyNotAllowedError,
            SignInAgainError,
            OperatorAccountError,
        ),
    },
)
def delete_account() -> Response[DeletionView]:
    owner_id = read_owner_id(app)
    deletion = find_deletion(owner_id)
    if deletion is None:
        _check(owner_id)
    begun = deletions.begin(owner_id, str(read_claims(app)["cognito:username"]), queue)
    # The function that deletes does it too. Here it holds before the answer.
    lock_out(owner_id)
    if deletion is None:
        count("DeletionsBegun")
        logger.info("Deletion of an account begun", number=begun.number)
    return respond(HTTPStatus.ACCEPTED, build_deletion_view(begun))


@app.get(
    "/account/deletion",
    operation_id="getDeletion",
    tags=["Account"],
    summary="See the receipt of my deletion",
    description="Works with the token that asked for it, for as long as that is valid.",
    responses={
        200: {"description": "The receipt."},
        **refuse(KeyNotAllowedError, DeletionNotFoundError),
    },
)
def get_deletion() -> Response[DeletionView]:
    owner_id = read_owner_id(app)
    deletion = find_deletion(owner_id)
    if deletion is None:
        if is_locked_out(owner_id):
            raise UnauthorizedError
        raise DeletionNotFoundError
    deletions.revive(deletion, owner_id, queue)
    return respond(HTTPStatus.OK, build_deletion_view(deletion))


def _check(owner_id: str) -> None:
    """Let only the person in front of the screen delete an account."""
    if is_locked_out(owner_id):
        raise UnauthorizedError
    if get_content_type(app.current_event) != JSON:
        raise UnsupportedMediaTypeError
    wanted = parse_body(DeletionRequest, app.current_event)
    claims = read_claims(app)
    is_fresh = time.time() - int(claims.get("auth_time", 0)) < FRESH_SECONDS
    if claims["token_use"] != "id" or not is_fresh:
        raise SignInAgainError
    if claims.get("cognito:groups"):
        raise OperatorAccountError
    if wanted.confirmation.strip().casefold() != str(claims.get("email", "")).casefold():
        raise InvalidRequestError(
            [FieldError(location="body.confirmation", detail="This is not the account's address")]
        )


handler = entry_point(app.resolve)
