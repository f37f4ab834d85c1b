"""Read dead letters without consuming them, and hold the ones that are dealt with."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError

from pipeline.core.queue import BATCH_SIZE, Delivery, TaskMessage, TaskQueue
from portal import aws
from portal.environment import env

HOLD_LIMIT = 200
"""The most letters that one look takes in hand."""

EMPTY_ANSWERS = 3
"""SQS asks only some of its servers: one empty answer does not mean an empty queue."""

HIDDEN_SECONDS = 30


def open_dead_letters() -> TaskQueue:
    return TaskQueue(env.dead_letter_queue_url, aws.sqs())


@contextmanager
def held(wanted: set[str] | None = None) -> Iterator[dict[str, Delivery]]:
    """Hold letters for the length of the block; those still there afterwards show again.

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
        # Deleted ones are unknown to SQS by now: it says so in its answer, nothing is wrong.
        queue.hide_all(list(letters.values()), 0)


def read_task_id(body: str) -> str:
    """The task that a message names; nothing for a message that is not ours."""
    try:
        return TaskMessage.model_validate_json(body).task_id
    except ValidationError:
        return ""
