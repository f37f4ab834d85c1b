"""The command that builds the index again mends whatever is wrong with it."""

import pytest

from pipeline.core.search import index, items, rebuild
from pipeline.core.search.__main__ import main
from pipeline.core.search.counts import list_counts
from pipeline.core.search.find import Question, find_tasks
from pipeline.core.search.items import IndexedTask, NameCount, WordEntry
from pipeline.core.tasks.record import Task
from tests.examples import OTHER_OWNER_ID, OWNER_ID, save_result


def find_cats(owner_id: str = OWNER_ID) -> set[str]:
    found = find_tasks(owner_id, Question(labels=frozenset({"cat"})), 20)
    return {task.task_id for task in found.tasks}


def empty_index() -> None:
    for model in (WordEntry, IndexedTask, NameCount):
        with model.batch_write() as batch:
            for item in model.scan():
                batch.delete(item)


def test_an_empty_index_is_filled_again_as_often_as_one_likes() -> None:
    mine, theirs = save_result(), save_result(OTHER_OWNER_ID)

    for _ in range(2):
        assert main([]) == 0

    assert (find_cats(), find_cats(OTHER_OWNER_ID)) == ({mine.task_id}, {theirs.task_id})
    assert list_counts(OWNER_ID) == [("animal", 1), ("cat", 1)]


def test_only_the_results_of_one_user_are_written_if_asked() -> None:
    mine = save_result()
    save_result(OTHER_OWNER_ID)

    main(["--owner", OWNER_ID])

    assert (find_cats(), find_cats(OTHER_OWNER_ID)) == ({mine.task_id}, set())


@pytest.mark.parametrize("arguments", [[], ["--owner", OWNER_ID]])
def test_words_of_a_task_that_does_not_exist_any_more_are_removed(arguments: list[str]) -> None:
    gone, left = save_result(), save_result()
    index.put(gone)
    gone.delete()

    main(arguments)

    found = {items.get_task_id(entry.entry_id) for entry in WordEntry.scan()}
    assert found <= {left.task_id, "cat", "animal"}
    assert list_counts(OWNER_ID) == [("animal", 1), ("cat", 1)]


def test_a_task_that_is_deleted_while_its_words_are_written_leaves_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    task = save_result()
    put = index.put

    def put_too_late(late: Task, *, again: bool = False) -> bool:
        task.delete()
        index.remove(task)
        return put(late, again=again)

    monkeypatch.setattr(index, "put", put_too_late)

    main([])

    assert list(WordEntry.query(items.build_list_id(OWNER_ID, "cat"))) == []
    assert list_counts(OWNER_ID) == []


def test_it_tells_how_far_it_has_come(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(rebuild, "BATCH", 2)
    for _ in range(3):
        save_result()

    main([])

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2 results written, 0 deleted ones removed"
    assert lines[-1] == "3 results written, 0 deleted ones removed"
