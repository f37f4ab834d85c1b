"""Pages of the caller's tasks, newest first. A cursor never leads to those of another user."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import InvalidCursorError
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import TaskStatus
from pipeline.lambdas import list_results
from pipeline.lambdas.cursor import decode_cursor, encode_cursor
from pipeline.lambdas.list_results import handler
from tests.examples import OTHER_OWNER_ID, OWNER_ID, build_task
from tests.lambdas.events import Answer, request

START = datetime(2026, 1, 1, tzinfo=UTC)


def get(**parts: Any) -> Answer:
    return request(handler, "GET", "/results", **parts)


def save(
    count: int, owner_id: str = OWNER_ID, status: TaskStatus = TaskStatus.QUEUED, minute: int = 0
) -> list[str]:
    """Save tasks, one a minute; returns their ids, newest first."""
    tasks = [
        build_task(owner_id, status=status.value, created_at=START + timedelta(minutes=minute + n))
        for n in range(count)
    ]
    for task in tasks:
        transitions.insert(task)
    return [task.task_id for task in reversed(tasks)]


def walk(query: dict[str, str]) -> Iterator[list[str]]:
    """All pages."""
    cursor = None
    while True:
        answer = get(query=query if cursor is None else {**query, "cursor": cursor})
        assert answer.status == 200
        yield [task["taskId"] for task in answer.body["results"]]
        cursor = answer.body["nextCursor"]
        if cursor is None:
            return


def test_pages_show_every_task_of_mine_once_newest_first() -> None:
    mine = save(5)
    save(5, OTHER_OWNER_ID)

    pages = list(walk({"limit": "2"}))

    assert [task_id for page in pages for task_id in page] == mine
    assert [len(page) for page in pages] == [2, 2, 1]


def test_a_full_last_page_has_no_next_one() -> None:
    save(4)

    assert [len(page) for page in walk({"limit": "2"})] == [2, 2]


def test_an_empty_history_is_an_empty_page() -> None:
    answer = get()

    assert answer.body == {"results": [], "nextCursor": None}


def test_tasks_of_the_same_moment_are_all_shown() -> None:
    for _ in range(3):
        transitions.insert(build_task(created_at=START))

    shown = [task_id for page in walk({"limit": "1"}) for task_id in page]

    assert len(set(shown)) == len(shown) == 3


def test_a_page_has_twenty_tasks_unless_asked_otherwise() -> None:
    save(21)

    assert len(get().body["results"]) == 20
    assert len(get(query={"limit": "100"}).body["results"]) == 21


def test_tasks_can_be_filtered_by_status() -> None:
    failed = save(2, status=TaskStatus.FAILED)
    save(3, minute=10)

    pages = list(walk({"status": "failed", "limit": "1"}))

    assert [task_id for page in pages for task_id in page] == failed


def test_one_request_reads_a_bounded_number_of_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(list_results, "FILTER_READ_SIZE", 2)
    monkeypatch.setattr(list_results, "MAX_READS", 2)
    failed = save(1, status=TaskStatus.FAILED)
    save(9, minute=10)

    pages = list(walk({"status": "failed", "limit": "1"}))

    assert [task_id for page in pages for task_id in page] == failed
    assert pages[:2] == [[], []]


def test_a_picture_that_is_there_can_be_shown_in_the_list() -> None:
    save(1)
    save(1, status=TaskStatus.EXPIRED, minute=1)

    expired, queued = get().body["results"]

    assert queued["image"]["url"].startswith("https://")
    assert expired["image"]["url"] is None


def test_a_cursor_still_works_when_its_task_was_deleted() -> None:
    save(3)
    first = get(query={"limit": "1"}).body
    build_task(task_id=first["results"][0]["taskId"]).delete()

    rest = get(query={"cursor": first["nextCursor"]}).body["results"]

    assert len(rest) == 2


def test_somebody_elses_cursor_shows_my_tasks() -> None:
    save(3, OTHER_OWNER_ID, minute=5)
    mine = save(3)
    theirs = get(query={"limit": "1"}, owner_id=OTHER_OWNER_ID).body["nextCursor"]

    answer = get(query={"cursor": theirs})

    assert [task["taskId"] for task in answer.body["results"]] == mine


def encode(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


TIME, TASK_ID = "2026-01-01T00:00:00.000000+0000", "8f14e45f-ceea-467f-a9d4-1f2d3c4b5a69"


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!!",
        "ü",
        "a" * 5000,
        encode(None),
        encode([]),
        encode([TIME]),
        encode([1, 2]),
        encode([TIME, 7]),
        encode(["yesterday", TASK_ID]),
        encode([TIME, "not-a-uuid"]),
        encode([TIME, TASK_ID.upper()]),
        encode([TIME, TASK_ID, OTHER_OWNER_ID]),
        encode({"created_at": TIME, "task_id": TASK_ID, "owner_id": OTHER_OWNER_ID}),
        encode([TIME, TASK_ID]) + "!",
        encode([TIME, TASK_ID])[:-5],
    ],
)
def test_an_invalid_cursor_is_refused(cursor: str) -> None:
    answer = get(query={"cursor": cursor})

    assert (answer.status, answer.body["code"]) == (400, "invalid_cursor")


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_any_text_is_either_a_cursor_or_refused(text: str) -> None:
    try:
        key = decode_cursor(text, OWNER_ID)
    except InvalidCursorError:
        return

    assert key["owner_id"] == {"S": OWNER_ID}


@given(st.datetimes(timezones=st.just(UTC)), st.uuids())
def test_a_cursor_is_decoded_to_the_key_that_was_encoded(
    created_at: datetime, task_id: object
) -> None:
    key = decode_cursor(encode_cursor(created_at, str(task_id)), OWNER_ID)

    assert key["task_id"] == {"S": str(task_id)}
    assert encode_cursor(created_at, str(task_id)) == encode([key["created_at"]["S"], str(task_id)])


@pytest.mark.parametrize(
    ("query", "location"),
    [
        ({"limit": "0"}, "query.limit"),
        ({"limit": "101"}, "query.limit"),
        ({"limit": "many"}, "query.limit"),
        ({"limit": ""}, "query.limit"),
        ({"limit": ["1", "2"]}, "query.limit"),
        ({"status": "done"}, "query.status"),
        ({"status": ""}, "query.status"),
    ],
)
def test_the_error_names_each_invalid_parameter(query: dict[str, str], location: str) -> None:
    answer = get(query=query)

    assert (answer.status, answer.body["code"]) == (422, "invalid_request")
    assert [error["location"] for error in answer.body["errors"]] == [location]
