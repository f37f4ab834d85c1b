"""The parameters of GET /results."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, TypeVar
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Query
from pydantic import AwareDatetime, BeforeValidator

from pipeline.core.search.find import EARLIEST, LATEST, MOST_TERMS, Question
from pipeline.core.search.terms import build_phrase, list_terms
from pipeline.core.search.words import SHOWN_CONFIDENCE
from pipeline.core.tasks.record import TaskStatus
from pipeline.lambdas.problems import FieldError, InvalidRequestError
from pipeline.lambdas.upload_request import REFERENCE_PATTERN

Found = TypeVar("Found", str, list[str])

MAX_PAGE_SIZE = 100
DEFAULT_PAGE_SIZE = 20
LONGEST_WORDS = 200

Status = Annotated[TaskStatus | None, Query(description="Only tasks that have this status.")]

Labels = Annotated[
    list[str] | None,
    Query(
        alias="label",
        description="Only results with a label of this name, or with a parent or an alias of this"
        " name, in English, German or Spanish, in singular or plural. Send it again for each name"
        f" that must be there. Labels below {SHOWN_CONFIDENCE} do not count.",
        examples=[["animal"]],
    ),
]

Words = Annotated[
    str | None,
    Query(
        alias="query",
        description="Only results where each of these words is in the name of a label, in the text"
        " of the picture or in its file name.",
        max_length=LONGEST_WORDS,
        examples=["golden beach"],
    ),
]

Text = Annotated[
    str | None,
    Query(
        description="Only results with all these words in the text of the picture. Text is read"
        " where `features` asked for it.",
        max_length=LONGEST_WORDS,
        examples=["exit"],
    ),
]

FileName = Annotated[
    str | None,
    Query(
        alias="fileName",
        description="Only results with all these words in the name of the file.",
        max_length=LONGEST_WORDS,
        examples=["holiday"],
    ),
]


def _refuse_numbers(moment: object) -> object:
    """Pydantic takes a number for seconds since 1970."""
    if isinstance(moment, str) and "T" not in moment.upper():
        raise ValueError("Write it as 2026-11-01T00:00:00Z")
    return moment


Moment = Annotated[AwareDatetime, BeforeValidator(_refuse_numbers)]

Since = Annotated[
    Moment | None,
    Query(
        alias="from",
        description="Only tasks that were created at this time or later, with a time zone.",
        examples=["2026-11-01T00:00:00Z"],
    ),
]

Before = Annotated[
    Moment | None,
    Query(
        alias="to",
        description="Only tasks that were created before this time, with a time zone.",
        examples=["2026-12-01T00:00:00Z"],
    ),
]


def _split_ids(ids: object) -> object:
    """Take `ids=A,B` for `ids=A&ids=B`."""
    several = ids if isinstance(ids, list) else [ids]
    return [part for each in several for part in str(each).split(",")]


Ids = Annotated[
    list[UUID] | None,
    BeforeValidator(_split_ids),
    Query(
        description="Only these tasks, in this order, each at most once; those that are not yours"
        f" are left out. Up to {MAX_PAGE_SIZE}, with commas or sent again for each. All other"
        " parameters must be left out.",
        min_length=1,
        max_length=MAX_PAGE_SIZE,
        examples=[["0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55"]],
    ),
]

OwnReference = Annotated[
    str | None,
    Query(
        alias="reference",
        description="Only tasks that were uploaded with this `reference`, whatever their status."
        " It cannot be sent with words to search for.",
        pattern=REFERENCE_PATTERN,
        examples=["order-4711"],
    ),
]

Cursor = Annotated[str | None, Query(description="`nextCursor` of the previous page.")]

Limit = Annotated[
    int,
    Query(
        description=f"Tasks on one page, 1 to {MAX_PAGE_SIZE}; {DEFAULT_PAGE_SIZE} if left out.",
        ge=1,
        le=MAX_PAGE_SIZE,
    ),
]


UtcOffset = Annotated[
    int,
    Query(
        alias="utcOffset",
        description="Minutes that your clock is ahead of UTC: it decides where a day begins.",
        ge=-14 * 60,
        le=14 * 60,
        examples=[60],
    ),
]


def build_question(
    labels: Iterable[str],
    words: str | None,
    text: str | None,
    file_name: str | None,
    since: datetime | None,
    before: datetime | None,
) -> Question:
    """Turn the words of a request into terms.

    Raises:
        InvalidRequestError: A parameter has no letter and no digit, or there are too many words.
    """
    question = Question(
        labels=frozenset(_check("label", build_phrase(label)) for label in labels),
        words=_list_terms("query", words),
        text=_list_terms("text", text),
        file_name=_list_terms("fileName", file_name),
        since=clamp_moment(since or EARLIEST),
        before=clamp_moment(before or LATEST),
    )
    if len(question.terms) > MOST_TERMS:
        raise refuse_parameter("query", f"Search for at most {MOST_TERMS} names and words at once")
    return question


def refuse_parameter(parameter: str, detail: str) -> InvalidRequestError:
    """The error for a parameter that the others do not allow."""
    return InvalidRequestError([FieldError(location=f"query.{parameter}", detail=detail)])


def clamp_moment(moment: datetime) -> datetime:
    """The nearest moment that a task can be created at."""
    return min(max(moment, EARLIEST), LATEST)


def _list_terms(parameter: str, words: str | None) -> frozenset[str]:
    return frozenset() if words is None else frozenset(_check(parameter, list_terms(words)))


def _check(parameter: str, found: Found) -> Found:
    if not found:
        raise refuse_parameter(parameter, "Send at least one letter or digit")
    return found
