"""GET /results/{taskId}: one task and its result."""

import hashlib
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Header, Query
from aws_lambda_powertools.event_handler.openapi.types import OpenAPIResponseHeader

from pipeline.core.errors import TaskNotFoundError
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import OPEN_STATUSES, Task
from pipeline.lambdas.answers import refuse, retry_after
from pipeline.lambdas.app import TaskId, build_app, get_owner_id, respond
from pipeline.lambdas.languages import get_language
from pipeline.lambdas.queue_view import find_place
from pipeline.lambdas.schemas import TaskView, build_next_version, build_task_view
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.starting import estimate_start
from pipeline.lambdas.telemetry import entry_point, logger
from pipeline.lambdas.waiting import MAX_WAIT_SECONDS, POLL_SECONDS, wait_for_end

STARTING_POLL_SECONDS = 5
"""How long a caller should wait before asking again while a worker starts."""

Wait = Annotated[
    int,
    Query(
        description="Seconds to wait for the end of the task, 0 to"
        f" {MAX_WAIT_SECONDS}. Not at all if left out.",
        ge=0,
        le=MAX_WAIT_SECONDS,
    ),
]

IfNoneMatch = Annotated[
    str | None,
    Header(
        alias="If-None-Match",
        description="`ETag` of an earlier answer: 304 without a body if nothing but the signed"
        " addresses would differ.",
    ),
]

_ADDRESSES = {"url", "preview_url", "thumbnail_url", "url_expires_at"}

_ETAG: dict[str, OpenAPIResponseHeader] = {
    "ETag": {
        "description": "Changes with the task, but not with the signed addresses; only when it is"
        " finished. Send it as `If-None-Match`.",
        "schema": {"type": "string"},
    }
}

_RETRY_AFTER = retry_after(
    "Seconds to wait before you ask again; only while the task is not finished."
)

settings = load_settings()
app = build_app(settings)
store = ImageStore(settings.images_bucket)


@app.get(
    "/results/<taskId>",
    operation_id="getResult",
    tags=["Results"],
    summary="Get one task and its result",
    description="While the task is not finished, `Retry-After` says in how many seconds to ask"
    " again. `startsInSeconds` is set while the task waits for a worker that was asleep. With"
    " `wait` the answer comes as soon as the task is finished.",
    responses={
        200: {
            "description": "The task, finished or not; with `wait` only if it is finished.",
            "content": {"application/json": {"model": TaskView}},
            "headers": {**_RETRY_AFTER, **_ETAG},
        },
        202: {
            "description": "The task, which is not finished after the seconds of `wait`.",
            "content": {"application/json": {"model": TaskView}},
            "headers": _RETRY_AFTER,
        },
        304: {
            "description": "The finished task is still the one that `If-None-Match` names.",
            "content": {},
            "headers": _ETAG,
        },
        **refuse(TaskNotFoundError),
    },
)
def get_result(
    task_id: TaskId, wait: Wait = 0, if_none_match: IfNoneMatch = None
) -> Response[TaskView | None]:
    task = Task.get_owned(str(task_id), get_owner_id(app))
    if wait:
        task = wait_for_end(task, wait, app.lambda_context)
    logger.info("Task shown", task_id=task.task_id, status=task.status)
    is_open = task.status in OPEN_STATUSES
    now = datetime.now(UTC)
    starts_in = estimate_start(task, settings.start_seconds, now)
    poll_seconds = POLL_SECONDS if starts_in is None else STARTING_POLL_SECONDS
    place = find_place(task, settings.task_queue_url, now)
    view = build_task_view(task, store, language=get_language(app))
    more = {"queue": place, "starts_in_seconds": starts_in}
    view = view.model_copy(update={**more, "next_version": build_next_version(task)})
    if is_open:
        status = HTTPStatus.ACCEPTED if wait else HTTPStatus.OK
        return respond(status, view, {"Retry-After": str(poll_seconds)})
    headers = {"ETag": build_etag(view)}
    if if_none_match and headers["ETag"].removeprefix("W/") in if_none_match:
        return respond(HTTPStatus.NOT_MODIFIED, None, headers)
    return respond(HTTPStatus.OK, view, headers)


def build_etag(view: TaskView) -> str:
    """A weak entity tag. It stays while only the signed addresses differ."""
    rest = view.model_dump_json(exclude={"image": _ADDRESSES})
    return f'W/"{hashlib.blake2b(rest.encode(), digest_size=16).hexdigest()}"'


handler = entry_point(app.resolve)
