"""The parts that the API functions share: the resolver, and every error as problem+json."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any, TypeVar
from uuid import UUID

from aws_lambda_powertools.event_handler import (
    APIGatewayRestResolver,
    CORSConfig,
    Response,
    content_types,
)
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError
from aws_lambda_powertools.event_handler.openapi.params import Path
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as AwsConnectionError
from pynamodb.exceptions import PynamoDBException

from pipeline.core.errors import PipelineError, TaskNotFoundError
from pipeline.core.tasks.lockouts import is_locked_out
from pipeline.lambdas.problems import (
    MEDIA_TYPE,
    FieldError,
    InvalidRequestError,
    RouteNotFoundError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UnauthorizedError,
    build_problem,
)
from pipeline.lambdas.telemetry import count, logger

Body = TypeVar("Body")

TaskId = Annotated[UUID, Path(alias="taskId", description="The id that `POST /upload` returned.")]
"""Parameter of a route: the id of a task in the path."""

RETRY_SECONDS = 2
"""After a transient error: long enough for a throttled table or a failover to recover."""

# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
_THROTTLING_CODES = frozenset(
    {
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


def build_app(spa_origin: str) -> APIGatewayRestResolver:
    """Build a resolver without routes.

    It allows requests from the web page and turns every exception into a problem with a code.

    Args:
        spa_origin: Scheme, host and port of the web page.
    """
    app = APIGatewayRestResolver(
        enable_validation=True,
        # If an answer does not match its model, the fault is ours and not the caller's.
        response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
        cors=CORSConfig(
            allow_origin=spa_origin,
            allow_headers=["Idempotency-Key"],
            expose_headers=["Location", "Retry-After"],
        ),
    )

    @app.exception_handler(Exception)
    def refuse(error: Exception) -> Response[str]:
        return _refuse(app, error)

    return app


def get_owner_id(app: APIGatewayRestResolver) -> str:
    """The `sub` of the signed-in user, from the token that the gateway's authorizer checked.

    A person sends an ID token. A program sends its own access token, whose subject is its client.
    The access token of a person only serves to change the account and is refused.

    Raises:
        UnauthorizedError: The token is of another kind, or the account was disabled or erased since
            the token was given out.
    """
    claims = app.current_event.request_context.authorizer.claims
    owner_id, use = claims.get("sub"), claims.get("token_use")
    is_program = use == "access" and owner_id == claims.get("client_id")
    if not owner_id or not (use == "id" or is_program):
        raise UnauthorizedError
    if is_locked_out(str(owner_id)):
        raise UnauthorizedError
    return str(owner_id)


def respond(
    status: HTTPStatus, body: Body | None = None, headers: Mapping[str, str] | None = None
) -> Response[Body]:
    """Answer a request. No cache may store the answer, because it is personal and changes."""
    content_type = None if body is None else content_types.APPLICATION_JSON
    return Response(status, content_type, body, {"Cache-Control": "no-store", **(headers or {})})


def build_field_errors(errors: Iterable[Mapping[str, Any]], *prefix: str) -> list[FieldError]:
    """Describe pydantic's errors for people, without the values that were sent."""
    return [
        FieldError(
            location=".".join(str(part) for part in (*prefix, *error["loc"])), detail=error["msg"]
        )
        for error in errors
    ]


def _refuse(app: APIGatewayRestResolver, error: Exception) -> Response[str]:
    known = _translate(error)
    request_id = app.current_event.request_context.request_id
    problem = build_problem(known, instance=f"urn:uuid:{request_id}")
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("Request failed", exc_info=error, code=problem.code, status=problem.status)
    else:
        errors = [field.location for field in problem.errors or []]
        logger.info("Request refused", code=problem.code, status=problem.status, errors=errors)
    count("Errors", code=problem.code)
    headers = {"Cache-Control": "no-store"}
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_SECONDS)
    if isinstance(known, TooManyRequestsError):
        headers["Retry-After"] = str(known.retry_after_seconds)
    return Response(problem.status, MEDIA_TYPE, problem.model_dump_json(exclude_none=True), headers)


def _translate(error: Exception) -> PipelineError:
    if isinstance(error, PipelineError):
        return error
    if isinstance(error, RequestValidationError):
        errors = build_field_errors(error.errors())
        # The only parameter in a path is the id of a task. No task has an id that is not a UUID.
        in_path = any(field.location.startswith("path.") for field in errors)
        return TaskNotFoundError() if in_path else InvalidRequestError(errors)
    if isinstance(error, NotFoundError):
        return RouteNotFoundError()
    return ServiceUnavailableError() if _is_transient(error) else PipelineError()


def _is_transient(error: BaseException | None) -> bool:
    if isinstance(error, PynamoDBException):
        error = error.cause
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = error.response.get("Error", {}).get("Code")
        return status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _THROTTLING_CODES
    return isinstance(error, HTTPClientError | AwsConnectionError)
