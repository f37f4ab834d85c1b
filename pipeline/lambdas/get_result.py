"""GET /results/{taskId}: one task and its result."""

from datetime import UTC, datetime
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core.errors import TaskNotFoundError
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import OPEN_STATUSES, Task
from pipeline.lambdas.answers import refuse, retry_after
from pipeline.lambdas.app import TaskId, build_app, get_owner_id, respond
from pipeline.lambdas.schemas import TaskView, build_task_view
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.starting import estimate_start
from pipeline.lambdas.telemetry import entry_point, logger

POLL_SECONDS = 1
"""How long a caller should wait before asking again for an unfinished task."""

STARTING_POLL_SECONDS = 5
"""The same while a worker starts."""

settings = load_settings()
app = build_app(settings)
store = ImageStore(settings.images_bucket)


@app.get(
    "/results/<taskId>",
    operation_id="getResult",
    tags=["Results"],
    summary="Get one task and its result",
    description="While the task is not finished, `Retry-After` says in how many seconds to ask"
    " again. `startsInSeconds` is set while the task waits for a worker that was asleep.",
    responses={
        200: {
            "description": "The task, finished or not.",
            "headers": retry_after(
                "Seconds to wait before you ask again; only while the task is not finished."
            ),
        },
        **refuse(TaskNotFoundError),
    },
)
def get_result(task_id: TaskId) -> Response[TaskView]:
    task = Task.get_owned(str(task_id), get_owner_id(app))
    logger.info("Task shown", task_id=task.task_id, status=task.status)
    starts_in = estimate_start(task, settings.start_seconds, datetime.now(UTC))
    poll_seconds = POLL_SECONDS if starts_in is None else STARTING_POLL_SECONDS
    is_open = task.status in OPEN_STATUSES
    headers = {"Retry-After": str(poll_seconds)} if is_open else None
    view = build_task_view(task, store, starts_in_seconds=starts_in)
    return respond(HTTPStatus.OK, view, headers)


handler = entry_point(app.resolve)
