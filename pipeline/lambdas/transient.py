"""Which errors of AWS pass by themselves."""

from http import HTTPStatus

from botocore.exceptions import ClientError, HTTPClientError, IncompleteReadError
from botocore.exceptions import ConnectionError as AwsConnectionError
from botocore.parsers import ResponseParserError
from pynamodb.exceptions import PynamoDBException, VerboseClientError

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

# S3 asks for a repeat of the first three, DynamoDB of the last. Their status is below 500.
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html
_TRANSIENT_CODES = _THROTTLING_CODES | {
    "ConditionalRequestConflict",
    "OperationAborted",
    "RequestTimeout",
    "TransactionConflictException",
}

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html
_TRANSIENT_REASONS = frozenset(
    {"ProvisionedThroughputExceeded", "ThrottlingError", "TransactionConflict"}
)
"""Why DynamoDB cancels a transaction that may succeed in some seconds."""

_LOST_ANSWERS = (HTTPClientError, AwsConnectionError, IncompleteReadError, ResponseParserError)
"""No connection, or an answer that broke off."""


def is_transient(error: BaseException | None) -> bool:
    """Whether the same request may succeed in some seconds."""
    if isinstance(error, PynamoDBException):
        error = error.cause
    if isinstance(error, VerboseClientError):
        error = error.__cause__  # PynamoDB's copy lacks the status and the reasons
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        code = error.response.get("Error", {}).get("Code")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or code in _TRANSIENT_CODES:
            return True
        reasons = error.response.get("CancellationReasons", [])
        return any(reason["Code"] in _TRANSIENT_REASONS for reason in reasons)
    return isinstance(error, _LOST_ANSWERS)
