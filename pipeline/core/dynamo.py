"""What all DynamoDB models have in common."""

from pynamodb.exceptions import PynamoDBException

from pipeline.core.clients import MAX_CONNECTIONS
from pipeline.core.settings import settings


class BaseMeta:
    """The `Meta` of each model inherits from it and adds `table_name`."""

    region = settings.aws_region
    billing_mode = "PAY_PER_REQUEST"
    connect_timeout_seconds = 2
    read_timeout_seconds = 5
    max_retry_attempts = 4
    max_pool_connections = MAX_CONNECTIONS


def is_condition_failure(error: PynamoDBException) -> bool:
    """Whether DynamoDB refused a write because its condition did not hold."""
    return error.cause_response_code == "ConditionalCheckFailedException"
