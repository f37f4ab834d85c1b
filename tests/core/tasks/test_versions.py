"""A result gets versions: each is final, and a message of one never touches another."""

import pytest

from pipeline.core.errors import RetriesExhaustedError, TaskFinishedError, TaskNotFoundError
from pipeline.core.options import Detail, Feature, Options
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import flow, transitions, versions
from pipeline.core.tasks.cancelling import TaskNotCancellableError
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.tasks.version_ids import build_version_id, build_versions_owner
from pipeline.core.tasks.versions import (
    MOST_VERSIONS,
    NoResultYetError,
    TooManyVersionsError,
    VersionOpenError,
    get_options,
    list_versions,
)
from tests.core.tasks.again import CLOSER, DOG, ask, finish, read_names, start
from tests.examples import CAT, OWNER_ID, build_task


def test_the_task_keeps_its_result_until_the_new_version_is_finished(
    task: Task, queue: TaskQueue
) -> None:
    version = ask(task, queue, CLOSER)
    started = start(version)

    during = Task.get(task.task_id)
    finish(started, DOG, detail=Detail.FINE)
    after = Task.get(task.task_id)

    assert (during.status, during.get_labels()) == ("succeeded", [CAT])
    assert during.version is None
    assert (after.status, after.get_labels(), after.version) == ("succeeded", [DOG], 2)
    assert (after.get_detail(), after.detail, after.worker) == (Detail.FINE, "fine", "w2")
    assert after.created_at == task.created_at


def test_every_version_is_kept_as_it_was(task: Task, queue: TaskQueue) -> None:
    first = task.get_labels()
    for label in (DOG, CAT):
        finish(start(ask(task, queue)), label)

    found = list_versions(Task.get(task.task_id))

    assert [each.task_id for each in found] == [
        build_version_id(task.task_id, number) for number in (3, 2, 1)
    ]
    assert [each.get_labels() for each in found] == [[CAT], [DOG], first]
    assert all(each.status == TaskStatus.SUCCEEDED for each in found)
    assert {each.expires_at for each in found} == {task.expires_at}


def test_a_result_that_was_recognised_once_has_one_version(task: Task) -> None:
    assert [each.task_id for each in list_versions(task)] == [task.task_id]


def test_no_list_shows_a_version_that_is_stored(task: Task, queue: TaskQueue) -> None:
    finish(start(ask(task, queue)), DOG)

    mine = [each.task_id for each in Task.by_owner.query(OWNER_ID)]
    with_result = [each.task_id for each in Task.by_status.query("succeeded")]
    referred = [each.task_id for each in Task.by_reference.query(f"{OWNER_ID}#order-1")]

    assert mine == with_result == referred == [task.task_id]
    assert Task.count_unfinished(build_versions_owner(OWNER_ID), 10) == 0


def test_a_version_that_is_made_is_counted_for_its_user_but_not_listed(
    task: Task, queue: TaskQueue
) -> None:
    version = ask(task, queue)

    assert [each.task_id for each in Task.by_owner.query(OWNER_ID)] == [task.task_id]
    assert Task.count_unfinished(OWNER_ID, 10) == 0
    assert Task.count_unfinished(build_versions_owner(OWNER_ID), 10) == 1
    # The sweep looks here.
    assert [each.task_id for each in Task.by_status.query("queued")] == [version.task_id]


def test_its_message_is_in_the_group_of_its_user(task: Task, queue: TaskQueue) -> None:
    ask(task, queue)

    [delivery] = queue.receive()

    assert delivery.owner_id == OWNER_ID


def test_a_repeated_message_changes_neither_its_version_nor_the_task(
    task: Task, queue: TaskQueue
) -> None:
    version = ask(task, queue)
    started = start(version)
    finish(started, DOG)

    with pytest.raises(TaskFinishedError):
        finish(started, CAT)
    with pytest.raises(TaskFinishedError):
        start(version, receive_count=2)

    assert read_names(task.task_id) == read_names(version.task_id) == ["dog"]
    assert read_names(build_version_id(task.task_id, 1)) == ["cat"]


