"""Every change of a task's status, each as one conditional write.

SQS delivers at least once, so two workers may hold the same task: the first result to be stored
wins. Every condition demands that the record exists, because an update would otherwise recreate a
deleted task.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pynamodb.exceptions import PutError
from pynamodb.expressions.update import Action

from pipeline.core.dynamo import is_condition_failure
from pipeline.core.errors import (
    PermanentError,
    TaskFinishedError,
    TaskNotRetryableError,
)
from pipeline.core.options import DEFAULT_FEATURES, Detail, Engine, Options, sort_features
from pipeline.core.regions import load_regions
from pipeline.core.settings import VISIBILITY_SECONDS
from pipeline.core.tasks import changes, versions
from pipeline.core.tasks.attempts import Attempt, trim
from pipeline.core.tasks.cancelling import TaskCancelledError, TaskNotCancellableError
from pipeline.core.tasks.changes import apply
from pipeline.core.tasks.deliveries import record_lost, set_last_error
from pipeline.core.tasks.history import find_unreported
from pipeline.core.tasks.indexes import count_microseconds
from pipeline.core.tasks.record import (
    Task,
    TaskStatus,
    build_list_number,
)
from pipeline.core.tasks.result import TaskResult
from pipeline.core.tasks.version_ids import names_version


@dataclass(frozen=True)
class StartedTask:
    """The part of a task that a worker needs to recognise its picture."""

    task_id: str
    image_key: str
    options: Options
    queued_at: datetime
    started_at: datetime
    attempts: Sequence[Attempt] = ()  # Those that failed before
    worker: str = ""
    version: str = ""  # The release of the worker
    receive_count: int = 1


def insert(task: Task) -> bool:
    """Save a new task. It replaces one of the same id that has expired.

    Returns:
        False if a task with this id exists; it stays as it is.
    """
    task.home_region = task.home_region or load_regions().new_home
    task.created_us = count_microseconds(task.created_at)
    task.listed_as = build_list_number(TaskStatus(task.status), task.created_us)
    is_free = Task.task_id.does_not_exist() | (Task.status == TaskStatus.EXPIRED)
    try:
        task.save(condition=is_free)
    except PutError as error:
        if is_condition_failure(error):
            return False
        raise
    return True


def accept(task: Task, image_key: str) -> bool:
    """Record where the picture of a form is. Only the first picture of a task is accepted.

    Returns:
        False if the task has a picture already, does not await one any more or was deleted.
    """
    try:
        apply(changes.ACCEPT, task.task_id, image_key=image_key)
    except TaskFinishedError:
        return False
    task.image_key = image_key
    return True


def drop_picture(task: Task) -> None:
    """Record that the picture of a failed task was deleted.

    Raises:
        TaskFinishedError: The task is not failed, or was deleted.
    """
    apply(changes.DROP_PICTURE, task.task_id)


def mark_queued(task: Task) -> bool:
    """Record that the task's message was sent.

    Returns:
        False if a worker has started the task already, or if it is finished or deleted.
    """
    now = datetime.now(UTC)
    try:
        apply(changes.MARK_QUEUED, task.task_id, now=now)
    except TaskFinishedError:
        return False
    task.status, task.queued_at, task.updated_at = TaskStatus.QUEUED.value, now, now
    return True


def start(task_id: str, *, worker: str, version: str = "", receive_count: int) -> StartedTask:
    """Mark a task as in work, also after another worker stopped in the middle of it.

    An attempt of which no end was reported is recorded as lost, which takes a second write.

    Raises:
        TaskFinishedError: It has a final status or was deleted, or another worker has started it
            with another message within the visibility timeout.
    """
    now = datetime.now(UTC)
    is_first = receive_count == 1
    answer = apply(
        changes.START if is_first else changes.RESTART,
        task_id,
        now=now,
        settled=now - timedelta(seconds=VISIBILITY_SECONDS),
        worker=worker,
        version=version or "unknown",
        receive_count=receive_count,
    )
    stored = answer["Attributes"]
    attempts = [] if is_first and "attempts" not in stored else record_lost(stored, now)
    queued_at = stored.get(Task.queued_at.attr_name)
    # Not a Task: reading an item into a model takes half of the time of a start.
    return StartedTask(
        task_id=task_id,
        image_key=stored[Task.image_key.attr_name]["S"],
        options=_read_options(stored),
        queued_at=Task.queued_at.deserialize(queued_at["S"]) if queued_at else now,
        started_at=now,
        attempts=attempts,
        worker=worker,
        version=version,
        receive_count=receive_count,
    )


def _read_options(stored: Mapping[str, Any]) -> Options:
    detail = stored.get(Task.detail.attr_name)
    features = stored.get(Task.features.attr_name, {"SS": DEFAULT_FEATURES})["SS"]
    return Options(
        min_confidence=float(stored[Task.min_confidence.attr_name]["N"]),
        max_labels=int(stored[Task.max_labels.attr_name]["N"]),
        features=sort_features(features),
        detail=Detail(detail["S"]) if detail else None,
        engine=Engine(stored.get(Task.engine.attr_name, {"S": Engine.SPOTTER})["S"]),
        chosen_models=tuple(sorted(stored.get(Task.chosen_models.attr_name, {"SS": []})["SS"])),
    )


def succeed(task: StartedTask, result: TaskResult) -> None:
    """Store the result. The task is then final.

    Raises:
        TaskFinishedError: Another delivery finished it first, or it was deleted.
    """
    now = datetime.now(UTC)
    values = {
        "now": now,
        **result.encode(),
        "queued_ms": _ms_between(task.queued_at, task.started_at),
        "total_ms": _ms_between(task.queued_at, now),
    }
    if names_version(task.task_id):
        versions.publish(task.task_id, task.options, values, _describe_run(task))
    else:
        apply(changes.SUCCEED, task.task_id, **values)


def _describe_run(task: StartedTask) -> dict[str, Any]:
    return {
        "queued_at": task.queued_at,
        "started_at": task.started_at,
        "worker": task.worker,
        "worker_version": task.version or "unknown",
        "receive_count": task.receive_count,
    }


def fail(task: Task | StartedTask, error: PermanentError, attempt: Attempt | None = None) -> None:
    """Store why the task failed.

    Args:
        task: Only its id is required. The durations are stored if its times are known.
        error: Its code and message are shown to the owner.
        attempt: The last of several deliveries that failed. Operators see its error.

    Raises:
        TaskFinishedError: Another delivery finished it first, or it was deleted.
    """
    now = datetime.now(UTC)
    times: list[Action] = []
    if task.queued_at:
        times.append(Task.total_ms.set(_ms_between(task.queued_at, now)))
        if task.started_at:
            times.append(Task.queued_ms.set(_ms_between(task.queued_at, task.started_at)))
    cause: list[Action] = []
    if attempt:
        cause = set_last_error(trim([*(task.attempts or ()), attempt]), attempt)
    update = changes.prepare_failure(error, *cause, *times)
    apply(update, task.task_id, now=now)


def cancel(task_id: str) -> None:
    """Close a task with which no worker has begun. A repeat does no harm.

    Raises:
        TaskNotCancellableError: A worker has begun, or the task is finished or was deleted.
    """
    error = TaskCancelledError()
    is_repeat = (Task.status == TaskStatus.FAILED) & (Task.error_code == error.code)
    waits = Task.status.is_in(TaskStatus.AWAITING_UPLOAD, TaskStatus.QUEUED)
    try:
        apply(changes.prepare_failure(error, condition=waits | is_repeat), task_id)
    except TaskFinishedError as refused:
        raise TaskNotCancellableError from refused


def retry(task: Task) -> None:
    """Set a failed task back to queued. The caller then sends its message.

    Raises:
        TaskNotRetryableError: The task has not failed, failed because of the file itself, or was
            deleted.
    """
    try:
        apply(changes.RETRY, task.task_id)
    except TaskFinishedError as error:
        raise TaskNotRetryableError from error


def requeue(task: Task) -> None:
    """Set a stuck task back to queued. The caller then sends its message again.

    Args:
        task: As read by the caller: the write is refused if the record has changed since.

    Raises:
        TaskFinishedError: It moved on or was deleted: send no message.
    """
    is_unchanged = Task.status.is_in(TaskStatus.QUEUED, TaskStatus.PROCESSING) & (
        Task.updated_at == task.updated_at
    )
    # Not add(1): a write that is sent twice would count twice.
    others: list[Action] = [Task.requeue_count.set(int(task.requeue_count or 0) + 1)]
    if lost := find_unreported(task):
        others += set_last_error(trim([*(task.attempts or ()), lost]), lost)
    apply(changes.prepare_requeue(is_unchanged, *others), task.task_id)


def expire(task: Task) -> None:
    """Close a task whose picture was never uploaded.

    Raises:
        TaskFinishedError: The picture was uploaded after all, or the task was deleted.
    """
    apply(changes.EXPIRE, task.task_id)


def _ms_between(start: datetime, end: datetime) -> int:
    # The clocks of two machines may differ by more than a short wait.
    return max(0, round((end - start).total_seconds() * 1000))
