"""POST /results/{taskId}/cancel: close a task that waits."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core.errors import TaskNotFoundError
from pipeline.core.tasks import flow
from pipeline.core.tasks.cancelling import TaskCancelledError, TaskNotCancellableError
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.answers import TASK_LINKS, refuse
from pipeline.lambdas.app import TaskId, build_app, get_owner_id, respond
from pipeline.lambdas.schemas import TaskState
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

settings = load_settings()
app = build_app(settings)


@app.post(
    "/results/<taskId>/cancel",
    operation_id="cancelResult",
    tags=["Results"],
    summary="Cancel a task that waits",
    description="Only a task whose `status` is `awaiting_upload` or `queued` can be cancelled. It"
    f" becomes `failed` with the `error.code` `{TaskCancelledError.code}`, and keeps its picture:"
    " retry it or delete it. A repeat gets the same answer.",
    responses={
        200: {"description": "The task is cancelled.", "links": TASK_LINKS},
        **refuse(TaskNotFoundError, TaskNotCancellableError),
    },
)
def cancel_result(task_id: TaskId) -> Response[TaskState]:
    task = Task.get_owned(str(task_id), get_owner_id(app))
    flow.cancel(task)
    logger.info("Task cancelled", task_id=task.task_id)
    return respond(HTTPStatus.OK, TaskState(task_id=task.task_id, status=TaskStatus.FAILED))


handler = entry_point(app.resolve)
