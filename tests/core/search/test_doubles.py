"""A photo that its owner had already is found when it is indexed, with bounded reads."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.core.fingerprint import BANDS, VECTOR_SIZE, Fingerprint
from pipeline.core.search import copies, index
from pipeline.core.search.doubles import list_doubles
from pipeline.core.search.items import (
    Double,
    IndexedTask,
    WordEntry,
    build_entry_id,
    build_tasks_id,
)
from pipeline.core.search.words import list_words
from pipeline.core.tasks.record import Task
from tests.examples import OTHER_OWNER_ID, OWNER_ID, save_result

START = datetime(2026, 1, 1, tzinfo=UTC)
HASH, MIRRORED = 0x0123_4567_89AB_CDEF, 0x5476_1032_DCFE_98BA
OTHER_HASH = HASH ^ 0xFFFF_FFFF_FFFF_FFFF

_days = iter(range(10**6))


def save(
    hash_: int = HASH, mirrored: int = MIRRORED, *, owner_id: str = OWNER_ID, put: bool = True
) -> Task:
    """Save a result that looks so, a day after the one before, and index it."""
    task = save_result(owner_id, created_at=START + timedelta(days=next(_days)))
    fingerprint = Fingerprint(
        vector="AAAA" * (VECTOR_SIZE // 3), hash=f"{hash_:016x}", mirrored_hash=f"{mirrored:016x}"
    )
    task.update(actions=[Task.fingerprint.set(fingerprint.model_dump(by_alias=True))])
    if put:
        index.put(task)
    return task


def find_groups(owner_id: str = OWNER_ID, limit: int = 20) -> list[tuple[str, list[str]]]:
    found = list_doubles(owner_id, limit)
    return [(each.group_id, [task.task_id for task in each.tasks]) for each in found.groups]


@pytest.mark.parametrize(
    "looks",
    [(HASH, MIRRORED), (MIRRORED, HASH), (HASH ^ 0b111, MIRRORED ^ 0b111)],
    ids=["same", "mirrored", "compressed again"],
)
def test_a_photo_that_looks_like_an_earlier_one_is_its_double(looks: tuple[int, int]) -> None:
    first, double = save(), save(*looks)

    assert find_groups() == [(first.task_id, [double.task_id, first.task_id])]


def test_other_photos_and_those_of_others_are_no_doubles() -> None:
    save()
    save(OTHER_HASH, OTHER_HASH)
    save(owner_id=OTHER_OWNER_ID)

    assert find_groups() == find_groups(OTHER_OWNER_ID) == []


def test_a_photo_that_shares_a_part_of_its_hash_by_chance_is_no_double() -> None:
    save()
    save(HASH ^ 0xFFFF_FFFF)

    assert find_groups() == []


def test_all_copies_are_one_group_also_after_the_first_was_deleted() -> None:
    first, second = save(), save()
    first.delete()
    index.remove(first)

    third = save()

    assert find_groups() == [(first.task_id, [third.task_id, second.task_id])]


def test_a_double_that_was_deleted_is_not_listed() -> None:
    first, double = save(), save()
    double.delete()
    assert find_groups() == [(first.task_id, [first.task_id])]

    index.remove(double)

    assert find_groups() == []
    assert [each for each in Double.scan() if each.list_id.startswith("doubles#")] == []


def test_a_double_expires_with_its_task() -> None:
    save()
    task = save()

    [double] = Double.query(f"doubles#{OWNER_ID}")

    assert double.expires_at == task.expires_at


def test_a_correction_changes_no_double_and_looks_for_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first, double = save(), save()
    monkeypatch.setattr(copies, "find_copies", None)  # A call would fail
    double.file_name = "renamed.jpg"

    assert index.put(double)

    assert find_groups() == [(first.task_id, [double.task_id, first.task_id])]


def test_doubles_of_earlier_releases_are_found_when_the_index_is_built_again() -> None:
    tasks = [save(put=False) for _ in range(3)]
    for task in tasks:
        words = list_words(task)
        IndexedTask(
            build_tasks_id(OWNER_ID),
            build_entry_id(task),
            terms=sorted(words.labels | words.words),
            names=list(words.names),
            fingerprint=task.fingerprint,
        ).save()

    for _ in range(2):
        for task in tasks:
            index.put(task, again=True)

    newest_first = [task.task_id for task in reversed(tasks)]
    assert find_groups() == [(tasks[0].task_id, newest_first)]
    doubles = [each.entry_id for each in Double.query(f"doubles#{OWNER_ID}")]
    assert doubles == [build_entry_id(task) for task in tasks[1:]]  # The first is no double


def test_of_two_that_are_indexed_at_the_same_time_at_most_one_is_the_double(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    other, task = save(put=False), save(put=False)
    settle = index._settle

    def overtake(*arguments: Any) -> None:
        monkeypatch.setattr(index, "_settle", settle)
        index.put(other)
        settle(*arguments)

    monkeypatch.setattr(index, "_settle", overtake)
    index.put(task)

    assert len(list(Double.query(f"doubles#{OWNER_ID}"))) <= 1


def test_the_reads_are_bounded_however_many_photos_share_a_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for place in range(5):
        save(HASH ^ (0xFFFF_FFFF << place % 8))
    monkeypatch.setattr(copies, "MOST_OF_LOOKS", 2)
    limits = []
    query = WordEntry.query

    def note(*arguments: Any, **options: Any) -> Iterator[WordEntry]:
        limits.append((options["limit"], options["page_size"]))
        return query(*arguments, **options)

    monkeypatch.setattr(WordEntry, "query", note)

    save()

    assert limits == [(2, 2)] * BANDS


def test_a_page_goes_on_where_the_one_before_ended() -> None:
    first = save()
    doubles = [save() for _ in range(3)]

    page = list_doubles(OWNER_ID, 2)
    rest = list_doubles(OWNER_ID, 2, after=page.last_entry)

    ids = [[task.task_id for task in each.groups[0].tasks] for each in (page, rest)]
    assert ids == [
        [doubles[2].task_id, doubles[1].task_id, first.task_id],
        [doubles[0].task_id, first.task_id],
    ]
    assert rest.last_entry is None


def test_only_doubles_from_a_time_on_are_listed() -> None:
    first, old = save(), save()
    new = save()

    found = list_doubles(OWNER_ID, 20, since=new.created_at)

    [group] = found.groups
    assert [task.task_id for task in group.tasks] == [new.task_id, first.task_id]
    assert old.task_id not in {task.task_id for task in group.tasks}
