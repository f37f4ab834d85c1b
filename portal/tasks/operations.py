"""What operators do to tasks."""

from __future__ import annotations

from django.urls import reverse

from pipeline.core.errors import HOPELESS_CODES, TaskNotFoundError, TaskNotRetryableError
from pipeline.core.tasks import flow
from pipeline.core.tasks import record as records
from pipeline.core.tasks.record import TaskStatus
from pipeline.core.tasks.version_ids import names_version
from pipeline.core.tasks.versions import (
    MOST_VERSIONS,
    NoResultYetError,
    TooManyVersionsError,
    VersionOpenError,
    get_options,
)
from portal import aws
from portal.actions.forms import ReasonForm
from portal.actions.operation import Invocation, Made, Operation, Refused
from portal.tasks.models import Task

STATES = {
    TaskStatus.AWAITING_UPLOAD.value: "waits for its picture",
    TaskStatus.QUEUED.value: "is queued",
    TaskStatus.PROCESSING.value: "is being processed",
    TaskStatus.SUCCEEDED.value: "succeeded",
    TaskStatus.FAILED.value: "failed",
    TaskStatus.EXPIRED.value: "expired",
}
"""The status in a sentence: "this task ..."."""


class RetryTask(Operation[Task]):
    name = "retry"
    label = "Retry"
    icon = "replay"
    done = "Back in the queue"
    permission = "tasks.retry_task"
    explanation = (
        "The failed task goes back to the queue and a worker tries it again. "
        "Mend the cause first: a task that fails again becomes a dead letter again."
    )

    def find_obstacle(self, row: Task) -> str:
        if row.status == TaskStatus.FAILED:
            is_hopeless = row.error_code in HOPELESS_CODES
            return "its picture is the reason, so no retry can help" if is_hopeless else ""
        return f"Only failed tasks can be retried; this one {STATES[row.status]}"

    def apply(self, invocation: Invocation, row: Task) -> str:
        try:
            flow.retry(row.source, aws.task_queue())
        except TaskNotRetryableError as error:
            raise Refused("its status has changed since") from error
        return f"Queued again; it had failed with {row.error_code}"


class RecogniseTask(Operation[Task]):
    name = "recognise"
    label = "Recognise again"
    icon = "model_training"
    done = "A new version is queued"
    permission = "tasks.recognise_task"
    explanation = (
        "The models that are in service now recognise the picture again. Until they have finished, "
        "the task keeps its result; then the owner sees the new version. Earlier versions stay."
    )

    def find_obstacle(self, row: Task) -> str:
        if names_version(row.pk):
            return "This is a version; recognise its task again"
        if row.status == TaskStatus.SUCCEEDED:
            return ""
        return f"Only results can be recognised again; this task {STATES[row.status]}"

    def apply(self, invocation: Invocation, row: Task) -> Made:
        task = records.find_task(row.pk)
        if task is None:
            raise Refused("it was deleted")
        if not aws.image_store().has(task.image_key):
            raise Refused("its picture is gone from storage")
        try:
            version = flow.recognise_again(task, get_options(task), aws.task_queue())
        except TaskNotFoundError as error:
            raise Refused("it was deleted") from error
        except VersionOpenError as error:
            raise Refused("it is being recognised again already") from error
        except TooManyVersionsError as error:
            raise Refused(f"it has {MOST_VERSIONS} versions, which is the limit") from error
        except NoResultYetError as error:
            raise Refused("its status has changed since") from error
        url = reverse("admin:tasks_task_change", args=[version.task_id])
        return Made("Version", version.task_id, url)


class DeleteTask(Operation[Task]):
    name = "delete"
    label = "Delete"
    icon = "delete"
    done = "Deleted"
    permission = "tasks.delete_task"
    explanation = (
        "The picture and the record are gone for good, also for the owner. "
        "A worker that is processing it drops it."
    )
    is_destructive = True
    form_class = ReasonForm

    def find_obstacle(self, row: Task) -> str:
        return "This is a version; delete its task" if names_version(row.pk) else ""

    def apply(self, invocation: Invocation, row: Task) -> str:
        flow.delete(row.source, aws.image_store())
        return f"Deleted the picture and the record of a task that {STATES[row.status]}"
