"""What the code of a pull request reads: its plan runs it with a role that can read everything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import REPOSITORY
from infra.local.state import AccessKey, State
from tests.e2e.attempts import Attempts
from tests.e2e.conftest import User

POLICY = REPOSITORY / "infra/terraform/modules/github/files/no_data.json"

Read = Callable[[Clients, State, User, str], Any]

READS: dict[str, Read] = {
    "a picture": lambda aws, system, user, key: aws.s3.get_object(
        Bucket=names.IMAGES_BUCKET, Key=key
    ),
    "a task": lambda aws, system, user, key: aws.dynamodb.get_item(
        TableName=names.TASKS_TABLE, Key={"task_id": {"S": key.split("/")[2]}}
    ),
    "all tasks": lambda aws, system, user, key: aws.dynamodb.scan(TableName=names.TASKS_TABLE),
    "an owner's tasks": lambda aws, system, user, key: aws.dynamodb.query(
        TableName=names.TASKS_TABLE,
        IndexName="by_owner",
        KeyConditionExpression="owner_id = :owner",
        ExpressionAttributeValues={":owner": {"S": user.owner_id}},
    ),
    "the users": lambda aws, system, user, key: aws.cognito.list_users(
        UserPoolId=system.user_pool_id
    ),
    "a user": lambda aws, system, user, key: aws.cognito.admin_get_user(
        UserPoolId=system.user_pool_id, Username=user.person.email
    ),
    "messages": lambda aws, system, user, key: aws.sqs.receive_message(
        QueueUrl=system.dead_letter_queue_url, VisibilityTimeout=0
    ),
    "logs": lambda aws, system, user, key: aws.logs.filter_log_events(
        logGroupName=f"/aws/lambda/{names.build_function_name('upload')}"
    ),
}


@pytest.fixture(scope="module")
def reader(root: Clients, system: State) -> Clients:
    """Somebody who may do everything, but for the policy of the pull requests' role."""
    name = f"pull-request-{uuid4()}"
    values = {"state_bucket_arn": "arn:aws:s3:::state", "account_id": names.ACCOUNT_ID}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    root.iam.create_user(UserName=name)
    for policy, document in {
        "everything": json.dumps({"Version": "2012-10-17", "Statement": [everything]}),
        "no-data": Template(POLICY.read_text()).substitute(values),
    }.items():
        root.iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=document)
    key = root.iam.create_access_key(UserName=name)["AccessKey"]
    return Clients(
        system.endpoint,
        AccessKey(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"]),
    )


@pytest.fixture(scope="module")
def image_key(root: Clients, user: User, photo: Path) -> str:
    """The key of a picture in the bucket."""
    task_id = user.client.recognise(photo)["taskId"]
    key: Any = {"task_id": {"S": task_id}}
    item = root.dynamodb.get_item(TableName=names.TASKS_TABLE, Key=key)["Item"]
    return item["image_key"]["S"]


@pytest.mark.parametrize("what", READS)
def test_a_pull_request_reads_no_data(
    reader: Clients,
    root: Clients,
    system: State,
    user: User,
    image_key: str,
    attempts: Attempts,
    what: str,
) -> None:
    try:
        READS[what](reader, system, user, image_key)
        answer = "read"
    except ClientError as error:
        answer = error.response["Error"]["Code"]

    is_open = "AccessDenied" not in answer and "NotAuthorized" not in answer
    attempts.note("pull request", f"reads {what}", answer, is_open=is_open)
    assert READS[what](root, system, user, image_key)  # It is there to be read
    assert not is_open


def test_a_plan_reads_what_is_no_data(reader: Clients) -> None:
    table = reader.dynamodb.describe_table(TableName=names.TASKS_TABLE)

    assert table["Table"]["TableName"] == names.TASKS_TABLE
