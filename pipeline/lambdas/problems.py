"""Every error that a caller can see, as RFC 9457 problem details.

https://www.rfc-editor.org/rfc/rfc9457
"""

from collections.abc import Sequence

from pydantic import BaseModel, Field
from pydantic.json_schema import SkipJsonSchema

from pipeline.core.errors import PipelineError
from pipeline.core.live.streams import MAX_STREAMS

MEDIA_TYPE = "application/problem+json"

MAX_FIELD_ERRORS = 10
"""Faults that one answer lists. A request can have thousands, and nobody reads more."""

MAX_LOCATION_CHARACTERS = 100
"""A location may contain a name that the caller made up."""


class FieldError(BaseModel, frozen=True):
    """One fault in a request."""

    location: str = Field(
        description="Where: `body.`, `query.` or `header.` and the name, cut after"
        f" {MAX_LOCATION_CHARACTERS} characters."
    )
    detail: str = Field(description="What is wrong with it.")
    known_location: SkipJsonSchema[str] = Field("", exclude=True)
    """The location for our logs: names that the API does not know are left out."""


class Problem(BaseModel, frozen=True):
    """Why a request was refused."""

    # Optional members are left out of an answer; they are never null.

    type: str = Field(description="Always `about:blank`: `code` tells errors apart.")
    title: str = Field(description="Name of the HTTP status.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What happened and what to do next, for people.")
    code: str = Field(description="Stable name of the error, for programs.")
    instance: str | SkipJsonSchema[None] = Field(
        None, description="Names this one request. Quote it when you ask the operators."
    )
    errors: list[FieldError] | SkipJsonSchema[None] = Field(
        None,
        description=f"The first {MAX_FIELD_ERRORS} faults of the request, for `invalid_request`.",
    )


class InvalidRequestError(PipelineError):
    """Parameters or body do not match the API's document."""

    code = "invalid_request"
    message = "The request is not valid. Correct each field that `errors` names and send it again."

    def __init__(self, errors: Sequence[FieldError] = ()) -> None:
        super().__init__()
        self.errors = list(errors[:MAX_FIELD_ERRORS])


class RequestTooLargeError(PipelineError):
    """The JSON of a request is longer than any valid one."""

    code = "request_too_large"
    message = "The JSON body is larger than 16 KB. Send only the fields that the API describes."


class UnauthorizedError(PipelineError):
    """Nobody is signed in."""

    code = "unauthorized"
    message = "Sign in and send a valid ID token in the Authorization header."


class WrongKeyError(PipelineError):
    """No valid API key was sent."""

    code = "wrong_key"
    message = (
        "This is no valid API key. It may have been revoked or have ended. Make a new one on the"
        " web page, under Account."
    )


class KeyScopeMissingError(PipelineError):
    """The API key has not the scope that the method needs."""

    code = "key_scope_missing"

    def __init__(self, scope: str = "write") -> None:
        super().__init__(
            f"This API key lacks the scope {scope}. Make one with it on the web page, under"
            " Account."
        )


class KeyNotAllowedError(PipelineError):
    """The route serves people, not API keys."""

    code = "key_not_allowed"
    message = "An API key may not do this. Sign in as a person and send the request again."


class BadRequestError(PipelineError):
    """API Gateway cannot read the request."""

    code = "bad_request"
    message = "The request is malformed. Compare it with the API's OpenAPI document."


class ForbiddenError(PipelineError):
    """API Gateway does not let the request through."""

    code = "forbidden"
    message = "This request is not allowed. Sign in again, and check the address and the token."


class GatewayTimeoutError(PipelineError):
    """A function did not answer API Gateway in time."""

    code = "gateway_timeout"
    message = "The answer took too long. Send the same request again, with an Idempotency-Key."


class RouteNotFoundError(PipelineError):
    """The API has no such path and method."""

    code = "not_found"
    message = "There is no such path or method. See the API's OpenAPI document."


class MethodNotAllowedError(PipelineError):
    """The path exists, but not with this method."""

    code = "method_not_allowed"
    message = "This path has no such method. The header Allow lists those that it has."


class PayloadTooLargeError(PipelineError):
    """A picture sent as the body is larger than API Gateway can carry."""

    code = "payload_too_large"
    message = (
        "The body is larger than 4 MB. Ask for an upload form (POST /upload with a JSON body)"
        " and send the picture there: up to 20 MB."
    )


