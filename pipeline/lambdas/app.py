"""The parts that the API functions share: the resolver, and every error as problem+json."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from itertools import islice
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
from aws_lambda_powertools.utilities.typing import LambdaContext
from pynamodb.models import Model

from pipeline.core.controls import Controls
from pipeline.core.defaults import DefaultsItem
from pipeline.core.dynamo import connect
from pipeline.core.errors import PipelineError
from pipeline.core.keys.record import KeysItem
from pipeline.core.keys.tokens import KeyToken
from pipeline.core.quotas import Quota
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.refusals import RefusalCount
from pipeline.lambdas import refusals
from pipeline.lambdas.callers import admit_key, read_owner_id
from pipeline.lambdas.callers import get_owner_id as get_owner_id
from pipeline.lambdas.headers import ALLOWED_HEADERS, EXPOSED_HEADERS
from pipeline.lambdas.limits import TokenBucket, check_request_rate
from pipeline.lambdas.problems import (
    MAX_FIELD_ERRORS,
    MAX_LOCATION_CHARACTERS,
    MEDIA_TYPE,
    FieldError,
    InvalidRequestError,
    Problem,
    RequestTooLargeError,
    RouteNotFoundError,
    ServiceUnavailableError,
    TooManyRequestsError,
    UploadsClosedError,
)
from pipeline.lambdas.settings import ApiSettings
from pipeline.lambdas.statuses import NOT_FOUND, build_problem
from pipeline.lambdas.telemetry import count, logger
from pipeline.lambdas.transient import is_transient

_USUAL_MODELS: tuple[type[Model], ...] = (
    Task,
    TokenBucket,
    RefusalCount,
    Quota,
    Controls,
    DefaultsItem,
    KeysItem,
    KeyToken,
)
"""Models in the table of tasks that every function may need."""

Body = TypeVar("Body")

Next = Callable[[APIGatewayRestResolver], Response[Any]]
"""The rest of what is done with a request."""

Count = Callable[[APIGatewayRestResolver], dict[str, str]]
"""Counts a request, or refuses it. Returns the headers that tell the caller what is left."""

TaskId = Annotated[UUID, Path(alias="taskId", description="The id that `POST /upload` returned.")]
"""Parameter of a route: the id of a task in the path."""

MAX_JSON_BYTES = 16 * 1024
"""Most bytes of a JSON request. Valid ones have less than 2 KB. AWS WAF refuses longer ones."""

RETRY_SECONDS = 2
"""Wait after a transient error: long enough for a throttled table or a failover to recover."""

CLOSED_RETRY_SECONDS = 3600
"""Wait while uploads are closed: operators must act."""


class Resolver(APIGatewayRestResolver):
    """Answers HEAD as GET, without the body."""

    def resolve(self, event: Mapping[str, Any], context: LambdaContext) -> dict[str, Any]:
        # The context says who was admitted. Nothing of the last request may be left in it.
        self.context.clear()
        if event.get("httpMethod") != "HEAD":
            return super().resolve(event, context)
        answer = super().resolve({**event, "httpMethod": "GET"}, context)
        return {**answer, "body": "", "isBase64Encoded": False}


def build_app(
    settings: ApiSettings,
    *,
    counts_refusals: bool = False,
    admits_locked_out: bool = False,
    admits_keys: bool = True,
    count_request: Count | None = None,
    tables: Mapping[type[Model], str] | None = None,
) -> APIGatewayRestResolver:
    """Connect the tables and build a resolver without routes.

    It allows the web page, limits each user, and turns every exception into a problem with a code.

    Args:
        counts_refusals: Whether operators see how often each user was refused, by code.
        admits_locked_out: Whether the routes decide themselves about users who are locked out.
        admits_keys: Whether the routes serve tokens of keys, or people only.
        count_request: Counts requests that need no token. By default the token's user is counted.
        tables: Models that are not in the table of tasks, with the names of their tables.
    """
    usual = dict.fromkeys(_USUAL_MODELS, settings.tasks_table)
    connect(settings.aws_region, {**usual, **(tables or {})})
    app = Resolver(
        enable_validation=True,
        # If an answer does not match its model, the fault is ours and not the caller's.
        response_validation_error_http_code=HTTPStatus.INTERNAL_SERVER_ERROR,
        cors=CORSConfig(
            settings.spa_origin, allow_headers=ALLOWED_HEADERS, expose_headers=EXPOSED_HEADERS
        ),
    )

    check = count_request or _count_for_user(settings, admits_locked_out, admits_keys)
    app.use([_check_body, _limit_requests(check), _check_query])

    @app.exception_handler(Exception)
    def refuse(error: Exception) -> Response[str]:
        return _refuse(app, error, counts_refusals=counts_refusals)

    return app


def respond(
    status: HTTPStatus, body: Body | None = None, headers: Mapping[str, str] | None = None
) -> Response[Body]:
    """Answer a request. No cache may store the answer, because it is personal and changes."""
    content_type = None if body is None else content_types.APPLICATION_JSON
    return Response(status, content_type, body, {"Cache-Control": "no-store", **(headers or {})})


def build_field_errors(errors: Iterable[Mapping[str, Any]], *prefix: str) -> list[FieldError]:
    """Describe pydantic's errors for people, without the values that were sent."""
    return [_build_field_error(error, prefix) for error in islice(errors, MAX_FIELD_ERRORS)]


