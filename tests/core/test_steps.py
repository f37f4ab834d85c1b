"""The queues of long work are fair between users."""

import boto3

from pipeline.core.steps import WEBHOOKS, StepMessage, StepQueue
from pipeline.core.webhooks.record import MAX_WEBHOOKS
from tests.examples import OWNER_ID


def test_the_messages_of_one_owner_form_a_group() -> None:
    sqs = boto3.client("sqs")
    url = sqs.create_queue(QueueName="steps")["QueueUrl"]

    StepQueue(url).add(StepMessage(owner_id=OWNER_ID))

    found = sqs.receive_message(QueueUrl=url, MessageSystemAttributeNames=["MessageGroupId"])
    assert found["Messages"][0]["Attributes"]["MessageGroupId"] == OWNER_ID


def test_the_webhooks_of_one_user_leave_a_call_for_others() -> None:
    assert WEBHOOKS.max_concurrency > MAX_WEBHOOKS
