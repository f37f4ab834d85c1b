"""A search shows each task that fits once, newest first, and reads a bounded number of items."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.core.search import index
from pipeline.core.search.find import READS_PER_TASK, Question, find_tasks
from pipeline.core.search.terms import build_phrase, list_terms
from pipeline.core.tasks.record import Task
from tests.core.search.big_table import COUNT, START, BigTable
from tests.examples import OTHER_OWNER_ID, OWNER_ID, save_result

CAT, ANIMAL = (frozenset({build_phrase(name)}) for name in ("cat", "animal"))


def save(owner_id: str = OWNER_ID, **values: Any) -> str:
    """Save and index a task in which there is a cat, and the words "way out"."""
    task = save_result(owner_id, **values)
    index.put(task)
    return task.task_id


def walk(question: Question, limit: int) -> Iterator[list[str]]:
    """All pages."""
    after = None
    while True:
        found = find_tasks(OWNER_ID, question, limit, after)
        yield [task.task_id for task in found.tasks]
        after = found.last_entry
        if after is None:
            return


def ask(question: Question) -> list[str]:
    return [task.task_id for task in find_tasks(OWNER_ID, question, 20).tasks]


def test_pages_show_each_task_of_mine_once_newest_first() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    mine = [save(created_at=start + timedelta(minutes=n)) for n in range(5)]
    save(OTHER_OWNER_ID)

    pages = list(walk(Question(labels=ANIMAL), limit=2))

    assert pages == [[mine[4], mine[3]], [mine[2], mine[1]], [mine[0]]]


def test_a_full_last_page_has_no_next_one() -> None:
    for _ in range(4):
        save()

    assert [len(page) for page in walk(Question(labels=CAT), limit=2)] == [2, 2]


@pytest.mark.parametrize(
    ("question", "is_found"),
    [
        (Question(labels=CAT | ANIMAL), True),
        (Question(labels=CAT | {"dog"}), False),
        (Question(labels=frozenset({"out"})), False),
        (Question(words=CAT | {"out", "beach"}), True),
        (Question(text=frozenset({"out"}), labels=CAT), True),
        (Question(text=CAT), False),
        (Question(file_name=frozenset({"beach"})), True),
        (Question(file_name=frozenset({"out"})), False),
        (Question(words=frozenset(list_terms("Katze AUS"))), False),
        (Question(words=frozenset(list_terms("Katzen out"))), True),
    ],
)
def test_a_task_must_have_all_words_where_they_are_looked_for(
    question: Question, is_found: bool
) -> None:
    task_id = save(file_name="beach.jpg")

    assert ask(question) == [task_id] * is_found


def test_a_time_limits_the_search() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    tasks = [save(created_at=start + timedelta(days=n)) for n in range(4)]

    found = ask(
        Question(labels=CAT, since=start + timedelta(days=1), before=start + timedelta(days=3))
    )

    assert found == [tasks[2], tasks[1]]


def test_a_task_that_was_deleted_a_moment_ago_is_not_shown() -> None:
    gone, left = save(), save()
    Task.get(gone).delete()

    assert ask(Question(labels=CAT)) == [left]


def test_a_word_that_few_tasks_have_leads_even_if_all_of_them_are_new() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for minute in range(12):
        save(created_at=start + timedelta(minutes=minute))
    newest = save(created_at=start + timedelta(days=1), file_name="zebra.jpg")

    found = find_tasks(OWNER_ID, Question(labels=CAT, file_name=frozenset({"zebra"})), 8)

    assert [task.task_id for task in found.tasks] == [newest]
    assert found.last_entry is None


@pytest.fixture
def big() -> Iterator[BigTable]:
    """Of 100,000 photos each has an animal, every second a dog, every 2,000th an owl."""
    words = {"animal": 1, "dog": 2, "cat": 3, "beach": 40, "owl": 2_000, "odd": 7, "even": 14}
    with BigTable(words).in_place() as table:
        yield table


@pytest.mark.parametrize(
    "words", [["animal"], ["dog"], ["owl"], ["animal", "dog"], ["animal", "dog", "even"]]
)
@pytest.mark.parametrize("limit", [20, 100])
def test_a_page_of_100_000_photos_reads_three_times_what_it_shows_at_most(
    big: BigTable, words: list[str], limit: int
) -> None:
    question = Question(labels=frozenset(words))
    expected = list(big.list_expected(*words))[:limit]

    found = find_tasks(OWNER_ID, question, limit)

    assert [task.task_id for task in found.tasks] == expected
    assert big.reads.total() <= READS_PER_TASK * len(expected)


def test_the_rarest_word_leads(big: BigTable) -> None:
    found = find_tasks(OWNER_ID, Question(labels=frozenset({"animal", "owl", "dog"})), 20)

    assert [task.task_id for task in found.tasks] == list(big.list_expected("owl"))[:20]
    assert big.reads.total() <= READS_PER_TASK * 20


@pytest.mark.parametrize("words", [["dog", "cat"], ["cat", "beach"], ["cat", "beach", "odd"]])
def test_words_that_are_seldom_together_take_several_pages_of_bounded_reads(
    big: BigTable, words: list[str]
) -> None:
    expected = list(big.list_expected(*words))[:30]
    shown: list[str] = []
    after = None

    while len(shown) < len(expected):
        big.reads.clear()
        found = find_tasks(OWNER_ID, Question(labels=frozenset(words)), 20, after)
        assert big.reads.total() <= READS_PER_TASK * 20
        shown += [task.task_id for task in found.tasks]
        after = found.last_entry

    assert shown[: len(expected)] == expected


@pytest.mark.parametrize("words", [["unicorn"], ["animal", "unicorn"]])
def test_a_word_that_no_task_has_ends_the_search_at_once(big: BigTable, words: list[str]) -> None:
    found = find_tasks(OWNER_ID, Question(labels=frozenset(words)), 20)

    assert (found.tasks, found.last_entry) == ([], None)
    assert big.reads.total() <= 3


def test_a_month_in_the_middle_is_found_without_reading_what_is_newer(big: BigTable) -> None:
    since = START + timedelta(minutes=COUNT // 2)
    question = Question(labels=frozenset({"dog"}), since=since, before=since + timedelta(minutes=9))

    found = find_tasks(OWNER_ID, question, 20)

    assert len(found.tasks) == 5
    assert found.last_entry is None
    assert big.reads.total() <= READS_PER_TASK * 5


def test_a_page_of_one_task_goes_on_to_the_next_one(big: BigTable) -> None:
    question = Question(labels=frozenset({"dog", "cat", "odd", "beach"}))
    first = find_tasks(OWNER_ID, question, 1)

    second = find_tasks(OWNER_ID, question, 1, first.last_entry)

    assert first.last_entry is not None
    assert second.last_entry is not None
    assert second.last_entry < first.last_entry
