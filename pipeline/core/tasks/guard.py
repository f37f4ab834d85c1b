"""Keeps "succeeded is final" true in a system of several regions.

Between regions the last writer wins, and each region judges conditions by what it knows. So while
two regions are cut off from each other, one may store a success and the other, later, a failure of
the same task. After the cut the failure replaces the success in both. The stream of the region that
had the success shows the change, with the record as it was. This module puts that record back. The
record of a version can be lost like that of a task.

A task with several versions can also be set back: one region shows version 2, and the other one
writes something else of the task, such as a correction, to a record that shows version 1. Then only
what belongs to the version is put back, and the correction stays.

In one region no such change exists: no transition takes a success or a version back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipeline.core.tasks.changes import SHOWN_BY_VERSION
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.tasks.version_ids import names_version

Item = Mapping[str, Any]
"""A stored task in DynamoDB's own format."""

_KEY, _STATUS, _CREATED, _EXPIRES, _VERSION, _ASKED = (
    attribute.attr_name
    for attribute in (
        Task.task_id,
        Task.status,
        Task.created_at,
        Task.expires_at,
        Task.version,
        Task.versions_asked,
    )
)
_SHOWN = tuple(attribute.attr_name for attribute in SHOWN_BY_VERSION)
_SUCCEEDED = {"S": TaskStatus.SUCCEEDED.value}


def build_filter() -> str:
    """The pattern of the stream's records that are a success which was overwritten."""
    others = [each.value for each in TaskStatus if each is not TaskStatus.SUCCEEDED]
    old, new = {"S": [TaskStatus.SUCCEEDED.value]}, {"S": others}
    return json.dumps({"dynamodb": {"OldImage": {_STATUS: old}, "NewImage": {_STATUS: new}}})


def is_overwritten(old: Item | None, new: Item | None) -> bool:
    """Whether a change took a success back."""
    if not old or not new or not _is_same(old, new):
        return False
    return bool(old[_STATUS] == _SUCCEEDED and new[_STATUS] != _SUCCEEDED)


def is_set_back(old: Item | None, new: Item | None) -> bool:
    """Whether a change made a task forget a version that it showed or that was asked for."""
    if not old or not new or not _is_same(old, new):
        return False
    return any(_read_number(old, name) > _read_number(new, name) for name in (_VERSION, _ASKED))


def restore(old: Item) -> bool:
    """Put a success back that was overwritten.

    A repeat does no harm. The write is the newest one, so the other regions take it over. It is the
    record as it was, also the attributes that this release does not know.

    Returns:
        False if the task was deleted, made again, or has a success meanwhile.
    """
    birth = _get_birth(old)
    return _write(
        "put_item",
        Item=dict(old),
        ConditionExpression="attribute_exists(#key) AND #birth = :birth AND #status <> :it",
        ExpressionAttributeNames={"#key": _KEY, "#birth": birth, "#status": _STATUS},
        ExpressionAttributeValues={":birth": old[birth], ":it": _SUCCEEDED},
    )


def restore_version(old: Item) -> bool:
    """Let a task show the newest version again, and know how many were asked for.

    A repeat does no harm. What else the other region wrote to the task stays.

    Returns:
        False if the task was deleted, made again, or has gone on meanwhile.
    """
    is_shown = _put_back(old, _VERSION, _SHOWN)
    is_counted = _put_back(old, _ASKED, (_ASKED,))
    return is_shown or is_counted


def _put_back(old: Item, number: str, attributes: tuple[str, ...]) -> bool:
    """Write attributes as they were, if `number` is smaller now."""
    if number not in old:
        return False
    names = {f"#a{index}": name for index, name in enumerate(attributes)}
    kept = [mark for mark, name in names.items() if name in old]
    gone = [mark for mark, name in names.items() if name not in old]
    changes = "SET " + ", ".join(f"{mark} = {mark.replace('#', ':')}" for mark in kept)
    if gone:
        changes += " REMOVE " + ", ".join(gone)
    return _write(
        "update_item",
        Key={_KEY: old[_KEY]},
        UpdateExpression=changes,
        ConditionExpression="#birth = :birth AND (attribute_not_exists(#it) OR #it < :it)",
        ExpressionAttributeNames={**names, "#birth": _CREATED, "#it": number},
        ExpressionAttributeValues={
            **{mark.replace("#", ":"): old[names[mark]] for mark in kept},
            ":birth": old[_CREATED],
            ":it": old[number],
        },
    )


def _write(operation: str, **request: Any) -> bool:
    """Whether the condition of the write holds."""
    table = Task._get_connection()
    client: Any = table.connection.client
    try:
        getattr(client, operation)(TableName=table.table_name, **request)
    except client.exceptions.ConditionalCheckFailedException:
        return False
    return True


def _is_same(old: Item, new: Item) -> bool:
    """Whether a record is still the same one.

    A task that was deleted and made again with the same Idempotency-Key has other times: it is
    another task.
    """
    birth = _get_birth(old)
    return old.get(birth) == new.get(birth)


def _get_birth(item: Item) -> str:
    """The attribute that never changes. A stored version has lost its time of creation."""
    return _EXPIRES if names_version(item[_KEY]["S"]) else _CREATED


def _read_number(item: Item, name: str) -> int:
    return int(item[name]["N"]) if name in item else 0
