"""The DynamoDB tables of the models."""

from __future__ import annotations

from typing import Any

from pynamodb.models import Model

from infra.local.clients import Clients
from infra.schema import Index, Table, read_table


def create_table(clients: Clients, model: type[Model]) -> None:
    """Create the table of `model`, or add the indexes and the stream that it lacks."""
    # PynamoDB reads these names when it connects. Without them it would connect to AWS itself.
    meta: Any = model.Meta
    meta.host = clients.endpoint
    meta.aws_access_key_id = clients.key.access_key_id
    meta.aws_secret_access_key = clients.key.secret_access_key
    if model.exists():
        _add_indexes(clients, meta.table_name, read_table(model))
        _add_stream(clients, meta.table_name, read_table(model))
    else:
        model.create_table(wait=True)


def _add_indexes(clients: Clients, name: str, table: Table) -> None:
    """Bring a table of an earlier version up to date, as Terraform does on AWS."""
    found = clients.dynamodb.describe_table(TableName=name)["Table"]
    known = {index["IndexName"] for index in found.get("GlobalSecondaryIndexes", [])}
    definitions: Any = [
        {"AttributeName": name, "AttributeType": kind} for name, kind in table.attributes.items()
    ]
    for index_name in table.indexes.keys() - known:
        clients.dynamodb.update_table(
            TableName=name,
            AttributeDefinitions=definitions,
            GlobalSecondaryIndexUpdates=[
                {"Create": _describe(index_name, table.indexes[index_name])}
            ],
        )


def _add_stream(clients: Clients, name: str, table: Table) -> None:
    if table.stream and not find_stream(clients, name):
        clients.dynamodb.update_table(
            TableName=name,
            StreamSpecification={"StreamEnabled": True, "StreamViewType": table.stream},  # type: ignore[typeddict-item] # PynamoDB has the names as plain text
        )


def find_stream(clients: Clients, name: str) -> str | None:
    """The ARN of the table's stream; None if it has none."""
    return clients.dynamodb.describe_table(TableName=name)["Table"].get("LatestStreamArn")


def _describe(name: str, index: Index) -> Any:
    others = index.non_key_attributes
    return {
        "IndexName": name,
        "KeySchema": [{"AttributeName": key, "KeyType": kind} for kind, key in index.keys.items()],
        "Projection": {
            "ProjectionType": index.projection,
            **({"NonKeyAttributes": others} if others else {}),
        },
    }
