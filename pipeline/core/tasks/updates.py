"""The conditional writes behind `transitions`: what each one demands and what it changes.

A write of known shape is built once, at the import. Its values are parameters.
"""

from __future__ import annotations

from collections.abc import Sequence

from pynamodb.attributes import UnicodeAttribute
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from pipeline.core.errors import HOPELESS_CODES, PermanentError
from pipeline.core.tasks.prepared import PreparedUpdate, parameter
from pipeline.core.tasks.record import OPEN_STATUSES, Task, TaskStatus, build_list_number

_NOW = parameter("now", Task.updated_at)
_WORKER = parameter("worker", Task.worker)


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


def prepare_requeue(condition: Condition, count: Action) -> PreparedUpdate:
    """Set a task back to queued, and forget how it ended.

    Args:
        count: Sets how often the task was sent again.
    """
    # True if the answer to this same write was lost and botocore sends it again.
    is_repeat = (Task.status == TaskStatus.QUEUED) & (Task.queued_at == _NOW)
    return _prepare(
        condition | is_repeat,
        *_set_status(TaskStatus.QUEUED),
        Task.queued_at.set(_NOW),
        Task.unfinished_since.set(_NOW),
        Task.started_at.remove(),
        Task.finished_at.remove(),
        Task.error_code.remove(),
        Task.error_message.remove(),
        count,
    )


def prepare_failure(error: PermanentError, times: Sequence[Action]) -> PreparedUpdate:
    """Close an open task with the code and message of `error`."""
    return _prepare(
        _IS_OPEN,
        *_set_status(TaskStatus.FAILED),
        Task.error_code.set(error.code),
        Task.error_message.set(str(error)),
        *_SET_FINISHED,
        *times,
    )


_IS_OPEN = Task.status.is_in(*OPEN_STATUSES)
_SET_FINISHED = (Task.finished_at.set(_NOW), Task.unfinished_since.remove())
_SET_STARTED = (
    *_set_status(TaskStatus.PROCESSING),
    # The message may arrive before its sender has marked the task as queued.
    Task.queued_at.set(Task.queued_at | _NOW),
    Task.started_at.set(_NOW),
    Task.worker.set(_WORKER),
    Task.receive_count.set(parameter("receive_count", Task.receive_count)),
)

MARK_QUEUED = _prepare(
    Task.status == TaskStatus.AWAITING_UPLOAD,
    *_set_status(TaskStatus.QUEUED),
    Task.queued_at.set(_NOW),
)
_IMAGE_KEY = parameter("image_key", Task.image_key)
ACCEPT = _prepare(
    (Task.status == TaskStatus.AWAITING_UPLOAD)
    # The second is true if the answer to this same write was lost and botocore sends it again.
    & (Task.image_key.does_not_exist() | (Task.image_key == _IMAGE_KEY)),
    Task.image_key.set(_IMAGE_KEY),
)
DROP_PICTURE = _prepare(Task.status == TaskStatus.FAILED, Task.image_key.remove())
EXPIRE = _prepare(
    Task.status == TaskStatus.AWAITING_UPLOAD,
    *_set_status(TaskStatus.EXPIRED),
    *_SET_FINISHED,
)
RETRY = prepare_requeue(
    (Task.status == TaskStatus.FAILED) & ~Task.error_code.is_in(*HOPELESS_CODES),
    Task.requeue_count.set(0),
)

# The upload, S3's event and the sweep may each send a message of the same task. If the worker that
# holds the other message dies, that message comes back with a higher receive count.
START = _prepare(
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
RESTART = _prepare(_IS_OPEN, *_SET_STARTED, returns="ALL_NEW")

SUCCEED = _prepare(
    Task.status == TaskStatus.PROCESSING,
    *_set_status(TaskStatus.SUCCEEDED),
    Task.labels.set(parameter("labels", UnicodeAttribute())),  # Already encoded as JSON
    *(
        attribute.set(parameter(attribute.attr_name, attribute))
        for attribute in (
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
