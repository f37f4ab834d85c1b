"""The cursor of a page: the place in a user's tasks where the next page starts."""

import base64
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from pynamodb.attributes import UTCDateTimeAttribute

from pipeline.core.errors import InvalidCursorError
from pipeline.core.search.items import join_entry_id, split_entry_id
from pipeline.core.tasks.indexes import count_microseconds
from pipeline.core.tasks.record import TaskStatus, build_list_number

Key = dict[str, dict[str, Any]]
"""Key of an item in the index `by_owner`, in DynamoDB's JSON."""

_TIME = UTCDateTimeAttribute()


def encode_cursor(created_at: datetime, task_id: str) -> str:
    """Make a cursor that continues after this task."""
    place = json.dumps([_TIME.serialize(created_at), task_id])
    return base64.urlsafe_b64encode(place.encode()).decode()


def decode_cursor(cursor: str, owner_id: str) -> Key:
    """Read a cursor as a place in the tasks of `owner_id`, no matter who made it.

    Raises:
        InvalidCursorError: It does not come from `encode_cursor`.
    """
    try:
        created_at, task_id = json.loads(base64.urlsafe_b64decode(cursor.encode("ascii")))
        canonical = encode_cursor(_TIME.deserialize(created_at), str(UUID(task_id)))
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise InvalidCursorError from error
    if canonical != cursor:
        raise InvalidCursorError
    return {
        "owner_id": {"S": owner_id},
        "created_at": {"S": created_at},
        "task_id": {"S": task_id},
    }


def get_created_at(key: Key) -> datetime:
    """When the last task of the page before was created."""
    created_at: datetime = _TIME.deserialize(key["created_at"]["S"])
    return created_at


def build_entry_id(key: Key) -> str:
    """The same place in a list of the index of words."""
    return join_entry_id(get_created_at(key), key["task_id"]["S"])


def encode_entry(entry_id: str) -> str:
    """Make a cursor that continues after this entry of the index of words."""
    return encode_cursor(*split_entry_id(entry_id))


def build_status_key(key: Key, status: TaskStatus) -> Key:
    """The same place in the index `by_owner_status`."""
    number = build_list_number(status, count_microseconds(get_created_at(key)))
    return {
        "owner_id": key["owner_id"],
        "listed_as": {"N": str(number)},
        "task_id": key["task_id"],
    }


def build_reference_key(key: Key, owner_reference: str) -> Key:
    """The same place in the index `by_reference`."""
    return {
        "owner_reference": {"S": owner_reference},
        "created_at": key["created_at"],
        "task_id": key["task_id"],
    }
