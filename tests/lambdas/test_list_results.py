"""Pages of the caller's tasks, newest first. A cursor never leads to those of another user."""

import base64
import json
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.errors import InvalidCursorError, RetriesExhaustedError
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.cursor import decode_cursor, encode_cursor
from pipeline.lambdas.list_results import handler
from tests.examples import OTHER_OWNER_ID, OWNER_ID, build_task, succeed
from tests.lambdas import events
from tests.lambdas.events import Answer

START = datetime(2026, 1, 1, tzinfo=UTC)


def get(**parts: Any) -> Answer:
    return events.request(handler, "GET", "/results", **parts)


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


def test_a_list_leaves_the_text_out() -> None:
    [task_id] = save(1)
    succeed(task_id)

    [task] = get().body["results"]

    assert task["labels"]
    assert task["text"] is None


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

    assert answer.body == {"results": [], "nextCursor": None, "notice": None}


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


@pytest.fixture
def read() -> Iterator[Counter[str]]:
    """Count the items that DynamoDB reads, also those that a filter leaves out."""
    read: Counter[str] = Counter()
    client: Any = Task._get_connection().connection.client

    def note(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        read[model.name] += parsed.get("ScannedCount", 0)
        read[model.name] += sum(len(items) for items in parsed.get("Responses", {}).values())

    client.meta.events.register("after-call.dynamodb", note)
    yield read
    client.meta.events.unregister("after-call.dynamodb", note)


@pytest.mark.parametrize("status", TaskStatus)
def test_a_page_of_one_status_reads_a_bounded_multiple_of_what_it_shows(
    status: TaskStatus, read: Counter[str]
) -> None:
    other = TaskStatus.QUEUED if status != TaskStatus.QUEUED else TaskStatus.FAILED
    shown = save(3, status=status)
    save(40, minute=10, status=other)

    pages = list(walk({"status": status.value, "limit": "2"}))

    assert pages == [shown[:2], shown[2:]]
    assert len(shown) <= read.total() <= 2 * (len(shown) + len(pages))


def test_a_status_that_no_task_has_reads_nothing(read: Counter[str]) -> None:
    save(40, status=TaskStatus.SUCCEEDED)

    assert get(query={"status": "failed"}).body == {
        "results": [],
        "nextCursor": None,
        "notice": None,
    }
    assert read.total() == 0


def test_a_task_moves_to_the_page_of_its_new_status() -> None:
    task = build_task(status=TaskStatus.AWAITING_UPLOAD.value)
    transitions.insert(task)

    def find() -> set[str]:
        return {
            status.value
            for status in TaskStatus
            if get(query={"status": status.value}).body["results"]
        }

    seen = [find()]
    for change in (
        lambda: transitions.mark_queued(task),
        lambda: transitions.start(task.task_id, worker="w", receive_count=1),
        lambda: transitions.fail(task, RetriesExhaustedError()),
        lambda: transitions.retry(task),
        lambda: succeed(task.task_id),
    ):
        change()
        seen.append(find())

    assert seen == [
        {name}
        for name in ("awaiting_upload", "queued", "processing", "failed", "queued", "succeeded")
    ]


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
