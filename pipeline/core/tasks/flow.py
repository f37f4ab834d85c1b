"""The order in which table, bucket and queue are changed. Only this module decides it.

A process can stop between any two steps. The orders are chosen so that what remains is found and
completed: by a repeat of the same request, by the sweep, or by S3's lifecycle rule.

The Lambda functions, the worker, the portal and the tools pass their own store and queue, with the
credentials and timeouts that suit them. Errors of AWS are not translated here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from pipeline.core.storage import build_image_key
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task

if TYPE_CHECKING:
    from pipeline.core.queue import TaskQueue
    from pipeline.core.storage import ImageStore

_COPIED = ("owner_id", "content_type", "size_bytes", "file_name", "min_confidence", "max_labels")


def submit(task: Task, image: bytes, store: ImageStore, queue: TaskQueue) -> None:
    """Store the picture of a saved task and queue the task.

    Bucket, queue, table: a message never names a picture that is not there.
    """
    store.put(task.image_key, image, task.content_type)
    enqueue(task, queue)


def enqueue(task: Task, queue: TaskQueue) -> None:
    """Queue a task whose picture is in storage. A repeat does no harm.

    Queue, table: the status is `queued` only after the message was sent.
    """
    queue.send(task.task_id, task.owner_id)
    transitions.mark_queued(task)


def retry(task: Task, queue: TaskQueue) -> None:
    """Queue a failed task again.

    Table, queue: a message that arrives first would find a failed task and be dropped. If the
    process stops in between, the sweep sends the message.

    Raises:
        TaskNotRetryableError: The task has not failed, or was deleted. No message was sent.
    """
    transitions.retry(task)
    queue.send(task.task_id, task.owner_id)


def resend(task: Task, queue: TaskQueue) -> None:
    """Send the message of a stuck task again.

    Table, queue: the write refuses a task that has moved on since `task` was read.

    Raises:
        TaskFinishedError: It moved on or was deleted. No message was sent.
    """
    transitions.requeue(task)
    queue.send(task.task_id, task.owner_id)


def copy(task: Task, store: ImageStore, queue: TaskQueue) -> Task:
    """Recognise the same picture again, as a new task of the same owner.

    Bucket, table, queue: the new task is saved only if its picture could be copied.

    Args:
        task: Read from the table, not from an index that lacks attributes.

    Returns:
        The new task.

    Raises:
        ImageMissingError: The picture is not in storage any more. No task was made.
    """
    task_id = str(uuid4())
    new = Task(
        task_id,
        image_key=build_image_key(task.owner_id, task_id),
        **{name: getattr(task, name) for name in _COPIED},
    )
    store.copy(task.image_key, new.image_key)
    transitions.insert(new)
    enqueue(new, queue)
    return new


def delete(task: Task, store: ImageStore) -> None:
    """Delete a task and its picture. A repeat does no harm.

    Bucket, table, bucket: while the record exists, a caller can repeat a deletion that broke off.
    The owner's upload form is still valid, so a picture may be uploaded between the first two
    steps: the third deletes it. The function `uploaded` deletes a picture that comes later. A
    worker that holds the task finds no record to write to.
    """
    store.delete(task.image_key)
    task.delete()
    store.delete(task.image_key)
