"""The index follows the stream of the table of tasks, also if records come twice or fail."""

import json
from typing import Any

import pytest

from pipeline.core.search import index, items
from pipeline.core.search.counts import list_counts
from pipeline.core.search.find import Question, find_tasks
from pipeline.core.search.following import INDEX_WORDS
from pipeline.core.tasks import transitions, versions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.index_words import handler
from tests.examples import OWNER_ID, build_task, save_result, succeed
from tests.lambdas.events import Context

Record = dict[str, Any]


def build_record(event_name: str, task: Task, number: int = 1) -> Record:
    """A record as the stream has it: a deletion has only the old image."""
    image = "OldImage" if event_name == "REMOVE" else "NewImage"
    return {
        "eventName": event_name,
        "dynamodb": {"SequenceNumber": str(number), image: task.serialize()},
    }


def send(*records: Record) -> list[str]:
    """Give the records to the function; returns those that have to come again."""
    answer = handler({"Records": list(records)}, Context())  # type: ignore[arg-type]
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def find_cats() -> list[str]:
    found = find_tasks(OWNER_ID, Question(labels=frozenset({"cat"})), 20)
    return [task.task_id for task in found.tasks]


def test_a_finished_task_is_found_and_a_deleted_one_is_not_any_more() -> None:
    task = save_result()

    assert send(build_record("MODIFY", task)) == []
    assert find_cats() == [task.task_id]

    task.delete()
    assert send(build_record("REMOVE", task)) == []
    assert list(items.WordEntry.query(items.build_list_id(OWNER_ID, "cat"))) == []
    assert list_counts(OWNER_ID) == []


def test_a_record_that_comes_twice_is_counted_once() -> None:
    record = build_record("INSERT", save_result())

    send(record, record)
    send(record)

    assert list_counts(OWNER_ID) == [("animal", 1), ("cat", 1)]


def test_a_batch_that_comes_again_from_its_start_ends_as_it_did() -> None:
    task, other = save_result(), save_result()
    batch = [
        build_record("MODIFY", task, 1),
        build_record("MODIFY", other, 2),
        build_record("REMOVE", task, 3),
    ]
    task.delete()

    for _ in range(2):
        send(*batch)

    assert find_cats() == [other.task_id]
    assert list_counts(OWNER_ID) == [("animal", 1), ("cat", 1)]


def test_a_record_that_fails_comes_again_with_all_later_ones() -> None:
    first, last = save_result(), save_result()
    broken: Record = {"eventName": "MODIFY", "dynamodb": {"SequenceNumber": "2", "NewImage": {}}}

    failures = send(build_record("MODIFY", first, 1), broken, build_record("MODIFY", last, 3))

    assert failures == ["2"]
    assert find_cats() == [first.task_id]


def test_nothing_is_lost_if_the_function_is_killed_in_the_middle(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = build_record("MODIFY", save_result())

    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(index, "_settle", die)
        with pytest.raises(KeyboardInterrupt):
            send(record)
    send(record)

    assert len(find_cats()) == 1
    assert list_counts(OWNER_ID) == [("animal", 1), ("cat", 1)]


def test_a_failed_task_leaves_no_word() -> None:
    task = build_task()
    transitions.insert(task)
    task.status = "failed"

    send(build_record("MODIFY", task))

    assert list(items.WordEntry.scan()) == []


def matches(pattern: dict[str, Any], record: dict[str, Any]) -> bool:
    """Whether a pattern passes a record. It has objects, and lists of allowed values."""
    return all(
        matches(allowed, record[name])
        if isinstance(allowed, dict) and name in record
        else record.get(name) in allowed
        for name, allowed in pattern.items()
    )


def test_a_success_that_another_region_overwrote_is_restored() -> None:
    succeeded = save_result()
    failed = Task.get(succeeded.task_id)
    failed.update(actions=[Task.status.set(TaskStatus.FAILED.value)])
    record = build_record("MODIFY", failed)
    record["dynamodb"]["OldImage"] = succeeded.serialize()

    assert send(record, record) == []

    assert Task.get(succeeded.task_id).serialize() == succeeded.serialize()


def test_a_version_that_another_region_set_back_is_shown_and_indexed_again() -> None:
    task = save_result()
    version = versions.ask(task, versions.get_options(task))
    shown_before = Task.get(task.task_id)
    succeed(version.task_id)
    shown = Task.get(task.task_id)
    shown_before.save()
    record = build_record("MODIFY", shown_before)
    record["dynamodb"]["OldImage"] = shown.serialize()

    assert send(record, record) == []

    again = Task.get(task.task_id)
    assert again.version == 2
    assert find_cats() == []  # The restored record comes with a record of its own
    assert send(build_record("MODIFY", again)) == []
    assert find_cats() == [task.task_id]


def test_a_version_that_another_region_failed_is_restored() -> None:
    task = save_result()
    version = versions.ask(task, versions.get_options(task))
    failed = Task.get(version.task_id)
    failed.status = TaskStatus.FAILED.value
    succeed(version.task_id)
    stored = Task.get(version.task_id)
    failed.save()
    record = build_record("MODIFY", failed)
    record["dynamodb"]["OldImage"] = stored.serialize()

    assert send(record) == []

    assert Task.get(version.task_id).serialize() == stored.serialize()


def test_an_overwritten_success_reaches_the_function() -> None:
    patterns = [json.loads(each) for each in INDEX_WORDS.filters]
    overwritten: dict[str, Any] = {
        "eventName": "MODIFY",
        "dynamodb": {
            "OldImage": {"status": {"S": "succeeded"}},
            "NewImage": {"status": {"S": "failed"}},
        },
    }

    assert [matches(each, overwritten) for each in patterns] == [False, False, True]
    overwritten["dynamodb"]["OldImage"] = {"status": {"S": "queued"}}
    assert not any(matches(each, overwritten) for each in patterns)
