"""Every error that a caller can see, as RFC 9457 problem details.

https://www.rfc-editor.org/rfc/rfc9457
"""

from collections.abc import Sequence
from http import HTTPStatus

from pydantic import BaseModel

from pipeline.core.errors import (
    IdempotencyKeyReusedError,
    InvalidCursorError,
    PermanentError,
    PipelineError,
    TaskNotFoundError,
    TaskNotRetryableError,
)

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel, frozen=True):
    """One thing that is wrong with a request."""

    location: str
    detail: str


class Problem(BaseModel, frozen=True):
    """Why a request was refused."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    code: str
    instance: str | None = None
    errors: list[FieldError] | None = None


class InvalidRequestError(PipelineError):
    """Parameters or body are not what the API's document asks for."""

    code = "invalid_request"
    message = "The request is not valid. Correct what `errors` names and send it again."

    def __init__(self, errors: Sequence[FieldError] = ()) -> None:
        super().__init__()
        self.errors = list(errors)


class UnauthorizedError(PipelineError):
    """Nobody is signed in."""

    code = "unauthorized"
    message = "Sign in and send a valid ID token in the Authorization header."


class RouteNotFoundError(PipelineError):
    """The API has no such path and method."""

    code = "not_found"
    message = "There is no such path or method. See the API's OpenAPI document."


class PayloadTooLargeError(PipelineError):
    """The picture in the request itself is too large to be carried."""

    code = "payload_too_large"
    message = (
        "The body is larger than 4 MB. Ask for an upload form (POST /upload with a JSON body)"
        " and send the picture there: up to 20 MB."
    )


class UnsupportedMediaTypeError(PipelineError):
    """The Content-Type of the request is none that we read."""

    code = "unsupported_media_type"
    message = (
        "Send Content-Type application/json for an upload form,"
        " or image/jpeg, image/png or image/webp with the picture itself."
    )


class ServiceUnavailableError(PipelineError):
    """Something that we depend on is briefly out of reach."""

    code = "service_unavailable"
    message = "The service is busy. Send the same request again in a few seconds."


class TooManyRequestsError(PipelineError):
    """This user asks faster than anybody may. The gateway uses the code too, for all together."""

    code = "too_many_requests"
    message = "Too many requests at once. Wait a second and send the same request again."

    def __init__(self, retry_after_seconds: int = 1) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class TooManyInFlightError(TooManyRequestsError):
    """This user has as many unfinished tasks as anybody may have."""

    code = "too_many_in_flight"
    message = (
        "Too many of your pictures are unfinished. Wait for some results,"
        " then send the same request again."
    )


STATUSES: dict[type[PipelineError], HTTPStatus] = {
    InvalidCursorError: HTTPStatus.BAD_REQUEST,
    UnauthorizedError: HTTPStatus.UNAUTHORIZED,
    TaskNotFoundError: HTTPStatus.NOT_FOUND,
    RouteNotFoundError: HTTPStatus.NOT_FOUND,
    IdempotencyKeyReusedError: HTTPStatus.CONFLICT,
    TaskNotRetryableError: HTTPStatus.CONFLICT,
    PayloadTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    UnsupportedMediaTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    InvalidRequestError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PermanentError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
    ServiceUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    PipelineError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""Of each error and, unless they have their own, of its subclasses."""


# RFC 9110's names, which Python has from 3.13 on
_TITLES = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
}


def build_problem(error: PipelineError, instance: str | None = None) -> Problem:
    """Say `error` to a caller.

    Args:
        instance: URI of this very occurrence, for a question to the operators.
    """
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    return Problem(
        title=_TITLES.get(status, status.phrase),
        status=status,
        detail=str(error),
        code=error.code,
        instance=instance,
        errors=error.errors if isinstance(error, InvalidRequestError) else None,
    )
