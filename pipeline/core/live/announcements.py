"""Which changes of tasks are announced, and how long that is tried.

Terraform reads these values from contract.json; the local system imports them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from pipeline.core.tasks.record import OPEN_STATUSES, Task, TaskStatus

FINAL_STATUSES = tuple(status for status in TaskStatus if status not in OPEN_STATUSES)
"""A task with one of these changes no more, unless its owner retries or deletes it."""


def build_filter() -> str:
    """The pattern of a record: the task was open before the change and is finished after it.

    Later writes to a finished task match nothing, so it is announced once.
    https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
    """
    name = Task.status.attr_name
    finished = {name: {"S": list(FINAL_STATUSES)}}
    was_open = {name: {"S": list(OPEN_STATUSES)}}
    return json.dumps({"dynamodb": {"NewImage": finished, "OldImage": was_open}})


@dataclass(frozen=True)
class Reading:
    """How the stream is read."""

    filter: str
    batch_size: int
    max_retries: int
    """After that the records go to the queue of failures."""
    max_age_seconds: int
    """Older records go there too: whoever waited for one has looked at the task by then."""


ANNOUNCE = Reading(filter=build_filter(), batch_size=10, max_retries=3, max_age_seconds=60)
