"""The order in which table, bucket and queue are changed. Only this module decides it.

A process can stop between any two steps. The orders are chosen so that what remains is found and
completed: by a repeat of the same request, by the sweep, or by S3's lifecycle rule.

The Lambda functions, the worker, the portal and the tools pass their own store and queue, with the
credentials and timeouts that suit them. Errors of AWS are not translated here.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from pipeline.core.errors import ImageMissingError, PermanentError, TaskFinishedError
from pipeline.core.images.strip import strip_metadata
from pipeline.core.storage import build_image_key, build_prefixes, build_upload_key
from pipeline.core.tasks import transitions, versions
from pipeline.core.tasks.record import Task, TaskStatus, find_task
from pipeline.core.tasks.version_ids import get_user_id

if TYPE_CHECKING:
    from pipeline.core.options import Options
    from pipeline.core.queue import TaskQueue
    from pipeline.core.storage import ImageStore


def submit(task: Task, image: bytes, store: ImageStore, queue: TaskQueue) -> None:
    """Store the picture of a saved task and queue the task.

    Bucket, queue, table: a message never names a picture that is not there. If the owner deletes
    the task before its picture is stored, the last step finds no record, and the picture goes too.
    """
    store.put(task.image_key, image, task.content_type)
    if not enqueue(task, queue) and find_task(task.task_id) is None:
        store.delete(task.image_key)


def accept(task: Task, store: ImageStore, queue: TaskQueue) -> bool:
    """Take over the picture that a form stored, and queue its task.

    Bucket, table, queue, bucket: the form stays valid, and its owner may post another picture at
    any time. So the picture is copied to a key for which no form was ever signed. The write to the
    table decides which copy becomes the task's picture; every other copy is deleted. If the process
    stops after that write, the sweep queues the task.

    If the task asks for it, the metadata is removed on the way. Where that cannot be done, or where
    the file is no picture that we accept, the task fails and nothing is kept.

    Args:
        task: Read from the table, not from an index that lacks attributes.

    Returns:
        False if there is no picture, if it failed the task, or if another call took over one
        before.
    """
    upload_key = build_upload_key(task.owner_id, task.task_id)
    image_key = build_image_key(task.owner_id, task.task_id)
    try:
        _copy_upload(task, upload_key, image_key, store)
    except ImageMissingError:
        return False
    except PermanentError as error:
        with suppress(TaskFinishedError):
            transitions.fail(task, error)
        store.delete(upload_key)
        return False
    is_mine = transitions.accept(task, image_key)
    if is_mine:
        enqueue(task, queue)
    else:
        store.delete(image_key)
    store.delete(upload_key)
    return is_mine


def _copy_upload(task: Task, upload_key: str, image_key: str, store: ImageStore) -> None:
    if task.strip_metadata:
        store.put(image_key, strip_metadata(store.download(upload_key)), task.content_type)
    else:
        store.copy(upload_key, image_key)


def enqueue(task: Task, queue: TaskQueue) -> bool:
    """Queue a task whose picture is in storage. A repeat does no harm.

    Queue, table: the status is `queued` only after the message was sent.

    Returns:
        False if a worker has started the task already, or if it is finished or deleted.
    """
    send(task, queue)
    return transitions.mark_queued(task)


def retry(task: Task, queue: TaskQueue) -> None:
    """Queue a failed task again.

    Table, queue: a message that arrives first would find a failed task and be dropped. If the
    process stops in between, the sweep sends the message.

    Raises:
        TaskNotRetryableError: The task has not failed, or was deleted. No message was sent.
    """
    transitions.retry(task)
    send(task, queue)


def cancel(task: Task) -> None:
    """Close a task that waits, or the new version of a result. The picture stays, for a retry.

    Table only: its message stays in the queue, and a worker that gets it finds a finished task and
    drops it. A picture that a form stores later is deleted by the function `uploaded`.

    Raises:
        TaskNotCancellableError: A worker has begun, or the task is finished or was deleted.
    """
    waiting = versions.find_next(task) if task.status == TaskStatus.SUCCEEDED else task
    transitions.cancel((waiting or task).task_id)


def resend(task: Task, queue: TaskQueue) -> None:
    """Send the message of a stuck task again.

    Table, queue: the write refuses a task that has moved on since `task` was read.

    Raises:
        TaskFinishedError: It moved on or was deleted. No message was sent.
    """
    transitions.requeue(task)
    send(task, queue)


def recognise_again(task: Task, options: Options, queue: TaskQueue) -> Task:
    """Recognise the picture of a result again, as a new version of the same task.

    Table, queue: if the process stops in between, the sweep sends the message.

    Args:
        task: Read from the table, not from an index that lacks attributes.

    Returns:
        The record of the version; of the unfinished one if it has these options.

    Raises:
        NoResultYetError: The task has no result.
        VersionOpenError: Another version is not finished.
        TooManyVersionsError: The task has as many versions as it may have.
        TaskNotFoundError: It was deleted meanwhile.
    """
    if repeat := versions.find_repeat(task, options):
        return repeat
    version = versions.ask(task, options)
    send(version, queue)
    return version


def delete(task: Task, store: ImageStore) -> None:
    """Delete a task, its versions and its picture. A repeat does no harm.

    Bucket, table, bucket: while the record exists, a caller can repeat a deletion that broke off.
    The owner's upload form is still valid, so a picture may be uploaded between the first two
    steps: the third deletes it. The function `uploaded` deletes a picture that comes later. A
    worker that holds the task finds no record to write to.
    """
    _delete_pictures(task, store)
    versions.delete_all(task)
    _delete_pictures(task, store)


def discard_picture(task: Task, store: ImageStore) -> None:
    """Delete the picture of a task that failed and that no retry can help.

    Bucket, table: while the record names the picture, the sweep repeats a deletion that broke off.

    Raises:
        TaskFinishedError: The task has not failed, or was deleted.
    """
    _delete_pictures(task, store)
    transitions.drop_picture(task)


def _delete_pictures(task: Task, store: ImageStore) -> None:
    for prefix in build_prefixes(task.owner_id, task.task_id):
        for picture in store.list_page(prefix):
            store.delete(picture.key)


def send(task: Task, queue: TaskQueue) -> None:
    """Send the message of a task or of a version, in the group of its user."""
    queue.send(task.task_id, get_user_id(task.owner_id))