def _build_field_error(error: Mapping[str, Any], prefix: Sequence[str]) -> FieldError:
    names = [*prefix, *(str(part) for part in error["loc"])]
    # pydantic names an unknown field as its caller did. All other names are our own.
    known = names[:-1] if error["type"] == "extra_forbidden" else names
    return FieldError(
        location=".".join(names)[:MAX_LOCATION_CHARACTERS],
        detail=error["msg"],
        known_location=".".join(known),
    )


def _check_body(app: APIGatewayRestResolver, next_middleware: Next) -> Response[Any]:
    """Refuse long JSON on every route, before anything parses it."""
    event = app.current_event
    content_type = event.headers.get("content-type", "").strip().lower()
    is_json = content_type.startswith(content_types.APPLICATION_JSON)
    if is_json and len(event.body or "") > MAX_JSON_BYTES:
        raise RequestTooLargeError
    return next_middleware(app)


def _count_for_user(settings: ApiSettings, admits_locked_out: bool, admits_keys: bool) -> Count:
    """Counts requests for the user of the token, after a check of both."""

    def count_request(app: APIGatewayRestResolver) -> dict[str, str]:
        owner_id = read_owner_id(app) if admits_locked_out else get_owner_id(app)
        admit_key(app, settings, admits_keys=admits_keys)
        return check_request_rate(owner_id, settings)

    return count_request


def _limit_requests(
    count_request: Count,
) -> Callable[[APIGatewayRestResolver, Next], Response[Any]]:
    """Count each request, and tell its caller what is left."""

    def check_rate(app: APIGatewayRestResolver, next_middleware: Next) -> Response[Any]:
        headers = count_request(app)
        app.context["limit_headers"] = headers  # For the answer to an error
        response = next_middleware(app)
        response.headers.update(headers)
        return response

    return check_rate


def _check_query(app: APIGatewayRestResolver, next_middleware: Next) -> Response[Any]:
    """Refuse parameters that the route does not have, as bodies with unknown fields are."""
    sent, route = app.current_event.resolved_query_string_parameters, app.context["_route"]
    if sent and route.operation_id:  # No route of ours is without one: it is the answer 404
        known = {field.alias for field in route.dependant.query_params}
        unknown = [name for name in sent if name not in known]
        if unknown:
            raise InvalidRequestError([_describe_unknown(name) for name in unknown])
    return next_middleware(app)


def _describe_unknown(name: str) -> FieldError:
    location = f"query.{name}"[:MAX_LOCATION_CHARACTERS]
    detail = "This route has no such parameter. Leave it out"
    return FieldError(location=location, detail=detail, known_location="query")


def _refuse(
    app: APIGatewayRestResolver, error: Exception, *, counts_refusals: bool
) -> Response[str]:
    known = _translate(error)
    request_id = app.current_event.request_context.request_id
    problem = build_problem(known, instance=f"urn:uuid:{request_id}")
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        logger.error("Request failed", exc_info=error, code=problem.code, status=problem.status)
    else:
        errors = [field.known_location for field in problem.errors or []]
        logger.info("Request refused", code=problem.code, status=problem.status, errors=errors)
    count("Errors", code=problem.code)
    if counts_refusals:
        _count_refusal(app, problem)
    headers = {"Cache-Control": "no-store", **app.context.get("limit_headers", {})}
    if problem.status == HTTPStatus.SERVICE_UNAVAILABLE:
        is_closed = isinstance(known, UploadsClosedError)
        headers["Retry-After"] = str(CLOSED_RETRY_SECONDS if is_closed else RETRY_SECONDS)
    if isinstance(known, TooManyRequestsError):
        headers["Retry-After"] = str(known.retry_after_seconds)
    return Response(problem.status, MEDIA_TYPE, problem.model_dump_json(exclude_none=True), headers)


def _count_refusal(app: APIGatewayRestResolver, problem: Problem) -> None:
    owner_id = app.current_event.request_context.authorizer.claims.get("sub")
    is_refusal = problem.status < HTTPStatus.INTERNAL_SERVER_ERROR
    if owner_id and is_refusal and problem.status != HTTPStatus.UNAUTHORIZED:
        refusals.note(str(owner_id), problem.code)


def _translate(error: Exception) -> PipelineError:
    if isinstance(error, PipelineError):
        return error
    if isinstance(error, RequestValidationError):
        errors = build_field_errors(error.errors())
        # The only parameters in a path are ids, and nothing has an id that is not a UUID.
        in_path = [field.location for field in errors if field.location.startswith("path.")]
        return NOT_FOUND[in_path[0]]() if in_path else InvalidRequestError(errors)
    if isinstance(error, NotFoundError):
        return RouteNotFoundError()
    return ServiceUnavailableError() if is_transient(error) else PipelineError()
