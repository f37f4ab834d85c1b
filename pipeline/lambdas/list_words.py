"""GET /results/words: the names of labels in the caller's results, most frequent first."""

from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import Field

from pipeline.core.labels import ApiModel
from pipeline.core.search.counts import list_counts
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.problems import InvalidRequestError
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

MOST_WORDS = 2000
DEFAULT_WORDS = 100

settings = load_settings()
app = build_app(settings, tables=settings.search_tables)


class WordView(ApiModel):
    """A name of labels, and in how many results it is."""

    name: str = Field(description="English name of a label or a parent.", examples=["dog"])
    count: int = Field(description="In how many results it is.", examples=[12])


class WordPage(ApiModel):
    """The names that are in the most results."""

    words: list[WordView] = Field(description="Names, those with the most results first.")


@app.get(
    "/results/words",
    operation_id="listWords",
    tags=["Results"],
    summary="List what is in my results, with counts",
    description="Each name can be sent as `label` of `GET /results`. The counts follow the results"
    " within seconds.",
    responses={200: {"description": "Names and counts."}, **refuse(InvalidRequestError)},
)
def list_words(
    limit: Annotated[
        int,
        Query(
            description=f"The most names to return, 1 to {MOST_WORDS}; {DEFAULT_WORDS} if left"
            " out.",
            ge=1,
            le=MOST_WORDS,
        ),
    ] = DEFAULT_WORDS,
) -> Response[WordPage]:
    counts = list_counts(get_owner_id(app))
    logger.info("Words listed", count=len(counts))
    words = [WordView(name=each.name, count=each.tasks) for each in counts[:limit]]
    return respond(HTTPStatus.OK, WordPage(words=words))


handler = entry_point(app.resolve)
