"""Data that tests of the portal put into the account."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import boto3
from django.test import Client
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict

from pipeline.core.errors import PermanentError, RetriesExhaustedError, UnreadableImageError
from pipeline.core.storage import build_image_key
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from portal.actions.items import RunItem
from portal.actions.models import RunState
from portal.environment import env
from tests.environment import settings
from tests.examples import OWNER_ID, build_result, build_task

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
MODELS = {"classifier": "efficientnet_lite3", "detector": "ssd_mobilenet_v2"}


def save_task(error: PermanentError | None = None, *, is_done: bool = True, **values: Any) -> Task:
    """A task with its picture in storage: failed with `error`, succeeded, or still queued."""
    task = build_task(**values)
    transitions.insert(task)
    boto3.client("s3").put_object(
        Bucket=settings.images_bucket, Key=task.image_key, Body=b"a picture"
    )
    transitions.mark_queued(task)
    if error or is_done:
        started = transitions.start(task.task_id, worker="worker-1", receive_count=1)
        transitions.fail(started, error) if error else transitions.succeed(started, build_result())
    task.refresh()
    return task


def save_failed_task(**values: Any) -> Task:
    return save_task(RetriesExhaustedError(), **values)


def save_many(count: int, statuses: Iterable[str] = (TaskStatus.SUCCEEDED.value,)) -> None:
    """Records only, one a second, the statuses in turn; every tenth failure is unreadable.

    They go past the API, into moto's own table, and differ only in the attributes that must
    differ, because so many requests would be slow.
    """
    names = list(statuses)
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][env.aws_region].get_table(settings.tasks_table)
    for number in range(count):
        status = names[number % len(names)]
        failed = status == TaskStatus.FAILED
        rare = failed and number // len(names) % 10 == 0
        code = (UnreadableImageError if rare else RetriesExhaustedError).code if failed else None
        item = _copy_item(
            _build_item(status, code),
            task_id=(task_id := str(uuid4())),
            image_key=build_image_key(OWNER_ID, task_id),
            created_at=Task.created_at.serialize(START + timedelta(seconds=number)),
        )
        table.items[item.hash_key] = item  # type: ignore[assignment] # No range key, no further level


@cache
def _build_item(status: str, error_code: str | None) -> Item:
    task = build_task(status=status, created_at=START, models=MODELS, error_code=error_code)
    attributes = task.serialize()
    return Item(DynamoType(attributes["task_id"]), None, attributes)


def _copy_item(item: Item, *, task_id: str, **changed: str) -> Item:
    """A copy that shares the other attributes."""
    attributes = LimitedSizeDict()
    dict.update(attributes, item.attrs)  # Its own update measures the whole item for each attribute
    changed["task_id"] = task_id
    dict.update(attributes, {name: DynamoType({"S": text}) for name, text in changed.items()})
    copied = copy(item)
    copied.hash_key, copied.attrs = attributes["task_id"], attributes
    return copied


def finish_run(client: Client, run_id: str) -> str:
    """Take the steps of a background run until it is over.

    Returns:
        Its page.
    """
    while True:
        response = client.post(f"/operators/run/{run_id}/advance/", follow=True)
        if RunItem.get(run_id).state != RunState.RUNNING:
            return response.content.decode()


def send_letter(body: str) -> str:
    """Put a message into the dead-letter queue."""
    answer = boto3.client("sqs").send_message(QueueUrl=env.dead_letter_queue_url, MessageBody=body)
    return answer["MessageId"]


def save_dead_task(**values: Any) -> tuple[Task, str]:
    """A task that failed at every delivery, and its letter."""
    task = save_task(RetriesExhaustedError(), **values)
    return task, send_letter(f'{{"task_id": "{task.task_id}"}}')


def count_messages(url: str) -> int:
    names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = boto3.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
    return sum(int(value) for value in answer["Attributes"].values())


def create_user(email: str = "ann@example.com", *groups: str) -> str:
    """A confirmed user.

    Returns:
        The user's `sub`.
    """
    cognito = boto3.client("cognito-idp")
    created = cognito.admin_create_user(
        UserPoolId=env.user_pool_id,
        Username=email,
        UserAttributes=[
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
        ],
    )
    cognito.admin_set_user_password(
        UserPoolId=env.user_pool_id, Username=email, Password="Spotter-1-Spotter", Permanent=True
    )
    for group in groups:
        cognito.admin_add_user_to_group(
            UserPoolId=env.user_pool_id, Username=email, GroupName=group
        )
    attributes = created["User"]["Attributes"]
    return next(entry["Value"] for entry in attributes if entry["Name"] == "sub")
