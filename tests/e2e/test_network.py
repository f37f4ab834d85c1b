"""What a worker that hostile bytes took over could send through the network, and plain HTTP.

The local AWS has no VPC endpoints, so its evaluator of policies decides about the endpoints' files.
Its stores do enforce their own policies.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from string import Template
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from infra.local import names
from infra.local.clients import Clients
from infra.local.layout import REPOSITORY
from infra.local.server import build_environment
from infra.local.state import AccessKey, State
from infra.local.venv import install_local_aws
from tests.e2e.attempts import Attempts

KIND = "network"
FILES = REPOSITORY / "infra/terraform/modules/network/files"

OURS, FOREIGN = "123456789012", "999999999999"
REGION = "us-east-1"

EVALUATE = """
import json, sys
from ministack.core import iam_evaluator

request = json.load(sys.stdin)
# An ARN of S3 names no account, so the evaluator would take the caller's
iam_evaluator._account_from_arn = lambda arn: request["resource_account"]
context = iam_evaluator.EvalContext(
    principal_arn=f"arn:aws:iam::{request['caller']}:role/worker",
    principal_type="AssumedRole",
    principal_account=request["caller"],
    action=request["action"],
    resource_arn=request["resource"],
    region="us-east-1",
)
statements = iam_evaluator.parse_policy_document(request["policy"])
print(iam_evaluator.evaluate(context, [statements]).decision)
"""
"""Runs in the Python of the local AWS."""


@dataclass(frozen=True)
class Call:
    """A call that leaves the network through an endpoint."""

    file: str
    """The endpoint's policy. `network.tftest.hcl` tests which service has which."""
    action: str
    resource: str
    resource_account: str = OURS
    caller: str = OURS

    def decide(self) -> str:
        """The answer of the endpoint: Allow, Deny or ImplicitDeny."""
        text = (FILES / f"{self.file}.json").read_text()
        policy = Template(text).substitute(account_id=OURS, region=REGION)
        request = json.dumps({**vars(self), "policy": policy})
        return subprocess.run(
            [str(install_local_aws()), "-c", EVALUATE],
            input=request,
            env=build_environment(),
            text=True,
            capture_output=True,
            check=True,
        ).stdout.strip()


PICTURE = "arn:aws:s3:::images/a.jpg"
PACKAGE = f"arn:aws:s3:::al2023-repos-{REGION}-de612dc2/a.rpm"

THEFTS = {
    "puts a picture into a foreign bucket": Call("s3", "s3:PutObject", PICTURE, FOREIGN),
    "puts a picture into a foreign bucket with foreign credentials": Call(
        "s3", "s3:PutObject", PICTURE, FOREIGN, FOREIGN
    ),
    "reads our bucket with foreign credentials": Call(
        "s3", "s3:GetObject", PICTURE, caller=FOREIGN
    ),
    "puts a picture into a bucket of Amazon Linux": Call("s3", "s3:PutObject", PACKAGE, FOREIGN),
    "writes to a foreign table": Call(
        "own_resources", "dynamodb:PutItem", f"arn:aws:dynamodb:{REGION}:{FOREIGN}:table/t", FOREIGN
    ),
    "sends a message to a foreign queue": Call(
        "own_resources", "sqs:SendMessage", f"arn:aws:sqs:{REGION}:{FOREIGN}:q", FOREIGN
    ),
    "writes to a foreign log": Call(
        "own_resources",
        "logs:PutLogEvents",
        f"arn:aws:logs:{REGION}:{FOREIGN}:log-group:l",
        FOREIGN,
    ),
    "sends metrics with foreign credentials": Call(
        "own_callers", "cloudwatch:PutMetricData", "*", caller=FOREIGN
    ),
}

WORK = {
    "reads a picture": Call("s3", "s3:GetObject", PICTURE),
    "installs a package of Amazon Linux": Call("s3", "s3:GetObject", PACKAGE, FOREIGN),
    "updates a task": Call(
        "own_resources", "dynamodb:UpdateItem", f"arn:aws:dynamodb:{REGION}:{OURS}:table/tasks"
    ),
    "sends metrics": Call("own_callers", "cloudwatch:PutMetricData", "*"),
}


@pytest.mark.parametrize("theft", THEFTS)
def test_nothing_leaves_for_a_foreign_account(theft: str, attempts: Attempts) -> None:
    decision = THEFTS[theft].decide()

    is_open = decision == "Allow"
    attempts.note(KIND, f"a taken worker {theft}", decision, is_open=is_open)
    assert not is_open


@pytest.mark.parametrize("work", WORK)
def test_an_endpoint_lets_a_worker_do_its_work(work: str) -> None:
    assert WORK[work].decide() == "Allow"


@pytest.fixture(scope="module")
def insider(root: Clients, system: State) -> Clients:
    """Somebody whose own policy allows everything. The local AWS serves plain HTTP only."""
    name = f"plain-http-{uuid4()}"
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    root.iam.create_user(UserName=name)
    root.iam.put_user_policy(
        UserName=name,
        PolicyName="everything",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )
    key = root.iam.create_access_key(UserName=name)["AccessKey"]
    return Clients(
        system.endpoint,
        AccessKey(access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"]),
    )


def build_tls_policy(action: str, *resources: str) -> str:
    """What `tests/infra/test_security.py` demands of every planned store."""
    statement = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": list(resources),
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def use_bucket(root: Clients, insider: Clients, name: str) -> Callable[[], Any]:
    root.s3.create_bucket(Bucket=name)
    insider.s3.list_objects_v2(Bucket=name)
    arn = f"arn:aws:s3:::{name}"
    root.s3.put_bucket_policy(Bucket=name, Policy=build_tls_policy("s3:*", arn, f"{arn}/*"))
    return lambda: insider.s3.list_objects_v2(Bucket=name)


def use_queue(root: Clients, insider: Clients, name: str) -> Callable[[], Any]:
    url = root.sqs.create_queue(QueueName=name)["QueueUrl"]
    insider.sqs.send_message(QueueUrl=url, MessageBody="{}")
    arn = f"arn:aws:sqs:{names.REGION}:{names.ACCOUNT_ID}:{name}"
    policy = build_tls_policy("sqs:*", arn)
    root.sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return lambda: insider.sqs.send_message(QueueUrl=url, MessageBody="{}")


def use_topic(root: Clients, insider: Clients, name: str) -> Callable[[], Any]:
    arn = root.sns.create_topic(Name=name)["TopicArn"]
    insider.sns.publish(TopicArn=arn, Message="Hello")
    policy = build_tls_policy("sns:Publish", arn)
    root.sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)
    return lambda: insider.sns.publish(TopicArn=arn, Message="Hello")


USES = {"bucket": use_bucket, "queue": use_queue, "topic": use_topic}


@pytest.mark.parametrize("store", USES)
def test_a_store_refuses_plain_http(
    store: str, root: Clients, insider: Clients, attempts: Attempts
) -> None:
    use = USES[store](root, insider, f"tls-only-{uuid4()}")

    with pytest.raises(ClientError) as refused:
        use()

    answer = refused.value.response["Error"]["Code"]
    is_open = "AccessDenied" not in answer and "AuthorizationError" not in answer
    attempts.note(KIND, f"uses a {store} over plain HTTP", answer, is_open=is_open)
    assert not is_open
