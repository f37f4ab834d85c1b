"""The common part of all DynamoDB models.

A model does not say where its table is. The entry point of a process calls `bind` or `connect`
once, before the first call to a table.
"""

from __future__ import annotations

from collections.abc import Mapping

from pynamodb.exceptions import PynamoDBException
from pynamodb.models import Model

from pipeline.core.clients import MAX_CONNECTIONS, get_session


class BaseMeta:
    """The `Meta` of each model inherits from it, so that all share region and limits."""

    region: str | None = None
    billing_mode = "PAY_PER_REQUEST"
    connect_timeout_seconds = 2
    read_timeout_seconds = 5
    max_retry_attempts = 4
    max_pool_connections = MAX_CONNECTIONS


def bind(region: str, tables: Mapping[type[Model], str]) -> None:
    """Tell the models which tables of this region they are. Connect nothing yet."""
    BaseMeta.region = region
    for model, table_name in tables.items():
        model.Meta.table_name = table_name


def connect(region: str, tables: Mapping[type[Model], str]) -> None:
    """Bind the models and make one client for all of them now.

    PynamoDB would make one client for each model at its first call, during a request, from a
    session of its own. AWS advises to make clients outside of the handler:
    https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html
    """
    bind(region, tables)
    # PynamoDB has no public way: https://github.com/pynamodb/PynamoDB/issues/1245
    first, *others = (model._get_connection().connection for model in tables)
    first._local.session = get_session()
    client = first.client
    for other in others:
        other._client = client


def is_condition_failure(error: PynamoDBException) -> bool:
    """Whether DynamoDB refused a write because its condition did not hold."""
    return error.cause_response_code == "ConditionalCheckFailedException"
