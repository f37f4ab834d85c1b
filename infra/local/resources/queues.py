"""The task queue and its dead-letter queue."""

import json
from dataclasses import dataclass

from infra.local import names
from infra.local.clients import Clients
from pipeline.core.settings import MAX_RECEIVE_COUNT, VISIBILITY_SECONDS

LONG_POLL_SECONDS = 20
DEAD_LETTER_RETENTION_SECONDS = 14 * 24 * 3600  # SQS's maximum


@dataclass(frozen=True)
class Queue:
    """Address and ARN of a queue."""

    url: str
    arn: str


@dataclass(frozen=True)
class Queues:
    """The task queue and its dead-letter queue."""

    tasks: Queue
    dead_letters: Queue


def create_queues(clients: Clients) -> Queues:
    tasks, dead_letters = create_queue_pair(
        clients,
        names.TASK_QUEUE,
        names.DEAD_LETTER_QUEUE,
        max_receives=MAX_RECEIVE_COUNT,
        visibility_seconds=VISIBILITY_SECONDS,
    )
    return Queues(tasks, dead_letters)


def create_queue_pair(
    clients: Clients,
    name: str,
    dead_letters_name: str,
    *,
    max_receives: int,
    visibility_seconds: int,
) -> tuple[Queue, Queue]:
    """Create a queue and the one for its messages that are given up."""
    dead_letters = create_queue(
        clients,
        dead_letters_name,
        {"MessageRetentionPeriod": str(DEAD_LETTER_RETENTION_SECONDS)},
    )
    redrive = {"deadLetterTargetArn": dead_letters.arn, "maxReceiveCount": max_receives}
    queue = create_queue(
        clients,
        name,
        {
            "VisibilityTimeout": str(visibility_seconds),
            "ReceiveMessageWaitTimeSeconds": str(LONG_POLL_SECONDS),
            "RedrivePolicy": json.dumps(redrive),
        },
    )
    return queue, dead_letters


def create_queue(clients: Clients, name: str, attributes: dict[str, str]) -> Queue:
    """Create the queue, or set the attributes of an existing one."""
    sqs = clients.sqs
    # Without attributes: SQS refuses to create an existing queue with different ones.
    url = sqs.create_queue(QueueName=name)["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes=attributes)  # type: ignore[arg-type] # str
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return Queue(url, found["Attributes"]["QueueArn"])
