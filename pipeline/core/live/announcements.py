"""Which changes of tasks are announced, and how long that is tried."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipeline.core.tasks.record import OPEN_STATUSES, Task, TaskStatus
from pipeline.core.tasks.stream import Reading

FINAL_STATUSES = tuple(status for status in TaskStatus if status not in OPEN_STATUSES)
"""A task with one of these changes no more, unless its owner retries or deletes it."""


def build_filter() -> str:
    """The pattern of a record: the task was open before the change and is finished after it.

    Later writes to a finished task match nothing, so it is announced once.
    """
    name = Task.status.attr_name
    finished = {name: {"S": list(FINAL_STATUSES)}}
    was_open = {name: {"S": list(OPEN_STATUSES)}}
    return json.dumps({"dynamodb": {"NewImage": finished, "OldImage": was_open}})


def is_announced(change: Mapping[str, Any]) -> bool:
    """Whether the filter passes a record's `dynamodb` part. For readers without Lambda."""
    name = Task.status.attr_name
    before, after = (
        change.get(image, {}).get(name, {}).get("S") for image in ("OldImage", "NewImage")
    )
    return before in OPEN_STATUSES and after in FINAL_STATUSES


ANNOUNCE = Reading(
    filters=(build_filter(),),
    starting_position="LATEST",
    batch_size=10,
    max_retries=6,  # In 13 s, each with the tries of the clients. Poison holds others up as long
    max_age_seconds=3600,  # Webhooks must be told also after an outage
    failures="failed-announcements",
)
