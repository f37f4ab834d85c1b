"""Long lists have pages in both directions, bounded reads and exact filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import NotSupportedError
from pynamodb.connection import Connection

from pipeline.core.tasks.record import TaskStatus
from portal.remote.dynamo import CHUNK_ITEMS, DynamoQuerySet
from portal.tasks.models import Task
from tests.portal.examples import START, save_many

ALL = [status.value for status in TaskStatus]
SIZE = 20


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts the items that DynamoDB reports as read."""
    counter: Counter[str] = Counter()
    query = Connection.query

    def count(self: Connection, *args: Any, **kwargs: Any) -> Any:
        answer = query(self, *args, **kwargs)
        counter["items"] += answer["ScannedCount"]
        counter["calls"] += 1
        return answer

    monkeypatch.setattr(Connection, "query", count)
    return counter


def walk(queryset: Any, size: int = SIZE) -> Iterator[list[str]]:
    """The ids on each page, from the first page to the last."""
    cursor = None
    while True:
        page = queryset.page(size, after=cursor)
        yield [row.pk for row in page.rows]
        cursor = page.next_cursor
        if not cursor:
            return


def test_pages_forward_list_everything_once_newest_first() -> None:
    save_many(130, ALL)

    pages = list(walk(Task.objects.all()))

    ids = [task_id for page in pages for task_id in page]
    tasks = list(Task.objects.all())
    assert len(ids) == len(set(ids)) == 130
    assert ids == [task.pk for task in tasks]
    assert [task.created_at for task in tasks] == sorted(
        (task.created_at for task in tasks), reverse=True
    )


def test_pages_backward_are_the_pages_forward() -> None:
    save_many(90, ALL)
    queryset = Task.objects.all()
    forward, cursor = [], None
    for _ in range(4):
        page = queryset.page(SIZE, after=cursor)
        forward.append([row.pk for row in page.rows])
        cursor, back = page.next_cursor, page.previous_cursor

    backward = []
    for _ in range(3):
        page = queryset.page(SIZE, before=back)
        backward.append([row.pk for row in page.rows])
        back = page.previous_cursor

    assert backward == forward[2::-1]
    assert back is None


def test_tasks_of_the_same_moment_are_not_lost_between_pages() -> None:
    save_many(30)
    for task in Task.objects.all():
        task.source.update(actions=[type(task.source).created_at.set(START)])

    ids = [task_id for page in walk(Task.objects.all(), 7) for task_id in page]

    assert len(ids) == len(set(ids)) == 30


@pytest.mark.parametrize("count", [1_000, 20_000])
def test_the_reads_of_a_page_do_not_grow_with_the_table(count: int, reads: Counter[str]) -> None:
    save_many(count, ALL)
    reads.clear()

    Task.objects.all().page(SIZE)

    assert reads["items"] == len(ALL) * (SIZE + 10)


def test_a_later_page_reads_no_more_than_the_first(reads: Counter[str]) -> None:
    save_many(3000, ALL)
    first = Task.objects.all().page(SIZE)
    reads.clear()

    Task.objects.all().page(SIZE, after=first.next_cursor)

    assert reads["items"] <= len(ALL) * (SIZE + 10)


def test_a_rare_error_is_found_without_reading_the_other_tasks(reads: Counter[str]) -> None:
    save_many(3000, ALL)
    reads.clear()

    found = Task.objects.filter(error_code="unreadable_image").page(100)

    assert len(found.rows) == 50
    assert reads["items"] == 500


def test_a_search_that_reads_too_much_stops_and_can_be_continued(
    monkeypatch: pytest.MonkeyPatch, reads: Counter[str]
) -> None:
    monkeypatch.setattr(DynamoQuerySet, "READ_LIMIT", 1000)
    save_many(3500)
    oldest = list(Task.objects.all())[-1]
    oldest.source.update(actions=[type(oldest.source).worker.set("worker-9")])
    queryset = Task.objects.filter(worker="worker-9")
    reads.clear()

    first = queryset.page(SIZE)
    of_first = reads["items"]
    pages = list(walk(queryset))

    assert list(first.rows) == []
    assert "Looked at 1,000 records" in first.note
    assert of_first == CHUNK_ITEMS
    assert len(pages) == 4
    assert pages[-1] == [oldest.pk]


