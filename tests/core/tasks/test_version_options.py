"""A version looks for what it was asked, and a deletion takes it along."""

from typing import Any

import pytest

from pipeline.core.errors import TaskFinishedError
from pipeline.core.options import DEFAULT_FEATURES, Detail, Feature, Options
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import flow, transitions, versions
from pipeline.core.tasks.record import Task
from pipeline.core.tasks.version_ids import build_version_id
from pipeline.core.tasks.versions import get_options
from tests.core.tasks.again import DOG, ask, finish, start
from tests.examples import CAT, save_result


def test_a_version_looks_for_what_it_was_asked_and_nothing_else_changes(
    task: Task, queue: TaskQueue
) -> None:
    wanted = Options(
        min_confidence=0,
        max_labels=3,
        features=(Feature.LABELS, Feature.TEXT),
        detail=Detail.FINE,
        chosen_models=("spotter",),
    )

    started = start(ask(task, queue, wanted))

    assert started.options == wanted
    assert (started.image_key, started.worker) == (task.image_key, "w2")
    finish(started, DOG)
    assert get_options(Task.get(task.task_id)) == wanted
    assert Task.get(task.task_id).file_name == "cat.jpg"


def test_without_other_wishes_a_version_looks_for_the_same(queue: TaskQueue) -> None:
    task = save_result(min_confidence=0, max_labels=7)

    started = start(ask(task, queue))

    assert started.options == Options(
        min_confidence=0, max_labels=7, features=DEFAULT_FEATURES, detail=None
    )


def test_a_deletion_takes_all_versions_along(
    task: Task, store: ImageStore, queue: TaskQueue
) -> None:
    finish(start(ask(task, queue)), DOG)
    started = start(ask(task, queue))

    flow.delete(task, store)

    assert Task.count() == 0
    assert store.list_page("images/") == []
    with pytest.raises(TaskFinishedError):
        finish(started, CAT)


def test_a_version_that_is_asked_for_during_a_deletion_goes_too(
    task: Task, queue: TaskQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request comes after the deletion has looked which versions there are."""
    delete = Task.delete
    requests = iter([1])

    def delete_after_a_request(self: Task, *args: Any, **kwargs: Any) -> Any:
        if self.task_id == task.task_id and next(requests, None):
            ask(Task.get(task.task_id), queue)
        return delete(self, *args, **kwargs)

    monkeypatch.setattr(Task, "delete", delete_after_a_request)

    versions.delete_all(task)

    assert Task.count() == 0


def test_a_deletion_that_broke_off_is_completed_by_a_repeat(
    task: Task, store: ImageStore, queue: TaskQueue
) -> None:
    finish(start(ask(task, queue)), DOG)
    Task(build_version_id(task.task_id, 1)).delete()

    flow.delete(task, store)
    flow.delete(task, store)

    assert Task.count() == 0


def test_discarding_a_hopeless_version_keeps_the_picture_of_the_task(
    task: Task, store: ImageStore, queue: TaskQueue
) -> None:
    from pipeline.core.errors import UnreadableImageError

    version = ask(task, queue)
    transitions.fail(version, UnreadableImageError())

    flow.discard_picture(Task.get(version.task_id), store)

    assert store.has(task.image_key)
    assert Task.get(task.task_id).has_picture()
