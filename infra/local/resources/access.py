"""One role for each function and one user for the workers, with the policies of infra/policies."""

import json
from dataclasses import dataclass
from pathlib import Path
from string import Template

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import REPOSITORY
from infra.local.resources import frames, live
from infra.local.resources.alarms import AGE_ALARM, DEPTH_ALARM, build_alarm_arn
from infra.local.resources.steps import build_queue_arn
from infra.local.state import AccessKey
from pipeline.core.steps import ERASURES, EXPORTS, WEBHOOKS

POLICIES = REPOSITORY / "infra" / "policies"
POLICY_NAME = "least-privilege"


@dataclass(frozen=True, kw_only=True)
class PolicyArns:
    """Values for the placeholders of a policy."""

    images_bucket_arn: str
    tasks_table_arn: str
    task_queue_arn: str
    user_pool_arn: str
    exports_table_arn: str = names.build_table_arn(names.EXPORTS_TABLE)
    exports_queue_arn: str = build_queue_arn(EXPORTS)
    webhooks_table_arn: str = names.build_table_arn(names.WEBHOOKS_TABLE)
    deliveries_table_arn: str = names.build_table_arn(names.DELIVERIES_TABLE)
    webhooks_queue_arn: str = build_queue_arn(WEBHOOKS)
    erasures_queue_arn: str = build_queue_arn(ERASURES)
    words_table_arn: str = names.build_table_arn(names.WORDS_TABLE)
    connections_table_arn: str = names.build_table_arn(names.CONNECTIONS_TABLE)
    live_api_arn: str = live.build_api_arn()
    """The WebSocket API's stage: the part of an ARN before a method and a route."""
    streams_table_arn: str = names.build_table_arn(names.STREAMS_TABLE)
    frames_stream_arn: str = frames.build_stream_arn()
    depth_alarm_arn: str = build_alarm_arn(DEPTH_ALARM)
    age_alarm_arn: str = build_alarm_arn(AGE_ALARM)
    completions_alarm_arn: str = build_alarm_arn(DEPTH_ALARM)
    """The local system has no alarm of completions."""


def read_policy(name: str, arns: PolicyArns, folder: Path = POLICIES) -> str:
    """A policy document of `folder` with its placeholders filled in."""
    return Template((folder / f"{name}.json").read_text()).substitute(vars(arns))


def create_function_role(clients: Clients, function: str, arns: PolicyArns) -> str:
    """Create the role that a function runs as.

    Returns:
        Its ARN.
    """
    iam = clients.iam
    name = names.build_function_name(function)
    trust = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "lambda.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    try:
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
    except iam.exceptions.EntityAlreadyExistsException:
        role = iam.get_role(RoleName=name)["Role"]
    iam.put_role_policy(
        RoleName=name, PolicyName=POLICY_NAME, PolicyDocument=read_policy(function, arns)
    )
    return role["Arn"]


def add_policy(clients: Clients, user: str, name: str, policy: str, arns: PolicyArns) -> None:
    """Allow a user more, under a name of its own."""
    document = read_policy(policy, arns)
    clients.iam.put_user_policy(UserName=user, PolicyName=name, PolicyDocument=document)


def create_key(clients: Clients, user: str, policy: str, arns: PolicyArns) -> AccessKey:
    """Make a new access key for `user`, who may do what `policy` says. Earlier keys are deleted."""
    iam = clients.iam
    try:
        iam.create_user(UserName=user)
    except iam.exceptions.EntityAlreadyExistsException:
        for old in iam.list_access_keys(UserName=user)["AccessKeyMetadata"]:
            iam.delete_access_key(UserName=user, AccessKeyId=old["AccessKeyId"])
    iam.put_user_policy(
        UserName=user, PolicyName=POLICY_NAME, PolicyDocument=read_policy(policy, arns)
    )
    key = iam.create_access_key(UserName=user)["AccessKey"]
    return AccessKey(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
