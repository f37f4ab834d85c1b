"""Versions stay although another region, which does not know them, writes later.

A test plays the other region by storing what it would have stored: in a global table the whole
record of the last writer wins.
"""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from pipeline.core.errors import RetriesExhaustedError
from pipeline.core.labels import Label
from pipeline.core.options import Feature
from pipeline.core.tasks import changes, guard, transitions, versions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.tasks.version_ids import build_version_id
from tests.examples import build_result, save_result

pytestmark = pytest.mark.usefixtures("aws")

Item = dict[str, Any]
DOG = Label(name="dog", confidence=88, parents=[], instances=[])


def read(record_id: str) -> Item:
    client: Any = Task._get_connection().connection.client
    key = {"task_id": {"S": record_id}}
    item: Item = client.get_item(TableName="tasks", Key=key, ConsistentRead=True)["Item"]
    return item


def store(item: Item) -> None:
    client: Any = Task._get_connection().connection.client
    client.put_item(TableName="tasks", Item=item)


def ask_again(task: Task) -> str:
    """Ask for the next version; returns the key of its record."""
    options = replace(versions.get_options(task), features=(Feature.LABELS,))
    return versions.ask(Task.get(task.task_id), options).task_id


def finish(record_id: str) -> None:
    started = transitions.start(record_id, worker="w2", receive_count=1)
    transitions.succeed(started, replace(build_result(), labels=[DOG], text=None))


def correct(item: Item) -> Item:
    """What the other region stores: a correction of the record that it knows."""
    return {**item, "corrections_revision": {"N": "7"}}


def test_a_version_that_another_region_failed_later_is_put_back() -> None:
    task = save_result()
    record_id = ask_again(task)
    asked = read(record_id)
    finish(record_id)
    old = read(record_id)
    store(asked)
    transitions.fail(Task.get(record_id), RetriesExhaustedError())
    new = read(record_id)

    assert guard.is_overwritten(old, new)
    assert guard.restore(old)

    assert read(record_id) == old
    assert not guard.restore(old)


def test_a_version_of_a_task_that_was_made_again_is_another_one() -> None:
    task = save_result()
    record_id = ask_again(task)
    finish(record_id)
    old = read(record_id)
    later = {"N": str(int(old["expires_at"]["N"]) + 60)}

    assert not guard.is_overwritten(old, {**old, "status": {"S": "queued"}, "expires_at": later})


def test_a_task_shows_its_newest_version_again_and_keeps_what_was_corrected() -> None:
    task = save_result()
    before = read(task.task_id)
    finish(ask_again(task))
    old = read(task.task_id)
    new = correct(before)
    store(new)

    assert not guard.is_overwritten(old, new)
    assert guard.is_set_back(old, new)
    assert guard.restore_version(old)

    shown = Task.get(task.task_id)
    assert (shown.version, shown.versions_asked) == (2, 2)
    assert [label.name for label in shown.get_found_labels()] == ["dog"]
    assert shown.get_text() is None
    assert read(task.task_id) == {**correct(old), "updated_at": new["updated_at"]}
    assert not guard.restore_version(old)


def test_a_version_that_is_not_finished_is_not_forgotten() -> None:
    task = save_result()
    before = read(task.task_id)
    ask_again(task)
    old = read(task.task_id)
    store(correct(before))

    assert guard.is_set_back(old, read(task.task_id))
    assert guard.restore_version(old)

    found = Task.get(task.task_id)
    [newest, _] = versions.list_versions(found)
    assert newest.status == TaskStatus.QUEUED
    assert versions.find_next(found)
    finish(newest.task_id)
    assert ask_again(found) == build_version_id(task.task_id, 3)


def test_a_newer_version_is_not_set_back_by_a_late_guard() -> None:
    task = save_result()
    before = read(task.task_id)
    finish(ask_again(task))
    old = read(task.task_id)
    finish(ask_again(task))

    assert not guard.restore_version(old)
    assert guard.is_set_back(read(task.task_id), before)
    assert Task.get(task.task_id).version == 3


def test_no_change_within_one_region_is_taken_for_one() -> None:
    task = save_result()
    images = [read(task.task_id)]
    record_id = ask_again(task)
    images.append(read(task.task_id))
    finish(record_id)
    images.append(read(task.task_id))

    for old, new in itertools.pairwise(images):
        assert not guard.is_set_back(old, new)
        assert not guard.is_overwritten(old, new)


def test_all_that_a_version_changes_in_its_task_is_put_back() -> None:
    """A new attribute of a result that `SHOW_VERSION` sets is put back too."""
    task = save_result()
    before = read(task.task_id)
    finish(ask_again(task))
    after = read(task.task_id)

    changed = {name for name in before | after if before.get(name) != after.get(name)}

    known = {attribute.attr_name for attribute in changes.SHOWN_BY_VERSION}
    assert changed - known <= {"versions_asked", "updated_at"}


def test_a_deleted_task_does_not_come_back_for_its_version() -> None:
    task = save_result()
    finish(ask_again(task))
    old = read(task.task_id)
    versions.delete_all(task)

    assert not guard.restore_version(old)

    assert Task.count() == 0