class UnsupportedMediaTypeError(PipelineError):
    """The API does not read this Content-Type."""

    code = "unsupported_media_type"
    message = (
        "Send Content-Type application/json for an upload form,"
        " or the picture itself with its type: image/jpeg, image/png, image/webp, image/heic"
        " or image/avif. POST /pictures also takes application/octet-stream."
    )


class SignInAgainError(PipelineError):
    """The request needs a token of a sign-in that was just now."""

    code = "sign_in_again"
    message = (
        "Sign in with your password again, and send the request within 5 minutes. A token of a"
        " program or of an earlier sign-in is not enough to delete an account."
    )


class OperatorAccountError(PipelineError):
    """Operators do not delete their own account."""

    code = "operator_account"
    message = "This is the account of an operator. Ask an administrator to erase it."


class ServiceUnavailableError(PipelineError):
    """A dependency, such as DynamoDB or SQS, does not answer at the moment."""

    code = "service_unavailable"
    message = "The service is busy. Send the same request again in a few seconds."


class RegionUnhealthyError(ServiceUnavailableError):
    """A service that every request needs does not answer in this region."""

    code = "region_unhealthy"
    message = "A part of the service does not answer. Try again in a few seconds."

    def __init__(self, failing: Sequence[str] = ()) -> None:
        super().__init__(
            f"{self.message} It is: {', '.join(failing)}." if failing else self.message
        )


class UploadsClosedError(ServiceUnavailableError):
    """An operator or the month's spent budget closed uploads, until operators open them again."""

    code = "uploads_closed"
    message = "The service takes no pictures at the moment. Try again later or ask the operators."


class LivePausedError(ServiceUnavailableError):
    """An operator paused recognition. Photos wait meanwhile, but an old frame is worth nothing."""

    code = "live_paused"
    message = "The operators have paused live recognition. Try again in some minutes."


class TooManyRequestsError(PipelineError):
    """This user sends requests too fast. API Gateway uses the code too, for all users together."""

    code = "too_many_requests"
    message = "Too many requests at once. Wait a second and send the same request again."

    def __init__(self, retry_after_seconds: int = 1) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class TooManyUnfinishedTasksError(TooManyRequestsError):
    """This user has as many unfinished tasks as one user may have."""

    code = "too_many_in_flight"
    message = (
        "Too many of your pictures are unfinished. Wait as Retry-After says, or cancel or delete"
        " some, then send the same request again."
    )


class DailyBytesReachedError(TooManyRequestsError):
    """This user has sent as many bytes as one user may send in a day."""

    code = "daily_bytes_reached"
    message = "You have sent as many bytes as you may in a day. Wait as Retry-After says."


class DailyPixelsReachedError(TooManyRequestsError):
    """This user's pictures of the last day have as many pixels as one user may send."""

    code = "daily_pixels_reached"
    message = "You have sent as many megapixels as you may in a day. Wait as Retry-After says."


class KeyLimitReachedError(TooManyRequestsError):
    """This API key has sent as many pictures as its daily limit allows."""

    code = "key_limit_reached"
    message = (
        "This API key has reached its daily limit. Wait as Retry-After says, until the next day"
        " begins in UTC, or use a key with a larger one."
    )


class StorageFullError(TooManyRequestsError):
    """This user has sent as many bytes as we store for one user."""

    code = "storage_full"
    message = "Your pictures take all the space that you may use. Wait as Retry-After says."


class TooManyStreamsError(TooManyRequestsError):
    """This user has as many streams as one user may have."""

    code = "too_many_streams"
    message = f"You have {MAX_STREAMS} streams. Stop one with DELETE /streams/{{streamId}} first."


class TooManyCallsError(TooManyRequestsError):
    """This user has sent as many tests and repeats to webhooks as one user may."""

    code = "too_many_calls"
    message = "Too many tests and repeats of deliveries. Wait as Retry-After says."


class LiveBusyError(TooManyRequestsError):
    """The workers have no room for another stream, or none of them reads frames at the moment."""

    code = "live_busy"

    def __init__(self, retry_after_seconds: int = 15) -> None:
        super().__init__(retry_after_seconds)
        self.args = (f"Live recognition is busy. Try again in {retry_after_seconds} s.",)
