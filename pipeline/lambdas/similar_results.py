"""GET /results/{taskId}/similar: photos of the caller that are like this one."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from pipeline.core.errors import TaskNotFoundError
from pipeline.core.labels import ApiModel
from pipeline.core.search.similar import MOST_NEWEST, MOST_OF_LABEL, find_similar
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import TaskId, build_app, get_owner_id, respond
from pipeline.lambdas.problems import InvalidRequestError
from pipeline.lambdas.schemas import TaskView, build_task_view
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

MOST_RESULTS = 24
USUAL_RESULTS = 12

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
    f" {MOST_OF_LABEL} with the same narrowest label. Empty if the result has no `fingerprint`."
    " It follows new results within seconds.",
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
    views = [
        SimilarView(
            result=build_task_view(each.task, store, is_listed=True),
            similarity=round(each.similarity, 4),
            is_copy=each.is_copy,
        )
        for each in found
    ]
    return respond(HTTPStatus.OK, SimilarPage(similar=views))


handler = entry_point(app.resolve)