def test_a_stopped_search_of_several_partitions_loses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(DynamoQuerySet, "READ_LIMIT", 60)
    monkeypatch.setattr("portal.remote.dynamo.CHUNK_ITEMS", 7)
    save_many(400, ALL)
    expected = []
    for number, task in enumerate(Task.objects.all()):
        if number % 37 == 0:
            task.source.update(actions=[type(task.source).worker.set("worker-9")])
            expected.append(task.pk)

    found = [task_id for page in walk(Task.objects.filter(worker="worker-9")) for task_id in page]

    assert found == expected


def test_a_range_of_time_is_answered_by_the_key(reads: Counter[str]) -> None:
    save_many(1000)
    reads.clear()
    begin, end = START + timedelta(seconds=100), START + timedelta(seconds=119)

    found = Task.objects.filter(created_at__gte=begin, created_at__lte=end).page(SIZE)

    assert len(found.rows) == 20
    assert found.next_cursor is None
    assert reads["items"] == 20


def test_filters_work_together() -> None:
    save_many(600, ALL)
    begin = START + timedelta(seconds=300)

    found = list(
        Task.objects.filter(status="failed", error_code="retries_exhausted", created_at__gte=begin)
    )

    assert len(found) == 45
    assert all(task.status == "failed" and task.created_at >= begin for task in found)


def test_a_model_is_found_by_its_name() -> None:
    save_many(10)

    found = Task.objects.filter(models__contains="efficientnet_lite3").count()
    other = Task.objects.filter(models__contains="efficientnet").count()

    assert (found, other) == (10, 0)


def test_a_range_that_is_empty_finds_nothing() -> None:
    save_many(10)

    found = Task.objects.filter(created_at__gte=START, created_at__lte=START - timedelta(1))

    assert list(found) == []


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        ({"created_at": START + timedelta(seconds=3)}, 1),
        ({"created_at": START + timedelta(seconds=3, milliseconds=500)}, 0),
        ({"created_at__gt": START + timedelta(seconds=3)}, 6),
        ({"created_at__gte": START + timedelta(seconds=3)}, 7),
        ({"created_at__lt": START + timedelta(seconds=3)}, 3),
        ({"created_at__lte": START + timedelta(seconds=3)}, 4),
        ({"created_at__gt": START, "created_at__lt": START + timedelta(seconds=9)}, 8),
        ({"status__startswith": "succ"}, 10),
        ({"status__startswith": "fail"}, 0),
        ({"status": "succeeded", "status__startswith": "fail"}, 0),
        ({"task_id__startswith": "\uffff"}, 0),
    ],
)
def test_each_condition_is_answered_exactly(condition: dict[str, Any], count: int) -> None:
    save_many(10)
    queryset = Task.objects.filter(**condition)

    assert queryset.count() == count
    assert len(queryset.page(SIZE).rows) == count


@pytest.mark.parametrize("lookup", ["in", "contains", "startswith"])
def test_a_condition_that_the_sort_key_cannot_answer_is_refused(lookup: str) -> None:
    value = [START] if lookup == "in" else "2026"

    with pytest.raises(NotSupportedError, match="created_at cannot be compared"):
        Task.objects.filter(**{f"created_at__{lookup}": value})


def test_the_page_of_an_empty_queryset_is_empty() -> None:
    save_many(3)

    assert Task.objects.none().page(SIZE).rows == []


@pytest.mark.parametrize("cursor", ["x", "~", "2026-11-20~x", "2026-11-20T03:00:00~x"])
def test_a_cursor_that_no_page_made_is_an_error(cursor: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        Task.objects.all().page(SIZE, after=cursor)


def test_a_condition_that_cannot_be_answered_is_refused() -> None:
    for condition in ({"task_id__regex": "a"}, {"status__isnull": True}):
        with pytest.raises(NotSupportedError):
            Task.objects.filter(**condition)
    with pytest.raises(NotSupportedError):
        Task.objects.exclude(status="failed")


@pytest.mark.parametrize("name", ["update", "delete", "create", "aggregate", "values"])
def test_methods_that_need_sql_are_refused(name: str) -> None:
    with pytest.raises(NotSupportedError):
        getattr(Task.objects.all(), name)()
