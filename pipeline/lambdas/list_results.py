"""GET /results: the caller's own tasks, newest first."""

from functools import partial
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from pipeline.core.errors import InvalidCursorError
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task, TaskStatus, build_list_number
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.cursor import Key, build_status_key, decode_cursor, encode_cursor
from pipeline.lambdas.notices import read_notice
from pipeline.lambdas.problems import InvalidRequestError
from pipeline.lambdas.schemas import TaskPage, build_task_view
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20

LATEST_US = 10**17 - 1
"""Later than any task, in microseconds since 1970."""

settings = load_settings()
app = build_app(settings)
store = ImageStore(settings.images_bucket)


@app.get(
    "/results",
    operation_id="listResults",
    tags=["Results"],
    summary="List my tasks, newest first",
    description="For the next page send `nextCursor` as `cursor`, with the same `status`; the last"
    " page has none. A task whose status changes at this moment can still be on the page of its"
    " earlier status.",
    responses={
        200: {"description": "A page of tasks."},
        **refuse(InvalidCursorError, InvalidRequestError),
    },
)
def list_results(
    status: Annotated[
        TaskStatus | None, Query(description="Only tasks that have this status.")
    ] = None,
    cursor: Annotated[str | None, Query(description="`nextCursor` of the previous page.")] = None,
    limit: Annotated[
        int,
        Query(
            description=f"Tasks on one page, 1 to {MAX_PAGE_SIZE}; {DEFAULT_PAGE_SIZE} if left"
            " out.",
            ge=1,
            le=MAX_PAGE_SIZE,
        ),
    ] = DEFAULT_PAGE_SIZE,
) -> Response[TaskPage]:
    tasks, next_cursor = _read_page(get_owner_id(app), status, cursor, limit)
    logger.info("Tasks listed", count=len(tasks))
    views = [build_task_view(task, store, is_listed=True) for task in tasks]
    page = TaskPage(results=views, next_cursor=next_cursor, notice=read_notice())
    return respond(HTTPStatus.OK, page)


def _read_page(
    owner_id: str, status: TaskStatus | None, cursor: str | None, limit: int
) -> tuple[list[Task], str | None]:
    place = None if cursor is None else decode_cursor(cursor, owner_id)
    read = _read_all if status is None else partial(_read_status, status=status)
    # One task more than asked for shows whether there is a next page.
    tasks = read(owner_id, place, limit + 1)
    if len(tasks) <= limit:
        return tasks, None
    last = tasks[limit - 1]
    return tasks[:limit], encode_cursor(last.created_at, last.task_id)


def _read_all(owner_id: str, place: Key | None, limit: int) -> list[Task]:
    found = Task.by_owner.query(
        owner_id, scan_index_forward=False, limit=limit, page_size=limit, last_evaluated_key=place
    )
    return list(found)


def _read_status(owner_id: str, place: Key | None, limit: int, *, status: TaskStatus) -> list[Task]:
    """Read keys from the index and then these tasks: twice as many items as the page shows."""
    keys = Task.by_owner_status.query(
        owner_id,
        Task.listed_as.between(build_list_number(status), build_list_number(status, LATEST_US)),
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key=None if place is None else build_status_key(place, status),
    )
    wanted = [key.task_id for key in keys]
    tasks = {task.task_id: task for task in Task.batch_get(wanted, consistent_read=True)}
    # The index follows the table within milliseconds. A task that has just got another status
    # stays on this page, because the next page starts behind the last one.
    return [tasks[task_id] for task_id in wanted if task_id in tasks]


handler = entry_point(app.resolve)
