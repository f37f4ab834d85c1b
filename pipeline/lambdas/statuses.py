"""The HTTP status of each error, and the problem that a caller gets."""

from http import HTTPStatus

from pipeline.core.errors import (
    CorrectionsChangedError,
    DeletionNotFoundError,
    EngineNotOfferedError,
    ExportNotFoundError,
    ExportOpenError,
    IdempotencyKeyReusedError,
    InvalidCursorError,
    KeyNotFoundError,
    LabelNotFoundError,
    LiveNotOfferedError,
    PermanentError,
    PipelineError,
    StreamNotFoundError,
    TaskNotCorrectableError,
    TaskNotFoundError,
    TaskNotRetryableError,
    TooManyExportsError,
    TooManyKeysError,
)
from pipeline.core.tasks.cancelling import TaskNotCancellableError
from pipeline.core.tasks.versions import (
    NoResultYetError,
    TooManyVersionsError,
    VersionOpenError,
)
from pipeline.core.webhooks.errors import (
    DeliveryNotFoundError,
    NoWebhookForUrlError,
    TooManyWebhooksError,
    WebhookBlockedError,
    WebhookExistsError,
    WebhookNotFoundError,
)
from pipeline.lambdas.frame_problems import (
    FrameNotJpegError,
    FrameTooComplexError,
    FrameTooLargeError,
)
from pipeline.lambdas.problems import (
    BadRequestError,
    ForbiddenError,
    GatewayTimeoutError,
    InvalidRequestError,
    KeyNotAllowedError,
    KeyScopeMissingError,
    MethodNotAllowedError,
    OperatorAccountError,
    PayloadTooLargeError,
    Problem,
    RequestTooLargeError,
    RouteNotFoundError,
    ServiceUnavailableError,
    SignInAgainError,
    TooManyRequestsError,
    UnauthorizedError,
    UnsupportedMediaTypeError,
    WrongKeyError,
)

STATUSES: dict[type[PipelineError], HTTPStatus] = {
    InvalidCursorError: HTTPStatus.BAD_REQUEST,
    BadRequestError: HTTPStatus.BAD_REQUEST,
    UnauthorizedError: HTTPStatus.UNAUTHORIZED,
    ForbiddenError: HTTPStatus.FORBIDDEN,
    TaskNotFoundError: HTTPStatus.NOT_FOUND,
    StreamNotFoundError: HTTPStatus.NOT_FOUND,
    ExportNotFoundError: HTTPStatus.NOT_FOUND,
    DeletionNotFoundError: HTTPStatus.NOT_FOUND,
    KeyNotFoundError: HTTPStatus.NOT_FOUND,
    WrongKeyError: HTTPStatus.UNAUTHORIZED,
    KeyScopeMissingError: HTTPStatus.FORBIDDEN,
    KeyNotAllowedError: HTTPStatus.FORBIDDEN,
    WebhookNotFoundError: HTTPStatus.NOT_FOUND,
    DeliveryNotFoundError: HTTPStatus.NOT_FOUND,
    SignInAgainError: HTTPStatus.FORBIDDEN,
    OperatorAccountError: HTTPStatus.FORBIDDEN,
    RouteNotFoundError: HTTPStatus.NOT_FOUND,
    MethodNotAllowedError: HTTPStatus.METHOD_NOT_ALLOWED,
    RequestTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    IdempotencyKeyReusedError: HTTPStatus.CONFLICT,
    ExportOpenError: HTTPStatus.CONFLICT,
    TooManyExportsError: HTTPStatus.CONFLICT,
    TooManyKeysError: HTTPStatus.CONFLICT,
    TooManyWebhooksError: HTTPStatus.CONFLICT,
    WebhookExistsError: HTTPStatus.CONFLICT,
    WebhookBlockedError: HTTPStatus.CONFLICT,
    TaskNotCancellableError: HTTPStatus.CONFLICT,
    TaskNotRetryableError: HTTPStatus.CONFLICT,
    TaskNotCorrectableError: HTTPStatus.CONFLICT,
    CorrectionsChangedError: HTTPStatus.CONFLICT,
    NoResultYetError: HTTPStatus.CONFLICT,
    VersionOpenError: HTTPStatus.CONFLICT,
    TooManyVersionsError: HTTPStatus.CONFLICT,
    LabelNotFoundError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PayloadTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FrameTooLargeError: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    FrameNotJpegError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    FrameTooComplexError: HTTPStatus.UNPROCESSABLE_ENTITY,
    LiveNotOfferedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    UnsupportedMediaTypeError: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    InvalidRequestError: HTTPStatus.UNPROCESSABLE_ENTITY,
    PermanentError: HTTPStatus.UNPROCESSABLE_ENTITY,
    EngineNotOfferedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    NoWebhookForUrlError: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooManyRequestsError: HTTPStatus.TOO_MANY_REQUESTS,
    ServiceUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    GatewayTimeoutError: HTTPStatus.GATEWAY_TIMEOUT,
    PipelineError: HTTPStatus.INTERNAL_SERVER_ERROR,
}
"""HTTP status of an error. A subclass without an entry has the status of its base."""


NOT_FOUND: dict[str, type[PipelineError]] = {
    "path.deliveryId": DeliveryNotFoundError,
    "path.exportId": ExportNotFoundError,
    "path.keyId": KeyNotFoundError,
    "path.streamId": StreamNotFoundError,
    "path.taskId": TaskNotFoundError,
    "path.webhookId": WebhookNotFoundError,
}
"""The error if the id in a path is no UUID."""


# RFC 9110's names, which Python has from 3.13 on
_TITLES = {
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "Content Too Large",
    HTTPStatus.UNPROCESSABLE_ENTITY: "Unprocessable Content",
}


def build_problem(error: PipelineError, instance: str | None = None) -> Problem:
    """Describe `error` to a caller.

    Args:
        instance: URI of this one occurrence. The caller quotes it to the operators.
    """
    status = next(STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES)
    return Problem(
        type="about:blank",
        title=_TITLES.get(status, status.phrase),
        status=status,
        detail=str(error),
        code=error.code,
        instance=instance,
        errors=error.errors if isinstance(error, InvalidRequestError) else None,
    )
