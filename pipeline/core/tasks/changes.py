"""The conditional writes of a task's record: what each one demands and what it changes.

Only the modules beside it use this one. A write of known shape is built once, at the import, and
its values are parameters.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pynamodb.attributes import Attribute, UnicodeAttribute
from pynamodb.exceptions import UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from pipeline.core.dynamo import is_condition_failure
from pipeline.core.errors import HOPELESS_CODES, PermanentError, TaskFinishedError
from pipeline.core.tasks.prepared import PreparedUpdate, parameter
from pipeline.core.tasks.record import OPEN_STATUSES, Task, TaskStatus, build_list_number

NOW = parameter("now", Task.updated_at)
IS_OPEN = Task.status.is_in(*OPEN_STATUSES)


def prepare(condition: Condition, *actions: Action, returns: str = "NONE") -> PreparedUpdate:
    """An update of a task that exists and fulfils `condition`."""
    return PreparedUpdate(
        Task,
        Task.task_id.exists() & condition,
        [*actions, Task.updated_at.set(NOW)],
        returns=returns,
    )


def set_status(status: TaskStatus) -> tuple[Action, Action]:
    """The only way to change a status: the task moves in the index too."""
    number = build_list_number(status)
    # Records of earlier releases have no `created_us`. They are listed last.
    return Task.status.set(status.value), Task.listed_as.set((Task.created_us | 0) + number)


def apply(
    update: PreparedUpdate, task_id: str, *, now: datetime | None = None, **values: Any
) -> dict[str, Any]:
    """Write it.

    Raises:
        TaskFinishedError: The condition does not hold, or the task was deleted.
    """
    try:
        return update.apply(task_id, {"now": now or datetime.now(UTC), **values})
    except UpdateError as error:
        if is_condition_failure(error):
            raise TaskFinishedError from error
        raise


def prepare_requeue(condition: Condition, *others: Action) -> PreparedUpdate:
    """Set a task back to queued, and forget how it ended."""
    # True if the answer to this same write was lost and botocore sends it again.
    is_repeat = (Task.status == TaskStatus.QUEUED) & (Task.queued_at == NOW)
    return prepare(
        condition | is_repeat,
        *set_status(TaskStatus.QUEUED),
        Task.queued_at.set(NOW),
        Task.unfinished_since.set(NOW),
        Task.started_at.remove(),
        Task.finished_at.remove(),
        Task.error_code.remove(),
        Task.error_message.remove(),
        Task.retrying.remove(),
        *others,
    )


def prepare_failure(
    error: PermanentError, *others: Action, condition: Condition | None = None
) -> PreparedUpdate:
    """Close a task with the code and message of `error`.

    Args:
        condition: What the task must be; open if left out.
    """
    return prepare(
        IS_OPEN if condition is None else condition,
        *set_status(TaskStatus.FAILED),
        Task.error_code.set(error.code),
        Task.error_message.set(str(error)),
        *_SET_FINISHED,
        *others,
    )


_WORKER = parameter("worker", Task.worker)

_SET_FINISHED = (
    Task.finished_at.set(NOW),
    Task.unfinished_since.remove(),
    Task.retrying.remove(),
)
_SET_STARTED = (
    *set_status(TaskStatus.PROCESSING),
    # The message may arrive before its sender has marked the task as queued.
    Task.queued_at.set(Task.queued_at | NOW),
    Task.started_at.set(NOW),
    Task.worker.set(_WORKER),
    Task.worker_version.set(parameter("version", Task.worker_version)),
    Task.receive_count.set(parameter("receive_count", Task.receive_count)),
)

MARK_QUEUED = prepare(
    Task.status == TaskStatus.AWAITING_UPLOAD,
    *set_status(TaskStatus.QUEUED),
    Task.queued_at.set(NOW),
)
_IMAGE_KEY = parameter("image_key", Task.image_key)
ACCEPT = prepare(
    (Task.status == TaskStatus.AWAITING_UPLOAD)
    # The second is true if the answer to this same write was lost and botocore sends it again.
    & (Task.image_key.does_not_exist() | (Task.image_key == _IMAGE_KEY)),
    Task.image_key.set(_IMAGE_KEY),
)
DROP_PICTURE = prepare(Task.status == TaskStatus.FAILED, Task.image_key.remove())
EXPIRE = prepare(
    Task.status == TaskStatus.AWAITING_UPLOAD,
    *set_status(TaskStatus.EXPIRED),
    *_SET_FINISHED,
)
RETRY = prepare_requeue(
    (Task.status == TaskStatus.FAILED)
    & ~Task.error_code.is_in(*HOPELESS_CODES)
    & Task.image_key.exists(),  # A task that was cancelled before its picture came has none
    Task.requeue_count.set(0),
)

# The upload, S3's event and the sweep may each send a message of the same task. If the worker that
# holds the other message dies, that message comes back with a higher receive count.
START = prepare(
    IS_OPEN
    & (
        (Task.status != TaskStatus.PROCESSING)
        | (Task.started_at < parameter("settled", Task.started_at))
        # True if the answer to this same write was lost and botocore sends it again.
        | ((Task.started_at == NOW) & (Task.worker == _WORKER))
    ),
    *_SET_STARTED,
    returns="ALL_NEW",
)
# The old values tell what became of the delivery before.
RESTART = prepare(IS_OPEN, *_SET_STARTED, returns="ALL_OLD")

_RESULT = (
    Task.properties,
    Task.text,
    Task.fingerprint,
    Task.moderation,
    Task.answer,
    Task.content_type,
    Task.size_bytes,
    Task.width,
    Task.height,
    Task.sha256,
    Task.models,
    Task.looked,
    Task.decode_ms,
    Task.inference_ms,
    Task.queued_ms,
    Task.total_ms,
    Task.has_preview,
    Task.has_thumbnail,
)
_OPTIONS = (
    Task.min_confidence,
    Task.max_labels,
    Task.features,
    Task.detail,
    Task.engine,
    Task.chosen_models,
)
_RUN = (Task.queued_at, Task.started_at, Task.worker, Task.worker_version, Task.receive_count)


def _set_given(*attributes: Attribute[Any]) -> list[Action]:
    return [each.set(parameter(each.attr_name, each)) for each in attributes]


_SET_RESULT = (
    Task.labels.set(parameter("labels", UnicodeAttribute())),  # Already encoded as JSON
    *_set_given(*_RESULT),
)
_SET_SUCCEEDED = (*set_status(TaskStatus.SUCCEEDED), *_SET_RESULT, *_SET_FINISHED)

SUCCEED = prepare(Task.status == TaskStatus.PROCESSING, *_SET_SUCCEEDED)

# A stored version leaves all lists: its task shows it.
SUCCEED_VERSION = prepare(
    Task.status == TaskStatus.PROCESSING, *_SET_SUCCEEDED, Task.created_at.remove()
)
_NUMBER = parameter("number", Task.version)
SHOW_VERSION = prepare(
    (Task.status == TaskStatus.SUCCEEDED)
    & (Task.version.does_not_exist() | (Task.version < _NUMBER)),
    Task.version.set(_NUMBER),
    Task.finished_at.set(NOW),
    *_SET_RESULT,
    *_set_given(*_OPTIONS, *_RUN),
)
SHOWN_BY_VERSION = (Task.version, Task.finished_at, Task.labels, *_RESULT, *_OPTIONS, *_RUN)
"""What a task takes over from its newest version: all that `SHOW_VERSION` sets."""
