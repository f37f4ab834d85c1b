"""Read dead letters without consuming them, and hold the ones that are being dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pipeline.core.queue import BATCH_SIZE, Delivery, TaskMessage, TaskQueue
from portal import aws
from portal.environment import env

if TYPE_CHECKING:
    from mypy_boto3_sqs.literals import QueueAttributeNameType

HOLD_LIMIT = 2000
"""The most letters that one look receives: 200 calls of SQS, about 3 s."""

EMPTY_ANSWERS = 3
"""SQS samples its servers, so that one empty answer does not mean an empty queue."""

HIDDEN_SECONDS = 30
"""How long a look hides letters from everybody else, at most."""


def open_dead_letters() -> TaskQueue:
    return TaskQueue(env.dead_letter_queue_url, aws.sqs())


def count_letters() -> int:
    """All letters by the queue's own numbers, including those that someone holds right now."""
    names: list[QueueAttributeNameType] = [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesNotVisible",
        "ApproximateNumberOfMessagesDelayed",
    ]
    answer = aws.sqs().get_queue_attributes(
        QueueUrl=env.dead_letter_queue_url, AttributeNames=names
    )
    return sum(int(value) for value in answer["Attributes"].values())


def describe_missing(total: int, seen: int) -> str:
    """Why a look saw fewer letters than the queue holds; empty if it saw all."""
    if seen >= total:
        return ""
    if seen >= HOLD_LIMIT:
        return f"The queue holds about {total:,} letters. These are {seen:,} of them."
    count = total - seen
    held = "1 letter is" if count == 1 else f"{count:,} letters are"
    return f"{held} held by someone else. Try again in {HIDDEN_SECONDS} s."


@contextmanager
def held(wanted: set[str] | None = None) -> Iterator[dict[str, Delivery]]:
    """Hold letters for the length of the block. Those that are left are visible again after it.

    Args:
        wanted: Ids of messages; when all are found the search ends.

    Yields:
        The letters by message id.
    """
    queue = open_dead_letters()
    letters: dict[str, Delivery] = {}
    empty_count = 0
    try:
        while len(letters) < HOLD_LIMIT and empty_count < EMPTY_ANSWERS:
            deliveries = queue.receive(max_messages=BATCH_SIZE)
            queue.hide_all(deliveries, HIDDEN_SECONDS)
            fresh = {delivery.message_id: delivery for delivery in deliveries}
            empty_count = 0 if fresh.keys() - letters.keys() else empty_count + 1
            letters.update(fresh)
            if wanted and wanted <= letters.keys():
                break
        yield letters
    finally:
        # SQS reports the deleted ones as unknown, which is no error here.
        queue.hide_all(list(letters.values()), 0)


def read_task_id(body: str) -> str:
    """The task that a message names; nothing for a message that is not ours."""
    try:
        return TaskMessage.model_validate_json(body).task_id
    except ValidationError:
        return ""
