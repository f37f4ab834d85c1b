"""What operators do to tasks."""

from __future__ import annotations

from uuid import uuid4

from pipeline.core import models as records
from pipeline.core.errors import TaskNotRetryableError
from pipeline.core.models import TaskStatus
from pipeline.core.queue import TaskQueue
from pipeline.core.settings import settings
from pipeline.core.storage import ImageStore, build_image_key
from portal import aws
from portal.actions.forms import ReasonForm
from portal.actions.operation import Invocation, Operation, Refused
from portal.tasks.models import Task

COPIED = ("owner_id", "content_type", "size_bytes", "file_name", "min_confidence", "max_labels")


class RetryTask(Operation[Task]):
    name = "retry"
    label = "Retry"
    icon = "replay"
    done = "Back in the queue"
    permission = "tasks.retry_task"
    explanation = (
        "The failed task goes back to the queue and a worker tries it again. "
        "Mend the cause first: a task that fails again ends in the dead letters again."
    )

    def find_obstacle(self, row: Task) -> str:
        return "" if row.status == TaskStatus.FAILED else f"it is {_say(row.status)}, not failed"

    def apply(self, invocation: Invocation, row: Task) -> str:
        try:
            row.source.retry()
        except TaskNotRetryableError as error:
            raise Refused("it moved on meanwhile") from error
        TaskQueue(settings.task_queue_url, aws.sqs()).send(row.pk, row.owner_id)
        return f"Queued again; it had failed with {row.error_code}"


class RecogniseTask(Operation[Task]):
    name = "recognise"
    label = "Recognise again"
    icon = "model_training"
    done = "A new task recognises the same picture"
    permission = "tasks.recognise_task"
    explanation = (
        "A stored result is final. So a copy of the picture becomes a new task of the same owner, "
        "who sees both, and the models that are in service now recognise it."
    )

    def find_obstacle(self, row: Task) -> str:
        is_over = row.status in (TaskStatus.SUCCEEDED, TaskStatus.FAILED)
        return "" if is_over else f"it is {_say(row.status)}, not finished"

    def apply(self, invocation: Invocation, row: Task) -> str:
        try:
            first = records.Task.get(row.pk)
        except records.Task.DoesNotExist as error:
            raise Refused("it was deleted") from error
        task = records.Task(
            str(uuid4()), **{name: getattr(first, name) for name in COPIED if getattr(first, name)}
        )
        task.image_key = build_image_key(task.owner_id, task.task_id)
        _copy_picture(first.image_key, task.image_key)
        # In this order: a message never names a task that does not exist.
        task.insert()
        TaskQueue(settings.task_queue_url, aws.sqs()).send(task.task_id, task.owner_id)
        task.mark_queued()
        return f"New task {task.task_id}"


class DeleteTask(Operation[Task]):
    name = "delete"
    label = "Delete"
    icon = "delete"
    done = "Deleted"
    permission = "tasks.delete_task"
    explanation = (
        "The picture and the record are gone for good, also for the owner. "
        "A worker that has it in hand drops it."
    )
    is_destructive = True
    form_class = ReasonForm

    def apply(self, invocation: Invocation, row: Task) -> str:
        delete_task(row.source)
        return f"Deleted the picture and the record; it was {_say(row.status)}"


def delete_task(task: records.Task) -> None:
    """Remove picture and record. The picture first: what is left after a crash can be found."""
    ImageStore(settings.images_bucket, aws.s3()).delete(task.image_key)
    task.delete()


def _copy_picture(source: str, target: str) -> None:
    client = aws.s3()
    bucket = settings.images_bucket
    try:
        client.copy_object(
            Bucket=bucket,
            Key=target,
            CopySource={"Bucket": bucket, "Key": source},
            ServerSideEncryption="AES256",
        )
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            raise Refused("its picture is gone from storage") from error
        raise


def _say(status: str) -> str:
    return status.replace("_", " ")
