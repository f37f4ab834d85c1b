"""POST /results/{taskId}/retry: queue a failed task again."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core.doors import Door, is_closed
from pipeline.core.errors import TaskNotFoundError, TaskNotRetryableError
from pipeline.core.queue import TaskQueue
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.usage import UsageDay
from pipeline.lambdas.answers import TASK_LINKS, refuse
from pipeline.lambdas.app import TaskId, build_app, get_owner_id, respond
from pipeline.lambdas.callers import find_key_used
from pipeline.lambdas.limits import Cost
from pipeline.lambdas.problems import (
    KeyLimitReachedError,
    TooManyUnfinishedTasksError,
    UploadsClosedError,
)
from pipeline.lambdas.schemas import TaskState
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.spending import admit
from pipeline.lambdas.telemetry import entry_point, logger

settings = load_settings()
app = build_app(settings, counts_refusals=True, tables={UsageDay: settings.tasks_table})
queue = TaskQueue(settings.task_queue_url)


@app.post(
    "/results/<taskId>/retry",
    operation_id="retryResult",
    tags=["Results"],
    summary="Try a failed task again",
    description="The same picture goes back to the queue. Only a task whose `status` is `failed`"
    " can be retried. A retry counts for the daily limit of an API key.",
    responses={
        202: {"description": "The task is queued again.", "links": TASK_LINKS},
        **refuse(
            TaskNotFoundError,
            TaskNotRetryableError,
            TooManyUnfinishedTasksError,
            KeyLimitReachedError,
            UploadsClosedError,
        ),
    },
)
def retry_result(task_id: TaskId) -> Response[TaskState]:
    task = Task.get_owned(str(task_id), get_owner_id(app))
    if is_closed(Door.UPLOADS):
        raise UploadsClosedError
    if refusal := admit(task.owner_id, settings, Cost(), find_key_used(app)):
        raise refusal
    flow.retry(task, queue)
    logger.info("Task queued again", task_id=task.task_id)
    return respond(HTTPStatus.ACCEPTED, TaskState(task_id=task.task_id, status=TaskStatus.QUEUED))


handler = entry_point(app.resolve)
