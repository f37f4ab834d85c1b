"""What the last writer of two regions does: it replaces a success with a failure."""

from __future__ import annotations

from datetime import UTC, datetime
from threading import Event
from typing import Any

from pynamodb.constants import DATETIME_FORMAT

from infra.local import names
from pipeline.core.errors import RetriesExhaustedError
from pipeline.core.tasks.record import TaskStatus
from tools.chaos.system import System

LOOK_SECONDS = 0.3
NEWEST = 20
"""Successes that one look finds."""


def overwrite_successes(system: System, stop: Event) -> int:
    """Write a failure over each new success. A function that follows the stream must undo it."""
    dynamodb = system.clients.dynamodb
    struck: set[str] = set()
    # The successes of earlier faults stay: hundreds at once would be another fault.
    start = datetime.now(UTC).strftime(DATETIME_FORMAT)
    while not stop.wait(LOOK_SECONDS):
        found: Any = dynamodb.query(
            TableName=names.TASKS_TABLE,
            IndexName="by_status",
            KeyConditionExpression="#status = :succeeded AND created_at > :start",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":succeeded": {"S": TaskStatus.SUCCEEDED.value},
                ":start": {"S": start},
            },
            ScanIndexForward=False,
            Limit=NEWEST,
        )["Items"]
        for task_id in {item["task_id"]["S"] for item in found} - struck:
            _overwrite(dynamodb, task_id)
            struck.add(task_id)
    return len(struck)


def _overwrite(dynamodb: Any, task_id: str) -> None:
    dynamodb.update_item(
        TableName=names.TASKS_TABLE,
        Key={"task_id": {"S": task_id}},
        UpdateExpression="SET #status = :failed, error_code = :code",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":failed": {"S": TaskStatus.FAILED.value},
            ":code": {"S": RetriesExhaustedError.code},
        },
    )
