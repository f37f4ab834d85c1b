"""GET /results with words, names and times, and GET /results/words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.core.search import index
from pipeline.core.search.find import MOST_TERMS
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas import list_results, list_words
from tests.examples import OTHER_OWNER_ID, OWNER_ID, save_result
from tests.lambdas import events

START = datetime(2026, 1, 1, tzinfo=UTC)


def save(day: int = 0, *, owner_id: str = OWNER_ID, **values: Any) -> str:
    """Save and index a result with a cat and the words "WAY OUT" in the picture."""
    task = save_result(owner_id, created_at=START + timedelta(days=day), **values)
    index.put(task)
    return task.task_id


def get(**query: Any) -> events.Answer:
    return events.request(list_results.handler, "GET", "/results", query=query)


def search(**query: Any) -> list[str]:
    return [task["taskId"] for task in get(**query).body["results"]]


@pytest.mark.parametrize(
    ("query", "is_found"),
    [
        ({"label": "cat"}, True),
        ({"label": "Animals"}, True),
        ({"label": "Katze"}, True),
        ({"label": ["cat", "animal"]}, True),
        ({"label": ["cat", "dog"]}, False),
        ({"label": "out"}, False),
        ({"query": "cats holiday out"}, True),
        ({"query": "cats holiday in"}, False),
        ({"text": "Way OUT"}, True),
        ({"text": "cat"}, False),
        ({"fileName": "Holiday"}, True),
        ({"fileName": "cat"}, False),
        ({"label": "cat", "status": "succeeded"}, True),
        ({"label": "cat", "status": "failed"}, False),
        ({"label": "cat", "from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:01Z"}, True),
        ({"label": "cat", "to": "2026-01-01T00:00:00Z"}, False),
    ],
)
def test_a_search_finds_results_that_have_all_that_is_sent(
    query: dict[str, Any], is_found: bool
) -> None:
    task_id = save(file_name="holiday.jpg")

    assert search(**query) == [task_id] * is_found


def test_pages_of_a_search_show_each_result_of_mine_once_newest_first() -> None:
    mine = [save(day) for day in range(5)]
    save(9, owner_id=OTHER_OWNER_ID)
    pages: list[list[str]] = []
    cursor: dict[str, str] = {}

    while True:
        body = get(label="cat", limit="2", **cursor).body
        pages.append([task["taskId"] for task in body["results"]])
        if body["nextCursor"] is None:
            break
        cursor = {"cursor": body["nextCursor"]}

    assert pages == [[mine[4], mine[3]], [mine[2], mine[1]], [mine[0]]]


def test_a_time_limits_a_list_without_words() -> None:
    days = [save(day) for day in range(4)]
    span = {"from": "2026-01-02T00:00:00Z", "to": "2026-01-04T00:00:00Z"}

    assert search(**span) == [days[2], days[1]]
    assert search(**span, status=TaskStatus.SUCCEEDED.value) == [days[2], days[1]]
    assert search(**span, status=TaskStatus.FAILED.value) == []


@pytest.mark.parametrize("more", [{}, {"label": "cat"}, {"status": "succeeded"}])
@pytest.mark.parametrize(
    ("span", "is_found"),
    [
        ({"from": "0001-01-01T00:00:00+21:08", "to": "9999-12-31T23:59:59-21:08"}, True),
        ({"to": "0208-09-04T05:45:49+21:08"}, False),
        ({"from": "9999-01-01T00:00:00Z"}, False),
        ({"from": "2026-01-04T00:00:00Z", "to": "2026-01-02T00:00:00Z"}, False),
        ({"from": "2026-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, False),
    ],
)
def test_any_span_of_times_has_an_answer(
    span: dict[str, str], more: dict[str, str], is_found: bool
) -> None:
    task_id = save()

    assert search(**span, **more) == [task_id] * is_found


@pytest.mark.parametrize("more", [{}, {"label": "cat"}, {"status": "succeeded"}])
@pytest.mark.parametrize("span", [{"to": "2026-01-03T00:00:00Z"}, {"from": "2026-01-03T00:00:01Z"}])
def test_a_cursor_outside_the_times_of_a_search_is_refused(
    span: dict[str, str], more: dict[str, str]
) -> None:
    """DynamoDB would refuse to start there, and the caller would see a fault of ours."""
    for day in range(4):
        save(day)
    cursor = get(limit="2", **more).body["nextCursor"]

    answer = get(cursor=cursor, **span, **more)

    assert (answer.status, answer.body["code"]) == (400, "invalid_cursor")


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ({"label": ""}, "query.label"),
        ({"label": ["cat", "…"]}, "query.label"),
        ({"query": " "}, "query.query"),
        ({"query": "x" * 201}, "query.query"),
        ({"query": " ".join(f"w{n}" for n in range(MOST_TERMS + 1))}, "query.query"),
        ({"text": "?"}, "query.text"),
        ({"fileName": "."}, "query.fileName"),
        ({"from": "yesterday"}, "query.from"),
        ({"to": "2026-01-01T00:00:00"}, "query.to"),
        ({"to": "0.5"}, "query.to"),
    ],
)
def test_the_error_names_each_parameter_that_cannot_be_searched_for(
    query: dict[str, Any], location: str
) -> None:
    answer = get(**query)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert [error["location"] for error in answer.body["errors"]] == [location]


def list_counts(**query: str) -> list[tuple[str, int]]:
    answer = events.request(list_words.handler, "GET", "/results/words", query=query)
    assert answer.status == 200
    return [(word["name"], word["count"]) for word in answer.body["words"]]


def test_words_come_with_counts_the_most_frequent_first() -> None:
    save(owner_id=OTHER_OWNER_ID)
    first = save()
    save()
    task = Task.get(first)
    task.labels = [{"name": "dog", "confidence": 90, "parents": [{"name": "animal"}]}]
    index.put(task)

    assert list_counts() == [("animal", 2), ("cat", 1), ("dog", 1)]
    assert list_counts(limit="1") == [("animal", 2)]


def test_a_name_that_no_result_has_any_more_is_not_listed() -> None:
    task = Task.get(save())
    index.remove(task)

    assert list_counts() == []