def test_an_older_version_that_finishes_late_does_not_replace_a_newer_one(
    task: Task, queue: TaskQueue
) -> None:
    second = ask(task, queue)
    started = start(second)
    transitions.fail(second, RetriesExhaustedError())
    finish(start(ask(task, queue)), DOG)
    transitions.retry(second)

    with pytest.raises(TaskFinishedError):
        finish(start(second), CAT)
    with pytest.raises(TaskFinishedError):
        finish(started, CAT)

    assert (read_names(task.task_id), Task.get(task.task_id).version) == (["dog"], 3)
    assert Task.get(second.task_id).status == TaskStatus.PROCESSING  # The sweep fails it


def test_a_version_that_failed_leaves_the_result_and_its_number(
    task: Task, queue: TaskQueue
) -> None:
    failed = ask(task, queue)
    transitions.fail(failed, RetriesExhaustedError())

    stored = Task.get(task.task_id)
    newest = versions.find_next(stored)
    third = ask(task, queue)

    assert (stored.status, stored.get_labels()) == ("succeeded", [CAT])
    assert stored.error_code is None
    assert newest is not None
    assert newest.error_code == "retries_exhausted"
    assert third.task_id == build_version_id(task.task_id, 3)


def test_a_version_without_its_task_is_never_shown(task: Task, queue: TaskQueue) -> None:
    started = start(ask(task, queue))
    Task(task.task_id).delete()

    with pytest.raises(TaskFinishedError):
        finish(started, DOG)

    assert [each.status for each in Task.scan() if each.task_id == started.task_id] == [
        "processing"
    ]


def test_a_repeat_gets_the_version_that_is_being_made(task: Task, queue: TaskQueue) -> None:
    first = ask(task, queue, CLOSER)

    again = ask(task, queue, CLOSER)

    assert again.task_id == first.task_id
    with pytest.raises(VersionOpenError):
        ask(task, queue, Options(features=(Feature.TEXT,)))


def test_of_two_requests_at_the_same_time_one_is_refused(task: Task, queue: TaskQueue) -> None:
    seen = Task.get(task.task_id)
    ask(task, queue)

    with pytest.raises(VersionOpenError):
        versions.ask(seen, get_options(seen))

    assert queue.get_depth() == 1


def test_no_version_is_made_of_a_task_that_was_deleted_meanwhile(
    task: Task, store: ImageStore, queue: TaskQueue
) -> None:
    flow.delete(task, store)

    with pytest.raises(TaskNotFoundError):
        flow.recognise_again(task, CLOSER, queue)

    assert (Task.count(), queue.get_depth()) == (0, 0)


@pytest.mark.parametrize("status", [each for each in TaskStatus if each != TaskStatus.SUCCEEDED])
def test_only_a_result_is_recognised_again(status: TaskStatus, queue: TaskQueue) -> None:
    task = build_task(status=status.value)
    transitions.insert(task)

    with pytest.raises(NoResultYetError):
        ask(task, queue)


def test_the_number_of_versions_has_a_limit(task: Task, queue: TaskQueue) -> None:
    for _ in range(MOST_VERSIONS - 1):
        flow.cancel(Task.get(ask(task, queue).task_id.partition(":")[0]))

    with pytest.raises(TooManyVersionsError):
        ask(task, queue)

    assert len(list_versions(Task.get(task.task_id))) == MOST_VERSIONS


def test_a_version_that_waits_is_cancelled_through_its_task(task: Task, queue: TaskQueue) -> None:
    version = ask(task, queue)

    flow.cancel(Task.get(task.task_id))

    assert Task.get(version.task_id).error_code == "cancelled"
    assert Task.get(task.task_id).status == TaskStatus.SUCCEEDED


def test_a_version_that_a_worker_has_is_not_cancelled(task: Task, queue: TaskQueue) -> None:
    finish(start(ask(task, queue)), DOG)
    with pytest.raises(TaskNotCancellableError):
        flow.cancel(Task.get(task.task_id))

    start(ask(task, queue))

    with pytest.raises(TaskNotCancellableError):
        flow.cancel(Task.get(task.task_id))
