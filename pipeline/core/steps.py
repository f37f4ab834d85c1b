"""Long work in steps: a message starts a function, which works until its time is nearly over.

Then it stores how far it came and sends the message again. If the process dies, SQS delivers the
message once more, so nothing is lost. A message that fails `max_receives` times goes to a queue of
failures.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.config import Config
from pydantic import BaseModel

from pipeline.core.clients import create_client

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

LONGEST_DELAY_SECONDS = 900
"""The longest that SQS can hide a new message."""

_CONFIG = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard", "max_attempts": 4})


@dataclass(frozen=True)
class Steps:
    """The queue of one kind of long work, and how its function reads it.

    Terraform reads these values from contract.json; the local system imports them.
    """

    queue: str
    """Name of the queue, without the environment. The queue of failures adds "-failed"."""
    timeout_seconds: int
    """The longest that one call of the function takes."""
    visibility_seconds: int
    """A message whose function died comes back after this time. Longer than the timeout."""
    max_receives: int
    max_concurrency: int
    """Calls at once. AWS demands at least 2."""


EXPORTS = Steps(
    "exports", timeout_seconds=60, visibility_seconds=90, max_receives=6, max_concurrency=4
)
ERASURES = Steps(
    "erasures", timeout_seconds=60, visibility_seconds=90, max_receives=20, max_concurrency=2
)
WEBHOOKS = Steps(
    "webhooks", timeout_seconds=60, visibility_seconds=90, max_receives=20, max_concurrency=6
)
"""One call more than a user has webhooks: their slow receivers leave one for other users."""

STEPS = {"write_export": EXPORTS, "erase_account": ERASURES, "deliver": WEBHOOKS}
"""By the name of the function."""


class StepMessage(BaseModel, frozen=True):
    """The body of a message."""

    owner_id: str


class StepQueue:
    """Sends messages of one kind of long work."""

    def __init__(self, url: str, client: SQSClient | None = None) -> None:
        self._url = url
        self._client: SQSClient = client or create_client("sqs", _CONFIG)

    def add(self, message: StepMessage, *, delay_seconds: int = 0) -> None:
        """Send a message. Those of one owner form a group, as in the queue of tasks.

        Args:
            delay_seconds: Hide it so long, 0 to `LONGEST_DELAY_SECONDS`.
        """
        self._client.send_message(
            QueueUrl=self._url,
            MessageBody=message.model_dump_json(),
            MessageGroupId=message.owner_id,
            DelaySeconds=delay_seconds,
        )


def is_last_receive(record: dict[str, Any], steps: Steps) -> bool:
    """Whether SQS will move the message to the queue of failures if this call fails."""
    return int(record["attributes"]["ApproximateReceiveCount"]) >= steps.max_receives
