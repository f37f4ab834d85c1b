"""DynamoDB tables, as the models describe them."""

from typing import Any

from infra.local import names
from infra.local.clients import ROOT_KEY, Clients
from pipeline.core.dynamo import BaseMeta, bind
from pipeline.core.tasks.record import Task


def create_tables(clients: Clients) -> None:
    """Create the table of tasks with its indexes and its time to live."""
    BaseMeta.host = clients.endpoint
    BaseMeta.aws_access_key_id = BaseMeta.aws_secret_access_key = ROOT_KEY
    bind(names.REGION, {Task: names.TASKS_TABLE})
    if Task.exists():
        _add_indexes(clients)
    else:
        Task.create_table(wait=True)


def _add_indexes(clients: Clients) -> None:
    """Bring a table of an earlier version up to date, as Terraform does it on AWS."""
    schema: Any = Task._get_schema()
    table = clients.dynamodb.describe_table(TableName=names.TASKS_TABLE)["Table"]
    known = {index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])}
    for index in schema["global_secondary_indexes"]:
        if index["index_name"] in known:
            continue
        clients.dynamodb.update_table(
            TableName=names.TASKS_TABLE,
            AttributeDefinitions=schema["attribute_definitions"],
            GlobalSecondaryIndexUpdates=[
                {
                    "Create": {
                        "IndexName": index["index_name"],
                        "KeySchema": index["key_schema"],
                        "Projection": index["projection"],
                    }
                }
            ],
        )
