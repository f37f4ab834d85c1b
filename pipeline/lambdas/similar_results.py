"""Photos of the caller that are like one, and those that they have more than once.

- GET /results/{taskId}/similar
- GET /results/doubles
"""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from pipeline.core.errors import InvalidCursorError, TaskNotFoundError
from pipeline.core.labels import ApiModel
from pipeline.core.search.doubles import list_doubles
from pipeline.core.search.find import EARLIEST
from pipeline.core.search.similar import MOST_NEWEST, MOST_OF_LABEL, find_similar
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import TaskId, build_app, get_owner_id, respond
from pipeline.lambdas.cursor import build_entry_id, decode_cursor, encode_entry, get_created_at
from pipeline.lambdas.languages import get_language
from pipeline.lambdas.list_parameters import Cursor, Since, clamp_moment
from pipeline.lambdas.problems import InvalidRequestError
from pipeline.lambdas.schemas import NextCursor, TaskView, build_task_view
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

MOST_RESULTS = 24
USUAL_RESULTS = 12

MOST_DOUBLES = 50
USUAL_DOUBLES = 20

settings = load_settings()
app = build_app(settings, tables=settings.search_tables)
store = ImageStore(settings.images_bucket)


class SimilarView(ApiModel):
    """A photo that is like another one."""

    result: TaskView = Field(description="The other photo and its result.")
    similarity: float = Field(
        description="How alike the things in both are: the cosine of the vectors of their"
        " fingerprints, 1 for the same.",
        examples=[0.93],
    )
    is_copy: bool = Field(
        description="Whether it is the same photo, perhaps resized, compressed again or mirrored.",
        examples=[False],
    )


class SimilarPage(ApiModel):
    """Photos that are like another one."""

    similar: list[SimilarView] = Field(description="Copies first, then the most similar ones.")


@app.get(
    "/results/<taskId>/similar",
    operation_id="listSimilar",
    tags=["Results"],
    summary="List my photos that are like this one",
    description=f"Compares the {MOST_NEWEST} newest results, and of older ones the newest"
    f" {MOST_OF_LABEL} with the same narrowest label. Copies are looked for among all results."
    " Empty if the result has no `fingerprint`. It follows new results within seconds.",
    responses={
        200: {"description": "Similar photos and copies."},
        **refuse(TaskNotFoundError, InvalidRequestError),
    },
)
def list_similar(
    task_id: TaskId,
    limit: Annotated[
        int,
        Query(
            description=f"The most photos to return, 1 to {MOST_RESULTS}; {USUAL_RESULTS} if left"
            " out.",
            ge=1,
            le=MOST_RESULTS,
        ),
    ] = USUAL_RESULTS,
) -> Response[SimilarPage]:
    task = Task.get_owned(str(task_id), get_owner_id(app))
    found = find_similar(task, limit)
    logger.info("Similar photos listed", task_id=task.task_id, count=len(found))
    language = get_language(app)
    views = [
        SimilarView(
            result=build_task_view(each.task, store, is_listed=True, language=language),
            similarity=round(each.similarity, 4),
            is_copy=each.is_copy,
        )
        for each in found
    ]
    return respond(HTTPStatus.OK, SimilarPage(similar=views))


class DoublesGroup(ApiModel):
    """Results of pictures that look the same."""

    group_id: str = Field(
        description="Id of the first task of the group, which may be deleted since. A group that"
        " goes on on the next page has the same one there.",
        examples=["0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55"],
    )
    results: list[TaskView] = Field(
        description="Newest first. Only one if the others were deleted or are on another page."
    )


class DoublesPage(ApiModel):
    """Photos that are there more than once."""

    groups: list[DoublesGroup] = Field(
        description="The group of the newest double first. Can be empty before the last page."
    )
    next_cursor: NextCursor


@app.get(
    "/results/doubles",
    operation_id="listDoubles",
    tags=["Results"],
    summary="List the photos that I have more than once",
    description="A result is a double if a photo that looked the same was there when it came: the"
    " same file, or one that was resized, compressed again or mirrored. It is looked for among all"
    " results. A copy that was changed more can be missed, and results without a `fingerprint` are"
    " no doubles. The list follows new results within seconds.\n\n"
    "For the next page send `nextCursor` as `cursor`, with the same other parameters; the last page"
    " has none.",
    responses={
        200: {"description": "A page of groups."},
        **refuse(InvalidCursorError, InvalidRequestError),
    },
)
def show_doubles(
    since: Since = None,
    cursor: Cursor = None,
    limit: Annotated[
        int,
        Query(
            description=f"Doubles on one page, 1 to {MOST_DOUBLES}; {USUAL_DOUBLES} if left out."
            " The first result of each group comes in addition.",
            ge=1,
            le=MOST_DOUBLES,
        ),
    ] = USUAL_DOUBLES,
) -> Response[DoublesPage]:
    owner_id, earliest = get_owner_id(app), clamp_moment(since or EARLIEST)
    place = None if cursor is None else decode_cursor(cursor, owner_id)
    # DynamoDB refuses a start outside the range that it is asked for.
    if place and get_created_at(place) < earliest:
        raise InvalidCursorError
    after = None if place is None else build_entry_id(place)
    found = list_doubles(owner_id, limit, since=earliest, after=after)
    logger.info("Doubles listed", count=len(found.groups))
    language = get_language(app)
    groups = [
        DoublesGroup(
            group_id=group.group_id,
            results=[
                build_task_view(task, store, is_listed=True, language=language)
                for task in group.tasks
            ],
        )
        for group in found.groups
    ]
    next_cursor = found.last_entry and encode_entry(found.last_entry)
    return respond(HTTPStatus.OK, DoublesPage(groups=groups, next_cursor=next_cursor))


handler = entry_point(app.resolve)
