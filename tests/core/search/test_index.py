"""The index has what finds each task, and counts each task once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pynamodb.exceptions import TransactWriteError

from pipeline.core.search import index, items
from pipeline.core.search.items import (
    IndexedTask,
    NameCount,
    WordEntry,
    build_list_id,
    build_names_id,
)
from pipeline.core.search.terms import build_phrase
from pipeline.core.tasks.record import Task
from tests.examples import OTHER_OWNER_ID, OWNER_ID, save_result


def find(word: str, owner_id: str = OWNER_ID) -> list[str]:
    entries = WordEntry.query(build_list_id(owner_id, build_phrase(word)))
    return [items.get_task_id(entry.entry_id) for entry in entries]


def count_names(owner_id: str = OWNER_ID) -> dict[str, int]:
    found = NameCount.query(build_names_id(owner_id))
    return {count.name: int(count.tasks) for count in found}


def count_items() -> int:
    return sum(1 for _ in WordEntry.scan())


def test_a_task_is_in_the_list_of_each_of_its_words() -> None:
    task = save_result(file_name="holiday.jpg")

    assert index.put(task)

    for word in ("cat", "animal", "Katze", "gato", "OUT", "holiday"):
        assert find(word) == [task.task_id]
    assert find("dog") == []
    assert count_names() == {"cat": 1, "animal": 1}


def test_each_user_has_lists_and_counts_of_their_own() -> None:
    mine, theirs = save_result(), save_result(OTHER_OWNER_ID)

    index.put(mine)
    index.put(theirs)

    assert (find("cat"), find("cat", OTHER_OWNER_ID)) == ([mine.task_id], [theirs.task_id])
    assert count_names(OTHER_OWNER_ID) == {"cat": 1, "animal": 1}


def test_an_entry_expires_with_its_task() -> None:
    task = save_result()

    index.put(task)

    found = {entry.expires_at for entry in WordEntry.query(build_list_id(OWNER_ID, "cat"))}
    assert found == {task.expires_at}


def test_a_task_that_comes_again_is_counted_once() -> None:
    task = save_result()

    wrote = [index.put(task) for _ in range(3)]

    assert wrote == [True, False, False]
    assert count_names() == {"cat": 1, "animal": 1}


def test_a_removed_task_is_in_no_list_and_not_counted() -> None:
    gone, left = save_result(), save_result()
    index.put(gone)
    index.put(left)

    for _ in range(2):
        index.remove(gone)

    assert find("cat") == [left.task_id]
    assert count_names() == {"cat": 1, "animal": 1}


def test_other_labels_replace_the_words_of_the_earlier_ones() -> None:
    task = save_result(file_name="holiday.jpg")
    index.put(task)
    task.labels = [{"name": "dog", "confidence": 90, "parents": [{"name": "animal"}]}]

    index.put(task)

    assert (find("cat"), find("dog"), find("holiday")) == ([], [task.task_id], [task.task_id])
    assert count_names() == {"cat": 0, "dog": 1, "animal": 1}


def test_a_task_whose_result_is_gone_leaves_the_index() -> None:
    task = save_result()
    index.put(task)
    task.status = "queued"

    index.put(task)

    assert find("cat") == []
    assert count_names() == {"cat": 0, "animal": 0}


def test_words_of_a_write_that_broke_off_are_removed_with_the_task(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = save_result()

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(index, "_settle", die)
        with pytest.raises(KeyboardInterrupt):
            index.put(task)
    assert find("cat") == [task.task_id]

    index.remove(task)

    assert count_items() == 0


def test_words_that_were_lost_are_written_again() -> None:
    task = save_result()
    index.put(task)
    [entry] = WordEntry.query(build_list_id(OWNER_ID, "cat"))
    entry.delete()

    assert not index.put(task)
    assert index.put(task, again=True)

    assert find("cat") == [task.task_id]
    assert count_names() == {"cat": 1, "animal": 1}


def test_what_the_index_holds_of_a_task_has_its_fingerprint() -> None:
    task = save_result()

    index.put(task)

    [known] = IndexedTask.query(items.build_tasks_id(OWNER_ID))
    assert known.fingerprint == task.fingerprint


class Rival:
    """Writes the same task just before the transaction of the one under test, `times` times."""

    def __init__(self, task: Task, times: int, settle: Callable[..., None]) -> None:
        self._task, self._left, self._settle = task, times, settle

    def __call__(self, *arguments: Any) -> None:
        if self._left:
            self._left -= 1
            other = IndexedTask(
                items.build_tasks_id(OWNER_ID),
                items.build_entry_id(self._task),
                terms=[f"rival{self._left}"],
                names=[],
            )
            other.save()
        self._settle(*arguments)


@pytest.fixture
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "LONGEST_WAIT_SECONDS", 0)


def test_a_write_between_reading_and_writing_is_not_lost(
    unhurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = save_result()
    monkeypatch.setattr(index, "_settle", Rival(task, index.TRIES - 1, index._settle))

    index.put(task)

    assert find("cat") == [task.task_id]
    assert count_names() == {"cat": 1, "animal": 1}


def test_a_write_that_never_comes_through_fails_so_that_its_record_comes_again(
    unhurried: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = save_result()
    monkeypatch.setattr(index, "_settle", Rival(task, index.TRIES, index._settle))

    with pytest.raises(TransactWriteError):
        index.put(task)


def test_entries_sort_by_time_of_creation() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    tasks = [save_result(created_at=start + timedelta(seconds=n)) for n in range(3)]
    for task in (tasks[1], tasks[0], tasks[2]):
        index.put(task)

    assert find("cat") == [task.task_id for task in tasks]
    assert count_names() == {"cat": 3, "animal": 3}
