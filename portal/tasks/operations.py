"""What operators do to tasks."""

from __future__ import annotations

from pipeline.core.errors import ImageMissingError, TaskNotRetryableError
from pipeline.core.tasks import flow
from pipeline.core.tasks import record as records
from pipeline.core.tasks.record import TaskStatus
from portal import aws
from portal.actions.forms import ReasonForm
from portal.actions.operation import Invocation, Operation, Refused
from portal.tasks.models import Task


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
            flow.retry(row.source, aws.task_queue())
        except TaskNotRetryableError as error:
            raise Refused("it moved on meanwhile") from error
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
            task = records.Task.get(row.pk)
            new = flow.copy(task, aws.image_store(), aws.task_queue())
        except records.Task.DoesNotExist as error:
            raise Refused("it was deleted") from error
        except ImageMissingError as error:
            raise Refused("its picture is gone from storage") from error
        return f"New task {new.task_id}"


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
        flow.delete(row.source, aws.image_store())
        return f"Deleted the picture and the record; it was {_say(row.status)}"


def _say(status: str) -> str:
    return status.replace("_", " ")
