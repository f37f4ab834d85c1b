"""The caller's own tasks, newest first: all, those that a search finds, and on which days they are.

- GET /results
- GET /results/days
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from http import HTTPStatus
from uuid import UUID

from aws_lambda_powertools.event_handler import Response

from pipeline.core.errors import InvalidCursorError
from pipeline.core.search.find import Question, find_tasks
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.days import list_days
from pipeline.core.tasks.indexes import build_reference, count_microseconds
from pipeline.core.tasks.record import (
    Task,
    TaskStatus,
    build_list_number,
)
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.cursor import (
    Key,
    build_entry_id,
    build_reference_key,
    build_status_key,
    decode_cursor,
    encode_cursor,
    encode_entry,
    get_created_at,
)
from pipeline.lambdas.day_schemas import DaysView, DayView
from pipeline.lambdas.languages import get_language
from pipeline.lambdas.list_parameters import (
    DEFAULT_PAGE_SIZE,
    Before,
    Cursor,
    FileName,
    Ids,
    Labels,
    Limit,
    OwnReference,
    Since,
    Status,
    Text,
    UtcOffset,
    Words,
    build_question,
    refuse_parameter,
)
from pipeline.lambdas.notices import read_notice
from pipeline.lambdas.problems import InvalidRequestError
from pipeline.lambdas.schemas import TaskPage, build_task_view
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

settings = load_settings()
app = build_app(settings, tables=settings.search_tables)
store = ImageStore(settings.images_bucket)


@app.get(
    "/results",
    operation_id="listResults",
    tags=["Results"],
    summary="List or search my tasks, newest first",
    description="For the next page send `nextCursor` as `cursor`, with the same other parameters;"
    " the last page has none. A task whose status changes at this moment can still be on the page"
    " of its earlier status.\n\n"
    "`label`, `query`, `text` and `fileName` search in finished results, within seconds after they"
    " are finished. All that is sent must be there. Where several words are seldom together, a page"
    " can have fewer results than `limit`, even none, and still have a next one. The same holds for"
    " `reference` with `status`.",
    responses={
        200: {"description": "A page of tasks."},
        **refuse(InvalidCursorError, InvalidRequestError),
    },
)
def list_results(
    label: Labels = None,
    query: Words = None,
    text: Text = None,
    file_name: FileName = None,
    since: Since = None,
    before: Before = None,
    status: Status = None,
    reference: OwnReference = None,
    ids: Ids = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_PAGE_SIZE,
) -> Response[TaskPage]:
    question = build_question(label or (), query, text, file_name, since, before)
    owner_id, next_cursor = get_owner_id(app), None
    if ids is not None:
        tasks = _read_named(owner_id, ids)
    else:
        tasks, next_cursor = _read_page(owner_id, question, status, reference, cursor, limit)
    logger.info("Tasks listed", count=len(tasks), terms=len(question.terms))
    language = get_language(app)
    views = [build_task_view(task, store, is_listed=True, language=language) for task in tasks]
    page = TaskPage(results=views, next_cursor=next_cursor, notice=read_notice())
    return respond(HTTPStatus.OK, page)


@app.get(
    "/results/days",
    operation_id="listDays",
    tags=["Results"],
    summary="List the days on which I have tasks",
    description="Newest first. Send the end of a day as `to` of `GET /results` to see its tasks and"
    " older ones. It reads one task for each day, however many there are.",
    responses={200: {"description": "Days with tasks."}, **refuse(InvalidRequestError)},
)
def show_days(utc_offset: UtcOffset = 0) -> Response[DaysView]:
    found = list_days(get_owner_id(app), timedelta(minutes=utc_offset))
    logger.info("Days listed", count=len(found))
    days = [DayView(newest_at=newest_at) for newest_at in found]
    return respond(HTTPStatus.OK, DaysView(days=days))


def _read_named(owner_id: str, ids: Iterable[UUID]) -> list[Task]:
    if set(app.current_event.resolved_query_string_parameters) - {"ids"}:
        raise refuse_parameter("ids", "Leave all other parameters out")
    return Task.read_owned(map(str, ids), owner_id)


def _read_page(
    owner_id: str,
    question: Question,
    status: TaskStatus | None,
    reference: str | None,
    cursor: str | None,
    limit: int,
) -> tuple[list[Task], str | None]:
    place = None if cursor is None else decode_cursor(cursor, owner_id)
    if reference is not None and question.terms:
        raise refuse_parameter("reference", "Leave the words to search for out")
    if question.is_never:
        return [], None
    # DynamoDB refuses a start outside the range that it is asked for.
    if place and not question.since <= get_created_at(place) < question.before:
        raise InvalidCursorError
    if reference is not None:
        return _read_reference(owner_id, reference, question, status, place, limit)
    if question.terms:
        return _search(owner_id, question, status, place, limit)
    read = _read_all if status is None else partial(_read_status, status=status)
    # One task more than asked for shows whether there is a next page.
    tasks = read(owner_id, question, place, limit + 1)
    if len(tasks) <= limit:
        return tasks, None
    last = tasks[limit - 1]
    return tasks[:limit], encode_cursor(last.created_at, last.task_id)


def _search(
    owner_id: str, question: Question, status: TaskStatus | None, place: Key | None, limit: int
) -> tuple[list[Task], str | None]:
    if status not in (None, TaskStatus.SUCCEEDED):
        return [], None  # Only finished results have words
    after = None if place is None else build_entry_id(place)
    found = find_tasks(owner_id, question, limit, after)
    return list(found.tasks), found.last_entry and encode_entry(found.last_entry)


def _read_all(owner_id: str, question: Question, place: Key | None, limit: int) -> list[Task]:
    found = Task.by_owner.query(
        owner_id,
        Task.created_at.between(*question.span),
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key=place,
    )
    return list(found)


def _read_reference(
    owner_id: str,
    reference: str,
    question: Question,
    status: TaskStatus | None,
    place: Key | None,
    limit: int,
) -> tuple[list[Task], str | None]:
    name = build_reference(owner_id, reference)
    found = Task.by_reference.query(
        name,
        Task.created_at.between(*question.span),
        scan_index_forward=False,
        limit=limit + 1,
        page_size=limit + 1,
        last_evaluated_key=None if place is None else build_reference_key(place, name),
    )
    keys = list(found)
    tasks = Task.read_owned((key.task_id for key in keys[:limit]), owner_id)
    shown = [task for task in tasks if status in (None, task.status)]
    if len(keys) <= limit:
        return shown, None
    return shown, encode_cursor(keys[limit - 1].created_at, keys[limit - 1].task_id)


def _read_status(
    owner_id: str, question: Question, place: Key | None, limit: int, *, status: TaskStatus
) -> list[Task]:
    """Read keys from the index and then these tasks: twice as many items as the page shows."""
    keys = Task.by_owner_status.query(
        owner_id,
        Task.listed_as.between(
            *(build_list_number(status, count_microseconds(end)) for end in question.span)
        ),
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key=None if place is None else build_status_key(place, status),
    )
    # The index follows the table within milliseconds. A task that has just got another status
    # stays on this page, because the next page starts behind the last one.
    return Task.read_owned((key.task_id for key in keys), owner_id)


handler = entry_point(app.resolve)
