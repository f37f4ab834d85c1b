"""The cursor of a page: the place in a user's tasks where the next page starts."""

import base64
import json
from datetime import datetime
from typing import Any
from uuid import UUID

from pynamodb.attributes import UTCDateTimeAttribute

from pipeline.core.errors import InvalidCursorError

Key = dict[str, dict[str, Any]]
"""Key of an item in the index `by_owner`, in DynamoDB's JSON."""

_TIME = UTCDateTimeAttribute()


def encode_cursor(created_at: datetime, task_id: str) -> str:
    """Make a cursor that continues after this task."""
    return _encode(str(_TIME.serialize(created_at)), task_id)


def encode_key(key: Key) -> str:
    """Make a cursor that continues after the last item that DynamoDB read."""
    return _encode(key["created_at"]["S"], key["task_id"]["S"])


def decode_cursor(cursor: str, owner_id: str) -> Key:
    """Read a cursor as a place in the tasks of `owner_id`, no matter who made it.

    Raises:
        InvalidCursorError: It does not come from `encode_cursor` or `encode_key`.
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


def _encode(created_at: str, task_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([created_at, task_id]).encode()).decode()
