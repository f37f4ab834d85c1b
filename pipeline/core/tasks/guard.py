"""Keeps "succeeded is final" true in a system of several regions.

Between regions the last writer wins, and each region judges conditions by what it knows. So while
two regions are cut off from each other, one may store a success and the other, later, a failure of
the same task. After the cut the failure replaces the success in both. The stream of the region that
had the success shows the change, with the record as it was. This module puts that record back.

In one region no such change exists: no transition takes a success back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipeline.core.tasks.record import Task, TaskStatus

Item = Mapping[str, Any]
"""A stored task in DynamoDB's own format."""

_KEY, _STATUS, _CREATED = (
    attribute.attr_name for attribute in (Task.task_id, Task.status, Task.created_at)
)
_SUCCEEDED = {"S": TaskStatus.SUCCEEDED.value}


def build_filter() -> str:
    """The pattern of the stream's records that are a success which was overwritten."""
    others = [each.value for each in TaskStatus if each is not TaskStatus.SUCCEEDED]
    old, new = {"S": [TaskStatus.SUCCEEDED.value]}, {"S": others}
    return json.dumps({"dynamodb": {"OldImage": {_STATUS: old}, "NewImage": {_STATUS: new}}})


def is_overwritten(old: Item | None, new: Item | None) -> bool:
    """Whether a change took a success back.

    A task that was deleted and made again with the same Idempotency-Key has another time of
    creation: it is another task.
    """
    if not old or not new:
        return False
    is_same = old[_CREATED] == new[_CREATED]
    return bool(is_same and old[_STATUS] == _SUCCEEDED and new[_STATUS] != _SUCCEEDED)


def restore(old: Item) -> bool:
    """Put a success back that was overwritten.

    A repeat does no harm. The write is the newest one, so the other regions take it over. It is the
    record as it was, also the attributes that this release does not know.

    Returns:
        False if the task was deleted, made again, or has a success meanwhile.
    """
    table = Task._get_connection()
    client: Any = table.connection.client
    try:
        client.put_item(
            TableName=table.table_name,
            Item=dict(old),
            ConditionExpression="attribute_exists(#key) AND #created = :created AND #status <> :it",
            ExpressionAttributeNames={"#key": _KEY, "#created": _CREATED, "#status": _STATUS},
            ExpressionAttributeValues={":created": old[_CREATED], ":it": _SUCCEEDED},
        )
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True
