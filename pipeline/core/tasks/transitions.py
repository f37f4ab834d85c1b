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

from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from pipeline.core.dynamo import is_condition_failure
from pipeline.core.errors import (
    HOPELESS_CODES,
    PermanentError,
    TaskFinishedError,
    TaskNotRetryableError,
)
from pipeline.core.labels import Label
from pipeline.core.options import DEFAULT_FEATURES, Options, sort_features
from pipeline.core.properties import ImageProperties
from pipeline.core.settings import VISIBILITY_SECONDS
from pipeline.core.tasks.prepared import PreparedUpdate, parameter
from pipeline.core.tasks.record import (
    OPEN_STATUSES,
    Task,
    TaskStatus,
    build_list_number,
    count_microseconds,
    encode_labels,
)


@dataclass(frozen=True)
class TaskResult:
    """What a worker found in one picture."""

    labels: Sequence[Label]
    properties: ImageProperties | None
    content_type: str  # What the bytes are, whatever the request announced
    size_bytes: int
    width: int  # Pixels of the upright picture
    height: int
    sha256: str  # Of the uploaded bytes, hexadecimal
    models: Mapping[str, str]  # Role (classifier, detector) to name and version
    decode_ms: float
    inference_ms: float


@dataclass(frozen=True)
class StartedTask:
    """The part of a task that a worker needs to recognise its picture."""

    task_id: str
    image_key: str
    options: Options
    queued_at: datetime
    started_at: datetime


def insert(task: Task) -> bool:
    """Save a new task. It replaces one of the same id that has expired.

    Returns:
        False if a task with this id exists; it stays as it is.
    """
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
        _apply(_ACCEPT, task.task_id, image_key=image_key)
    except TaskFinishedError:
        return False
    task.image_key = image_key
    return True


def drop_picture(task: Task) -> None:
    """Record that the picture of a failed task was deleted.

    Raises:
        TaskFinishedError: The task is not failed, or was deleted.
    """
    _apply(_DROP_PICTURE, task.task_id)


def mark_queued(task: Task) -> bool:
    """Record that the task's message was sent.

    Returns:
        False if a worker has started the task already, or if it is finished or deleted.
    """
    try:
        _apply(_MARK_QUEUED, task.task_id)
    except TaskFinishedError:
        return False
    return True


def start(task_id: str, *, worker: str, receive_count: int) -> StartedTask:
    """Mark a task as in work, also after another worker stopped in the middle of it.

    Raises:
        TaskFinishedError: It has a final status or was deleted, or another worker has started it
            with another message within the visibility timeout.
    """
    now = datetime.now(UTC)
    answer = _apply(
        _START if receive_count == 1 else _RESTART,
        task_id,
        now=now,
        settled=now - timedelta(seconds=VISIBILITY_SECONDS),
        worker=worker,
        receive_count=receive_count,
    )
    stored = answer["Attributes"]
    # Not a Task: reading an item into a model takes half of the time of a start.
    return StartedTask(
        task_id=task_id,
        image_key=stored[Task.image_key.attr_name]["S"],
        options=_read_options(stored),
        queued_at=Task.queued_at.deserialize(stored[Task.queued_at.attr_name]["S"]),
        started_at=now,
    )


def _read_options(stored: Mapping[str, Any]) -> Options:
    features = stored.get(Task.features.attr_name, {"SS": DEFAULT_FEATURES})["SS"]
    return Options(
        min_confidence=float(stored[Task.min_confidence.attr_name]["N"]),
        max_labels=int(stored[Task.max_labels.attr_name]["N"]),
        features=sort_features(features),
    )


def succeed(task: StartedTask, result: TaskResult) -> None:
    """Store the result. The task is then final.

    Raises:
        TaskFinishedError: Another delivery finished it first, or it was deleted.
    """
    now = datetime.now(UTC)
    _apply(
        _SUCCEED,
        task.task_id,
        now=now,
        labels=encode_labels(result.labels),
        properties=result.properties and result.properties.model_dump(by_alias=True),
        content_type=result.content_type,
        size_bytes=result.size_bytes,
        width=result.width,
        height=result.height,
        sha256=result.sha256,
        models=dict(result.models),
        decode_ms=round(result.decode_ms, 1),
        inference_ms=round(result.inference_ms, 1),
        queued_ms=_ms_between(task.queued_at, task.started_at),
        total_ms=_ms_between(task.queued_at, now),
    )


def fail(task: Task | StartedTask, error: PermanentError) -> None:
    """Store why the task failed.

    Args:
        task: Only its id is required. The durations are stored if its times are known.
        error: Its code and message are shown to the owner.

    Raises:
        TaskFinishedError: Another delivery finished it first, or it was deleted.
    """
    now = datetime.now(UTC)
    times: list[Action] = []
    if task.queued_at:
        times.append(Task.total_ms.set(_ms_between(task.queued_at, now)))
        if task.started_at:
            times.append(Task.queued_ms.set(_ms_between(task.queued_at, task.started_at)))
    update = _prepare(
        _IS_OPEN,
        *_set_status(TaskStatus.FAILED),
        Task.error_code.set(error.code),
        Task.error_message.set(str(error)),
        *_SET_FINISHED,
        *times,
    )
    _apply(update, task.task_id, now=now)


