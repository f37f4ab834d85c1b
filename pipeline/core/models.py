"""The task record in DynamoDB. Only this module changes a task's status."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4

from pydantic import TypeAdapter
from pynamodb.attributes import (
    JSONAttribute,
    NumberAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.exceptions import PutError, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from pipeline.core.clients import MAX_CONNECTIONS
from pipeline.core.errors import (
    PermanentError,
    TaskFinishedError,
    TaskNotFoundError,
    TaskNotRetryableError,
)
from pipeline.core.indexes import InFlightIndex, OwnerIndex, StatusIndex
from pipeline.core.labels import Label
from pipeline.core.settings import FORM_LIFETIME, RETENTION, VISIBILITY_SECONDS, settings
from pipeline.core.updates import PreparedUpdate, parameter

_LABELS = TypeAdapter(list[Label])


class TaskStatus(StrEnum):
    """Where a task is in its life."""

    AWAITING_UPLOAD = "awaiting_upload"  # Saved; the picture is not known to be in storage
    QUEUED = "queued"  # Its message was sent
    PROCESSING = "processing"  # A worker holds its message
    SUCCEEDED = "succeeded"  # Final: `labels` is complete
    FAILED = "failed"  # `error_code` says why; a retry revives it
    EXPIRED = "expired"  # No picture came


OPEN_STATUSES = (TaskStatus.AWAITING_UPLOAD, TaskStatus.QUEUED, TaskStatus.PROCESSING)
"""A delivery may work on these. `awaiting_upload` too: the message can be faster than the mark."""


@dataclass(frozen=True)
class TaskResult:
    """What a worker found in one picture."""

    labels: Sequence[Label]
    width: int  # Pixels of the upright picture
    height: int
    sha256: str  # Of the uploaded bytes, hexadecimal
    models: Mapping[str, str]  # Role (classifier, detector) to name and version
    decode_ms: float
    inference_ms: float


class Task(Model):
    """One request to recognise one image."""

    class Meta:
        table_name = settings.tasks_table
        region = settings.aws_region
        billing_mode = "PAY_PER_REQUEST"
        connect_timeout_seconds = 2
        read_timeout_seconds = 5
        max_retry_attempts = 4
        max_pool_connections = MAX_CONNECTIONS

    task_id = UnicodeAttribute(hash_key=True, default_for_new=lambda: str(uuid4()))
    owner_id = UnicodeAttribute()
    """Cognito's `sub` of the user."""
    status = UnicodeAttribute(default_for_new=TaskStatus.AWAITING_UPLOAD.value)
    created_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    updated_at = UTCDateTimeAttribute(default_for_new=lambda: datetime.now(UTC))
    expires_at = TTLAttribute(default_for_new=RETENTION)
    in_flight_since = UTCDateTimeAttribute(null=True, default_for_new=lambda: datetime.now(UTC))
    """Since it was asked for or retried; gone when it is finished."""

    image_key = UnicodeAttribute()
    content_type = UnicodeAttribute()
    size_bytes = NumberAttribute()
    file_name = UnicodeAttribute(null=True)
    min_confidence = NumberAttribute()
    max_labels = NumberAttribute()
    request_hash = UnicodeAttribute(null=True)
    """Of the request that came with an Idempotency-Key, to notice the key's reuse."""

    queued_at = UTCDateTimeAttribute(null=True)
    started_at = UTCDateTimeAttribute(null=True)
    finished_at = UTCDateTimeAttribute(null=True)
    receive_count = NumberAttribute(null=True)
    requeue_count = NumberAttribute(default_for_new=0)
    """How often the sweep had to send its message again."""
    worker = UnicodeAttribute(null=True)

    labels = JSONAttribute(null=True)
    width = NumberAttribute(null=True)
    height = NumberAttribute(null=True)
    sha256 = UnicodeAttribute(null=True)
    models = JSONAttribute(null=True)
    queued_ms = NumberAttribute(null=True)
    decode_ms = NumberAttribute(null=True)
    inference_ms = NumberAttribute(null=True)
    total_ms = NumberAttribute(null=True)
    """From the first queueing to the stored result."""
    error_code = UnicodeAttribute(null=True)
    error_message = UnicodeAttribute(null=True)

    by_owner = OwnerIndex()
    by_status = StatusIndex()
    in_flight = InFlightIndex()

    @classmethod
    def get_owned(cls, task_id: str, owner_id: str) -> Task:
        """Read a task of this owner.

        Raises:
            TaskNotFoundError: There is none, or it belongs to somebody else.
        """
        try:
            task = cls.get(task_id, consistent_read=True)
        except cls.DoesNotExist as error:
            raise TaskNotFoundError from error
        if task.owner_id != owner_id:
            raise TaskNotFoundError
        return task

    @classmethod
    def count_in_flight(cls, owner_id: str, limit: int) -> int:
        """How many tasks of this owner are unfinished, counted up to `limit`.

        No counter that a crash could leave wrong: the index follows the tasks themselves, a few
        milliseconds behind. Without the oldest: nobody can send a picture by an old form any
        more, and no task that something forgot to finish may lock its owner out.
        """
        recent = cls.in_flight_since > datetime.now(UTC) - FORM_LIFETIME
        return cls.in_flight.count(owner_id, recent, limit=limit)

    @classmethod
    def start(cls, task_id: str, *, worker: str, receive_count: int) -> StartedTask:
        """Mark a task as in work, also when an earlier worker died on it.

        Raises:
            TaskFinishedError: It has a final status or was deleted, or a worker has just begun it
                with another message: whoever was faster.
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
        # Not as a Task: to read an item into a model is half of a start.
        return StartedTask(
            task_id=task_id,
            image_key=stored[cls.image_key.attr_name]["S"],
            min_confidence=float(stored[cls.min_confidence.attr_name]["N"]),
            max_labels=int(stored[cls.max_labels.attr_name]["N"]),
            queued_at=cls.queued_at.deserialize(stored[cls.queued_at.attr_name]["S"]),
            started_at=now,
        )

    def insert(self) -> bool:
        """Save a new task; one of the same id that has expired makes room.

        Returns:
            False if a task with this id exists; it stays as it is.
        """
        is_free = Task.task_id.does_not_exist() | (Task.status == TaskStatus.EXPIRED)
        try:
            self.save(condition=is_free)
        except PutError as error:
            if _is_condition_failure(error):
                return False
            raise
        return True

    def mark_queued(self) -> bool:
        """Note that the message was sent.

        Returns:
            False if the task is further already.
        """
        try:
            self._write(
                Task.status == TaskStatus.AWAITING_UPLOAD,
                Task.status.set(TaskStatus.QUEUED.value),
                Task.queued_at.set(datetime.now(UTC)),
            )
        except TaskFinishedError:
            return False
        return True

    def fail(self, error: PermanentError) -> None:
        """Store why the task failed.

        Raises:
            TaskFinishedError: Another delivery finished it first, or it was deleted.
        """
        now = datetime.now(UTC)
        times: list[Action] = []
        if self.queued_at:
            times.append(Task.total_ms.set(_ms_between(self.queued_at, now)))
            if self.started_at:
                times.append(Task.queued_ms.set(_ms_between(self.queued_at, self.started_at)))
        self._write(
            Task.status.is_in(*OPEN_STATUSES),
            Task.status.set(TaskStatus.FAILED.value),
            Task.error_code.set(error.code),
            Task.error_message.set(str(error)),
            Task.finished_at.set(now),
            Task.in_flight_since.remove(),
            *times,
        )

    def retry(self) -> None:
        """Put a failed task back to queued; the caller sends its message.

        In this order, because a message that comes first would find a failed task and be
        dropped. A crash between the two is healed by the sweep.

        Raises:
            TaskNotRetryableError: The task has not failed, or was deleted.
        """
        try:
            self._requeue(Task.status == TaskStatus.FAILED, Task.requeue_count.set(0))
        except TaskFinishedError as error:
            raise TaskNotRetryableError from error

    def requeue(self) -> None:
        """Note that the message of a stuck task is sent again.

        Raises:
            TaskFinishedError: It moved meanwhile: nothing is to be sent.
        """
        self._requeue(
            Task.status.is_in(TaskStatus.QUEUED, TaskStatus.PROCESSING)
            & (Task.updated_at == self.updated_at),
            # Not add(1), which a repeated write would count twice.
            Task.requeue_count.set(int(self.requeue_count or 0) + 1),
        )

    def expire(self) -> None:
        """Close a task whose picture never came.

        Raises:
            TaskFinishedError: The picture came after all, or the task was deleted.
        """
        self._write(
            Task.status == TaskStatus.AWAITING_UPLOAD,
            Task.status.set(TaskStatus.EXPIRED.value),
            Task.finished_at.set(datetime.now(UTC)),
            Task.in_flight_since.remove(),
        )

    def get_labels(self) -> list[Label]:
        """The stored labels, most confident first; empty before success."""
        return _LABELS.validate_python(self.labels or [])

    def _requeue(self, condition: Condition, *actions: Action) -> None:
        now = datetime.now(UTC)
        # This very write: its answer got lost and botocore sent it again.
        is_repeat = (Task.status == TaskStatus.QUEUED) & (Task.queued_at == now)
        self._write(
            condition | is_repeat,
            Task.status.set(TaskStatus.QUEUED.value),
            Task.queued_at.set(now),
            Task.in_flight_since.set(now),
            Task.started_at.remove(),
            Task.finished_at.remove(),
            Task.error_code.remove(),
            Task.error_message.remove(),
            *actions,
        )

    def _write(self, condition: Condition, *actions: Action) -> None:
        """Apply `actions` if the task still exists and `condition` holds.

        Raises:
            TaskFinishedError: It was deleted or the condition does not hold.
        """
        with _noticing_finished():
            self.update(
                actions=[*actions, Task.updated_at.set(datetime.now(UTC))],
                condition=Task.task_id.exists() & condition,
            )


@dataclass(frozen=True)
class StartedTask:
    """What recognising a task needs of it, and its two ends."""

    task_id: str
    image_key: str
    min_confidence: float
    max_labels: int
    queued_at: datetime
    started_at: datetime

    def succeed(self, result: TaskResult) -> None:
        """Store the result and close the task for good.

        Raises:
            TaskFinishedError: Another delivery finished it first, or it was deleted.
        """
        now = datetime.now(UTC)
        _apply(
            _SUCCEED,
            self.task_id,
            now=now,
            labels=encode_labels(result.labels),
            width=result.width,
            height=result.height,
            sha256=result.sha256,
            models=dict(result.models),
            decode_ms=round(result.decode_ms, 1),
            inference_ms=round(result.inference_ms, 1),
            queued_ms=_ms_between(self.queued_at, self.started_at),
            total_ms=_ms_between(self.queued_at, now),
        )

    def fail(self, error: PermanentError) -> None:
        """Store why the task failed.

        Raises:
            TaskFinishedError: Another delivery finished it first, or it was deleted.
        """
        Task(self.task_id, queued_at=self.queued_at, started_at=self.started_at).fail(error)


def encode_labels(labels: Sequence[Label]) -> str:
    """Labels as they are stored and sent: JSON in camelCase."""
    return _LABELS.dump_json(list(labels), by_alias=True).decode()


def _prepare(condition: Condition, *actions: Action, returns: str = "NONE") -> PreparedUpdate:
    """What is written for each picture: the same as `Task._write`, with parameters."""
    return PreparedUpdate(
        Task,
        Task.task_id.exists() & condition,
        [*actions, Task.updated_at.set(_NOW)],
        returns=returns,
    )


def _apply(update: PreparedUpdate, task_id: str, **values: Any) -> dict[str, Any]:
    with _noticing_finished():
        return update.apply(task_id, values)


@contextmanager
def _noticing_finished() -> Iterator[None]:
    """Tell by TaskFinishedError that a condition did not hold.

    SQS delivers at least once, so two workers may hold the same task: the first result wins.
    Every condition has exists(), or an update would recreate a deleted task.
    """
    try:
        yield
    except UpdateError as error:
        if _is_condition_failure(error):
            raise TaskFinishedError from error
        raise


def _is_condition_failure(error: PutError | UpdateError) -> bool:
    return error.cause_response_code == "ConditionalCheckFailedException"


def _ms_between(start: datetime, end: datetime) -> int:
    # Clocks of two machines may differ by more than a short wait.
    return max(0, round((end - start).total_seconds() * 1000))


_NOW = parameter("now", Task.updated_at)
_WORKER = parameter("worker", Task.worker)

_IS_OPEN = Task.status.is_in(*OPEN_STATUSES)
_SET_STARTED = (
    Task.status.set(TaskStatus.PROCESSING.value),
    # The message may have been faster than the mark of its sender.
    Task.queued_at.set(Task.queued_at | _NOW),
    Task.started_at.set(_NOW),
    Task.worker.set(_WORKER),
    Task.receive_count.set(parameter("receive_count", Task.receive_count)),
)

# Upload, S3's event and the sweep may each send a message of the same task. That of the other
# worker comes back if it dies, with a higher count.
_START = _prepare(
    _IS_OPEN
    & (
        (Task.status != TaskStatus.PROCESSING)
        | (Task.started_at < parameter("settled", Task.started_at))
        # This very write: its answer got lost and it was sent again.
        | ((Task.started_at == _NOW) & (Task.worker == _WORKER))
    ),
    *_SET_STARTED,
    returns="ALL_NEW",
)
_RESTART = _prepare(_IS_OPEN, *_SET_STARTED, returns="ALL_NEW")

_SUCCEED = _prepare(
    Task.status == TaskStatus.PROCESSING,
    Task.status.set(TaskStatus.SUCCEEDED.value),
    Task.labels.set(parameter("labels", UnicodeAttribute())),  # They come as JSON already
    *(
        attribute.set(parameter(attribute.attr_name, attribute))
        for attribute in (
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
    Task.finished_at.set(_NOW),
    Task.in_flight_since.remove(),
)
