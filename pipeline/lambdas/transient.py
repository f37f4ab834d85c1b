"""Which errors of AWS pass by themselves."""

from http import HTTPStatus

from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as AwsConnectionError
from botocore.parsers import ResponseParserError
from pynamodb.exceptions import PynamoDBException

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

# S3 asks for a repeat of these: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
# Their status is below 500.
_TRANSIENT_CODES = _THROTTLING_CODES | {
    "ConditionalRequestConflict",
    "OperationAborted",
    "RequestTimeout",
}

_LOST_ANSWERS = (HTTPClientError, AwsConnectionError, IncompleteReadError, ResponseParserError)
"""No connection, or an answer that broke off."""


def is_transient(error: BaseException | None) -> bool:
    """Whether the same request may succeed in some seconds."""
    if isinstance(error, PynamoDBException):
        error = error.cause
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = error.response.get("Error", {}).get("Code")
        return status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _TRANSIENT_CODES
    return isinstance(error, _LOST_ANSWERS)