def retry(task: Task) -> None:
    """Set a failed task back to queued. The caller then sends its message.

    Raises:
        TaskNotRetryableError: The task has not failed, failed because of the file itself, or was
            deleted.
    """
    try:
        _apply(_RETRY, task.task_id)
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
    count = Task.requeue_count.set(int(task.requeue_count or 0) + 1)
    _apply(_prepare_requeue(is_unchanged, count), task.task_id)


def expire(task: Task) -> None:
    """Close a task whose picture was never uploaded.

    Raises:
        TaskFinishedError: The picture was uploaded after all, or the task was deleted.
    """
    _apply(_EXPIRE, task.task_id)


def _prepare(condition: Condition, *actions: Action, returns: str = "NONE") -> PreparedUpdate:
    return PreparedUpdate(
        Task,
        Task.task_id.exists() & condition,
        [*actions, Task.updated_at.set(_NOW)],
        returns=returns,
    )


def _set_status(status: TaskStatus) -> tuple[Action, Action]:
    """The only way to change a status: the task moves in the index too."""
    number = build_list_number(status)
    # Records of earlier releases have no `created_us`. They are listed last.
    return Task.status.set(status.value), Task.listed_as.set((Task.created_us | 0) + number)


def _prepare_requeue(condition: Condition, count: Action) -> PreparedUpdate:
    # True if the answer to this same write was lost and botocore sends it again.
    is_repeat = (Task.status == TaskStatus.QUEUED) & (Task.queued_at == _NOW)
    return _prepare(
        condition | is_repeat,
        *_set_status(TaskStatus.QUEUED),
        Task.queued_at.set(_NOW),
        Task.in_flight_since.set(_NOW),
        Task.started_at.remove(),
        Task.finished_at.remove(),
        Task.error_code.remove(),
        Task.error_message.remove(),
        count,
    )


def _apply(
    update: PreparedUpdate, task_id: str, *, now: datetime | None = None, **values: Any
) -> dict[str, Any]:
    try:
        return update.apply(task_id, {"now": now or datetime.now(UTC), **values})
    except UpdateError as error:
        if is_condition_failure(error):
            raise TaskFinishedError from error
        raise


def _ms_between(start: datetime, end: datetime) -> int:
    # The clocks of two machines may differ by more than a short wait.
    return max(0, round((end - start).total_seconds() * 1000))


_NOW = parameter("now", Task.updated_at)
_WORKER = parameter("worker", Task.worker)

_IS_OPEN = Task.status.is_in(*OPEN_STATUSES)
_SET_FINISHED = (Task.finished_at.set(_NOW), Task.in_flight_since.remove())
_SET_STARTED = (
    *_set_status(TaskStatus.PROCESSING),
    # The message may arrive before its sender has marked the task as queued.
    Task.queued_at.set(Task.queued_at | _NOW),
    Task.started_at.set(_NOW),
    Task.worker.set(_WORKER),
    Task.receive_count.set(parameter("receive_count", Task.receive_count)),
)

_MARK_QUEUED = _prepare(
    Task.status == TaskStatus.AWAITING_UPLOAD,
    *_set_status(TaskStatus.QUEUED),
    Task.queued_at.set(_NOW),
)
_IMAGE_KEY = parameter("image_key", Task.image_key)
_ACCEPT = _prepare(
    (Task.status == TaskStatus.AWAITING_UPLOAD)
    # The second is true if the answer to this same write was lost and botocore sends it again.
    & (Task.image_key.does_not_exist() | (Task.image_key == _IMAGE_KEY)),
    Task.image_key.set(_IMAGE_KEY),
)
_DROP_PICTURE = _prepare(Task.status == TaskStatus.FAILED, Task.image_key.remove())
_EXPIRE = _prepare(
    Task.status == TaskStatus.AWAITING_UPLOAD,
    *_set_status(TaskStatus.EXPIRED),
    *_SET_FINISHED,
)
_RETRY = _prepare_requeue(
    (Task.status == TaskStatus.FAILED) & ~Task.error_code.is_in(*HOPELESS_CODES),
    Task.requeue_count.set(0),
)

# The upload, S3's event and the sweep may each send a message of the same task. If the worker that
# holds the other message dies, that message comes back with a higher receive count.
_START = _prepare(
    _IS_OPEN
    & (
        (Task.status != TaskStatus.PROCESSING)
        | (Task.started_at < parameter("settled", Task.started_at))
        # True if the answer to this same write was lost and botocore sends it again.
        | ((Task.started_at == _NOW) & (Task.worker == _WORKER))
    ),
    *_SET_STARTED,
    returns="ALL_NEW",
)
_RESTART = _prepare(_IS_OPEN, *_SET_STARTED, returns="ALL_NEW")

_SUCCEED = _prepare(
    Task.status == TaskStatus.PROCESSING,
    *_set_status(TaskStatus.SUCCEEDED),
    Task.labels.set(parameter("labels", UnicodeAttribute())),  # Already encoded as JSON
    *(
        attribute.set(parameter(attribute.attr_name, attribute))
        for attribute in (
            Task.properties,
            Task.content_type,
            Task.size_bytes,
            Task.width,
            Task.height,
            Task.sha256,
            Task.models,
            Task.decode_ms,
            Task.inference_ms,
            Task.queued_ms,
            Task.total_ms,
        )
    ),
    *_SET_FINISHED,
)
