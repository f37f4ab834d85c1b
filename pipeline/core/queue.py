"""The task queue. Each message contains the id of one task."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.config import Config
from pydantic import BaseModel

from pipeline.core.clients import MAX_CONNECTIONS, create_client

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

BATCH_SIZE = 10
"""The most messages that SQS accepts or returns in one call."""


class TaskMessage(BaseModel, frozen=True):
    """The body of every message."""

    task_id: str


@dataclass(frozen=True)
class Delivery:
    """One receive of a message."""

    message_id: str
    receipt_handle: str
    body: str
    receive_count: int
    sent_at: datetime
    owner_id: str = ""
    """The group of the message; empty if it was sent without one."""


class TaskQueue:
    """Send and receive the messages of one SQS queue. Safe to share between threads."""

    def __init__(self, url: str, client: SQSClient | None = None) -> None:
        self._url = url
        self._client: SQSClient = client or create_client(
            "sqs",
            # The read timeout must be longer than a long poll.
            config=Config(
                connect_timeout=2,
                read_timeout=25,
                retries={"mode": "standard", "max_attempts": 4},
                max_pool_connections=MAX_CONNECTIONS,
            ),
        )

    def send(self, task_id: str, owner_id: str, *, delay_seconds: int = 0) -> None:
        """Send the message of one task.

        The messages of one owner form a group. While many messages of one group are in flight, SQS
        delivers those of other groups first, so nobody waits behind a thousand pictures of
        somebody else.
        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-fair-queues.html

        Args:
            delay_seconds: So long nobody receives it, 0 to 900.
        """
        self._client.send_message(
            QueueUrl=self._url,
            MessageBody=TaskMessage(task_id=task_id).model_dump_json(),
            MessageGroupId=owner_id,
            DelaySeconds=delay_seconds,
        )

    def receive(self, *, max_messages: int = 1, wait_seconds: int = 0) -> list[Delivery]:
        """Receive up to `max_messages` (1 to 10). Wait up to `wait_seconds` (0 to 20) for one."""
        response = self._client.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=max_messages,
            WaitTimeSeconds=wait_seconds,
            MessageSystemAttributeNames=[
                "ApproximateReceiveCount",
                "MessageGroupId",
                "SentTimestamp",
            ],
        )
        return [
            Delivery(
                message_id=message["MessageId"],
                receipt_handle=message["ReceiptHandle"],
                body=message["Body"],
                receive_count=int(message["Attributes"]["ApproximateReceiveCount"]),
                sent_at=datetime.fromtimestamp(
                    int(message["Attributes"]["SentTimestamp"]) / 1000, UTC
                ),
                owner_id=message["Attributes"].get("MessageGroupId", ""),
            )
            for message in response.get("Messages", [])
        ]

    def hide(self, delivery: Delivery, seconds: int) -> None:
        """Hide the message from other workers for `seconds` from now; 0 makes it visible."""
        self._client.change_message_visibility(
            QueueUrl=self._url,
            ReceiptHandle=delivery.receipt_handle,
            VisibilityTimeout=seconds,
        )

    def hide_all(self, deliveries: Sequence[Delivery], seconds: int) -> list[Delivery]:
        """Hide many messages for `seconds` from now, ten in one call.

        Returns:
            The deliveries that SQS refused: their messages were deleted or are visible again.
        """
        refused = []
        for batch in _split(deliveries):
            response = self._client.change_message_visibility_batch(
                QueueUrl=self._url,
                Entries=[
                    {
                        "Id": str(index),
                        "ReceiptHandle": delivery.receipt_handle,
                        "VisibilityTimeout": seconds,
                    }
                    for index, delivery in enumerate(batch)
                ],
            )
            refused += [batch[int(entry["Id"])] for entry in response.get("Failed", [])]
        return refused

    def delete(self, delivery: Delivery) -> None:
        """Delete the message from the queue."""
        self._client.delete_message(QueueUrl=self._url, ReceiptHandle=delivery.receipt_handle)

    def delete_all(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        """Delete many messages from the queue, ten in one call.

        Returns:
            The deliveries that SQS refused: their messages will be delivered again.
        """
        refused = []
        for batch in _split(deliveries):
            response = self._client.delete_message_batch(
                QueueUrl=self._url,
                Entries=[
                    {"Id": str(index), "ReceiptHandle": delivery.receipt_handle}
                    for index, delivery in enumerate(batch)
                ],
            )
            refused += [batch[int(entry["Id"])] for entry in response.get("Failed", [])]
        return refused

    def get_depth(self) -> int:
        """The number of messages that wait to be received. SQS gives an approximation."""
        response = self._client.get_queue_attributes(
            QueueUrl=self._url, AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(response["Attributes"]["ApproximateNumberOfMessages"])


def _split(deliveries: Sequence[Delivery]) -> Iterator[Sequence[Delivery]]:
    for start in range(0, len(deliveries), BATCH_SIZE):
        yield deliveries[start : start + BATCH_SIZE]
