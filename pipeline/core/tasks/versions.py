"""Recognises the picture of a result again, and keeps each result as a version of the same task.

A new version is recognised under a record of its own, with the same statuses, messages and repairs
as a task. Only when it succeeds does the task's record change: both are written in one transaction.
So lists and searches show the newest finished version, and a message of one version cannot touch
another. Version 1 is copied to a record of its own when version 2 is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pynamodb.exceptions import DeleteError, TransactWriteError
from pynamodb.transactions import TransactWrite

from pipeline.core.dynamo import is_condition_failure
from pipeline.core.errors import PipelineError, TaskFinishedError, TaskNotFoundError
from pipeline.core.options import OPTION_NAMES, Detail, Engine, Options
from pipeline.core.regions import load_regions
from pipeline.core.tasks import changes
from pipeline.core.tasks.indexes import count_microseconds
from pipeline.core.tasks.prepared import apply_together
from pipeline.core.tasks.record import (
    OPEN_STATUSES,
    Task,
    TaskStatus,
    build_list_number,
    find_task,
)
from pipeline.core.tasks.version_ids import (
    build_version_id,
    build_versions_owner,
    get_task_id,
    get_version,
)

MOST_VERSIONS = 20
"""Versions of one result, with those that failed. It bounds what a task keeps."""

_OF_THE_TASK_ONLY = (
    "created_at",
    "listed_as",
    "unfinished_since",
    "owner_reference",
    "corrections",
    "corrections_revision",
    "corrected",
    "corrected_at",
    "version",
    "versions_asked",
    "request_hash",
)
"""The record of a stored version has none of these: they would put it into lists."""


class NoResultYetError(PipelineError):
    """Only a result can get another version."""

    code = "no_result_yet"
    message = (
        "Only a task with a result can be recognised again. Wait until its `status` is `succeeded`;"
        " a task that failed can be retried."
    )


class VersionOpenError(PipelineError):
    """One version after the other: the one before is not finished."""

    code = "version_open"
    message = (
        "This result is being recognised again already. Wait until that version is finished, or"
        " cancel it while it waits."
    )


class TooManyVersionsError(PipelineError):
    """The result has as many versions as it may have."""

    code = "too_many_versions"
    message = (
        f"This result was recognised {MOST_VERSIONS} times, and no result can have more versions."
        " Send the picture again to make a new task."
    )


def get_options(task: Task) -> Options:
    """What the version that the task shows looked for."""
    return Options(
        min_confidence=float(task.min_confidence),
        max_labels=int(task.max_labels),
        features=task.get_features(),
        detail=Detail(task.detail) if task.detail else None,
        engine=Engine(task.engine or Engine.SPOTTER),
        chosen_models=tuple(sorted(task.chosen_models or ())),
    )


def count_asked(task: Task) -> int:
    """The highest version of this task that was ever asked for."""
    return int(task.versions_asked or 1)


def find_version(task: Task, version: int) -> Task | None:
    """The record of a version; None if it has none."""
    return find_task(build_version_id(task.task_id, version))


def find_next(task: Task) -> Task | None:
    """The version that was asked for last, unless it is the one that the task shows."""
    asked = count_asked(task)
    return find_version(task, asked) if asked > int(task.version or 1) else None


def list_versions(task: Task) -> list[Task]:
    """The records of all versions, newest first; the task itself while it has only one result."""
    asked = count_asked(task)
    if asked == 1:
        return [task]
    ids = [build_version_id(task.task_id, number) for number in range(1, asked + 1)]
    found = Task.batch_get(ids, consistent_read=True)
    return sorted(found, key=lambda each: get_version(each.task_id), reverse=True)


def find_repeat(task: Task, options: Options) -> Task | None:
    """The unfinished version that an earlier request with the same options made.

    Raises:
        NoResultYetError: The task has no result.
        VersionOpenError: A version with other options is not finished.
        TooManyVersionsError: The task has as many versions as it may have.
    """
    if task.status != TaskStatus.SUCCEEDED:
        raise NoResultYetError
    newest = find_next(task)
    if newest and newest.status in OPEN_STATUSES:
        if _has_options(newest, options):
            return newest
        raise VersionOpenError
    if count_asked(task) >= MOST_VERSIONS:
        raise TooManyVersionsError
    return None


def ask(task: Task, options: Options) -> Task:
    """Make the record of a new version. The caller then sends its message.

    Args:
        task: Read from the table, not from an index that lacks attributes. `find_repeat` has found
            that it may have one more version.

    Raises:
        VersionOpenError: Another request was faster.
        TaskNotFoundError: The task was deleted meanwhile.
    """
    version = count_asked(task) + 1
    asked = _build_version(task, version, options)
    try:
        _save(task, asked, version)
    except TransactWriteError as error:
        if not any(it and it.code == "ConditionalCheckFailed" for it in error.cancellation_reasons):
            raise  # Something else was written to the task just now, or the table is busy
        if find_task(task.task_id) is None:
            raise TaskNotFoundError from error
        raise VersionOpenError from error
    return asked


def _has_options(version: Task, options: Options) -> bool:
    return all(
        (getattr(version, name) or None) == (value or None)
        for name, value in _encode_options(options).items()
    )


def _encode_options(options: Options) -> dict[str, Any]:
    """The options as attributes of a task."""
    values = {name: getattr(options, name) for name in OPTION_NAMES}
    values["features"] = {feature.value for feature in options.features}
    values["detail"] = options.detail and options.detail.value
    values["engine"] = options.engine.value
    values["chosen_models"] = set(options.chosen_models) or None
    return values


def _build_version(task: Task, version: int, options: Options) -> Task:
    now = datetime.now(UTC)
    created_us = count_microseconds(now)
    return Task(
        build_version_id(task.task_id, version),
        owner_id=build_versions_owner(task.owner_id),
        status=TaskStatus.QUEUED.value,
        created_at=now,
        queued_at=now,
        created_us=created_us,
        listed_as=build_list_number(TaskStatus.QUEUED, created_us),
        expires_at=task.expires_at,
        home_region=load_regions().new_home,
        image_key=task.image_key,
        content_type=task.content_type,
        size_bytes=task.size_bytes,
        file_name=task.file_name,
        **_encode_options(options),
    )


def _save(task: Task, asked: Task, version: int) -> None:
    """In one transaction, so that no version is left without its task."""
    is_unchanged = (Task.status == TaskStatus.SUCCEEDED) & (
        (Task.versions_asked == version - 1)
        if task.versions_asked
        else Task.versions_asked.does_not_exist()
    )
    with TransactWrite(connection=Task._get_connection().connection) as transaction:
        transaction.update(task, [Task.versions_asked.set(version)], condition=is_unchanged)
        transaction.save(asked, condition=Task.task_id.does_not_exist())
        if not task.version:
            transaction.save(_copy_first(task))


def _copy_first(task: Task) -> Task:
    """The record of version 1. As long as the task has no other, every copy is the same."""
    first = Task()
    first.deserialize(task.serialize())
    first.task_id = build_version_id(task.task_id, 1)
    first.owner_id = build_versions_owner(task.owner_id)
    for name in _OF_THE_TASK_ONLY:
        setattr(first, name, None)
    return first


def publish(
    record_id: str, options: Options, values: dict[str, Any], run: Mapping[str, Any]
) -> None:
    """Store the result of a version, and show it as that of its task.

    Args:
        options: What this version looked for.
        values: As for `changes.SUCCEED`.
        run: When and by whom the version was made, by names of attributes.

    Raises:
        TaskFinishedError: Another delivery finished it first, the task shows a newer version, or it
            was deleted.
    """
    task_values = {**values, **run, **_encode_options(options), "number": get_version(record_id)}
    done = apply_together(
        (changes.SUCCEED_VERSION, record_id, values),
        (changes.SHOW_VERSION, get_task_id(record_id), task_values),
    )
    if not done:
        raise TaskFinishedError


def delete_all(task: Task) -> None:
    """Delete a task and the records of its versions. A repeat does no harm.

    The versions go first: while the task exists, a caller can repeat a deletion that broke off. If
    another version is asked for meanwhile, it goes too.
    """
    while True:
        stored = find_task(task.task_id)
        asked = count_asked(stored) if stored else 1
        for number in range(1, asked + 1) if asked > 1 else ():
            Task(build_version_id(task.task_id, number)).delete()
        is_unchanged = (
            Task.versions_asked == asked if asked > 1 else Task.versions_asked.does_not_exist()
        )
        try:
            task.delete(condition=is_unchanged)
        except DeleteError as error:
            if not is_condition_failure(error):
                raise
        else:
            return
