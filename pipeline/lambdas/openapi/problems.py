"""Every problem that a caller can meet, ours and the gateway's own, by code."""

from http import HTTPStatus

from pipeline.core.errors import (
    AnimatedImageError,
    EmptyImageError,
    IdempotencyKeyReusedError,
    ImageMissingError,
    ImageTimeoutError,
    ImageTooLargeError,
    ImageTooSmallError,
    InvalidCursorError,
    PermanentError,
    PipelineError,
    RetriesExhaustedError,
    TaskNotFoundError,
    TaskNotRetryableError,
    TooManyPixelsError,
    UnreadableImageError,
    UnsupportedFormatError,
)
from pipeline.lambdas.problems import (
    FieldError,
    InvalidRequestError,
    PayloadTooLargeError,
    Problem,
    RouteNotFoundError,
    ServiceUnavailableError,
    TooManyInFlightError,
    TooManyRequestsError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
    build_problem,
)

EXAMPLE_FIELDS = [
    FieldError(location="body.maxLabels", detail="Input should be less than or equal to 100")
]

_OURS = (
    InvalidCursorError(),
    UnauthorizedError(),
    RouteNotFoundError(),
    TaskNotFoundError(),
    IdempotencyKeyReusedError(),
    TaskNotRetryableError(),
    PayloadTooLargeError(),
    UnsupportedMediaTypeError(),
    InvalidRequestError(EXAMPLE_FIELDS),
    EmptyImageError(),
    UnsupportedFormatError(),
    AnimatedImageError(),
    ImageTooLargeError(),
    TooManyPixelsError(),
    ImageTooSmallError(),
    UnreadableImageError(),
    PipelineError(),
    ServiceUnavailableError(),
    TooManyRequestsError(),
    TooManyInFlightError(),
)

_GATEWAYS = {
    "bad_request": (
        HTTPStatus.BAD_REQUEST,
        "The request is malformed. Compare it with the API's OpenAPI document.",
    ),
    "forbidden": (
        HTTPStatus.FORBIDDEN,
        "This request is not allowed. Sign in again, and check the address and the token.",
    ),
    "gateway_timeout": (
        HTTPStatus.GATEWAY_TIMEOUT,
        "The answer took too long. Send the same request again, best with an Idempotency-Key.",
    ),
}

PROBLEMS: dict[str, Problem] = {
    problem.code: problem
    for problem in (
        *(build_problem(error) for error in _OURS),
        *(
            Problem(title=status.phrase, status=status, code=code, detail=detail)
            for code, (status, detail) in _GATEWAYS.items()
        ),
    )
}

TASK_ERRORS: dict[str, str] = {
    error.code: str(error)
    for error in (*_OURS, ImageMissingError(), ImageTimeoutError(), RetriesExhaustedError())
    if isinstance(error, PermanentError)
}
"""What `error.code` of a failed task can be, and its words."""
