"""The policies of functions and workers."""

import json

import pytest

from infra.local.resources.access import PolicyArns, read_policy
from infra.local.resources.functions import FUNCTIONS

ARNS = PolicyArns(
    user_pool_arn="arn:aws:cognito-idp:us-east-1:000000000000:userpool/pool",
    images_bucket_arn="arn:aws:s3:::pictures",
    tasks_table_arn="arn:aws:dynamodb:us-east-1:1:table/jobs",
    connections_table_arn="arn:aws:dynamodb:us-east-1:1:table/connections",
    live_api_arn="arn:aws:execute-api:us-east-1:1:spotterlive/live",
    streams_table_arn="arn:aws:dynamodb:us-east-1:1:table/streams",
    frames_stream_arn="arn:aws:kinesis:us-east-1:1:stream/frames",
    task_queue_arn="arn:aws:sqs:us-east-1:1:jobs",
    depth_alarm_arn="arn:aws:cloudwatch:us-east-1:1:alarm:depth",
    age_alarm_arn="arn:aws:cloudwatch:us-east-1:1:alarm:age",
    completions_alarm_arn="arn:aws:cloudwatch:us-east-1:1:alarm:completions",
)


@pytest.mark.parametrize("name", [*FUNCTIONS, "worker"])
def test_every_policy_names_its_resources(name: str) -> None:
    policy = json.loads(read_policy(name, ARNS))

    assert policy["Version"] == "2012-10-17"
    assert policy["Statement"]
    assert "${" not in json.dumps(policy)


@pytest.mark.parametrize("name", [*FUNCTIONS, "worker"])
def test_no_policy_allows_every_action_of_a_service(name: str) -> None:
    statements = json.loads(read_policy(name, ARNS))["Statement"]

    actions = [action for s in statements for action in [s["Action"]] if s["Effect"] == "Allow"]

    assert "*" not in json.dumps(actions)
