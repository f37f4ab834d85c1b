"""GET /results: the caller's own tasks, newest first."""

from http import HTTPStatus
from itertools import islice
from typing import Annotated, Any

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.errors import InvalidCursorError
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.cursor import decode_cursor, encode_cursor, encode_key
from pipeline.lambdas.limits import TokenBucket
from pipeline.lambdas.problems import InvalidRequestError
from pipeline.lambdas.schemas import TaskPage, build_task_view
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20

FILTER_READ_SIZE = 100
"""Tasks that DynamoDB reads at a time if a status is wanted."""

MAX_READS = 10
"""Reads for one request. If they are used up, the page is short and has a cursor."""

settings = load_settings()
app = build_app(settings)
store = ImageStore(settings.images_bucket)
connect(settings.aws_region, {Task: settings.tasks_table, TokenBucket: settings.tasks_table})


@app.get(
    "/results",
    operation_id="listResults",
    tags=["Results"],
    summary="List my tasks, newest first",
    description="For the next page send `nextCursor` as `cursor`, with the same `status`; the last"
    " page has none. With a `status` a page can be shorter than `limit`, even empty, and still have"
    " a `nextCursor`: go on.",
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
    views = [build_task_view(task, store) for task in tasks]
    return respond(HTTPStatus.OK, TaskPage(results=views, next_cursor=next_cursor))


def _read_page(
    owner_id: str, status: TaskStatus | None, cursor: str | None, limit: int
) -> tuple[list[Task], str | None]:
    reads = Task.by_owner.query(
        owner_id,
        filter_condition=None if status is None else Task.status == status.value,
        scan_index_forward=False,
        # One task more than asked for shows whether there is a next page.
        page_size=limit + 1 if status is None else FILTER_READ_SIZE,
        last_evaluated_key=None if cursor is None else decode_cursor(cursor, owner_id),
    ).page_iter
    tasks: list[Task] = []
    for read in islice(reads, MAX_READS):
        tasks += [Task.from_raw_data(item) for item in read["Items"]]
        if len(tasks) > limit:
            last = tasks[limit - 1]
            return tasks[:limit], encode_cursor(last.created_at, last.task_id)
    end = reads.last_evaluated_key
    return tasks, encode_key(end) if end else None


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    return app.resolve(event, context)
