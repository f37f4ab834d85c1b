"""DELETE /results/{taskId}: delete a task and its picture."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core.errors import TaskNotFoundError
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import Task
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import TaskId, build_app, get_owner_id, respond
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

settings = load_settings()
app = build_app(settings)
store = ImageStore(settings.images_bucket)


@app.delete(
    "/results/<taskId>",
    operation_id="deleteResult",
    tags=["Results"],
    summary="Delete a picture and its result",
    description="Both are deleted at once and for good, in every status. A second request answers"
    " 404.",
    responses={
        204: {"description": "Picture and result are gone.", "content": {}},
        **refuse(TaskNotFoundError),
    },
)
def delete_result(task_id: TaskId) -> Response[None]:
    task = Task.get_owned(str(task_id), get_owner_id(app))
    flow.delete(task, store)
    logger.info("Task deleted", task_id=task.task_id)
    return respond(HTTPStatus.NO_CONTENT)


handler = entry_point(app.resolve)
