"""Restore deleted records: copy the missing ones from a restored table.

AWS restores a backup into a table with another name. Records in the live table stay as they are, so
this can run while the system works, and can run again.

Run as: python -m infra.deploy.restore RESTORED_TABLE LIVE_TABLE
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import boto3

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

KEY = "task_id"


def main() -> int:
    arguments = _parse()
    copied, kept = copy_missing(boto3.client("dynamodb"), arguments.restored, arguments.live)
    sys.stdout.write(f"{copied} records copied, {kept} were there already\n")
    return 0


def copy_missing(client: DynamoDBClient, restored: str, live: str) -> tuple[int, int]:
    """Copy the records of one table that another table lacks.

    Returns:
        The number of copied records, and the number that the live table had already.
    """
    copied = kept = 0
    for item in _scan(client, restored):
        try:
            client.put_item(
                TableName=live, Item=item, ConditionExpression=f"attribute_not_exists({KEY})"
            )
            copied += 1
        except client.exceptions.ConditionalCheckFailedException:
            kept += 1
    return copied, kept


def _scan(client: DynamoDBClient, table: str) -> Iterator[dict[str, Any]]:
    for page in client.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
        yield from page["Items"]


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m infra.deploy.restore", description=__doc__)
    parser.add_argument("restored", metavar="RESTORED_TABLE")
    parser.add_argument("live", metavar="LIVE_TABLE")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
