"""What the API says about tasks."""

from datetime import UTC, datetime

from pipeline.core.labels import ApiModel, Label
from pipeline.core.storage import URL_LIFETIME, ImageStore
from pipeline.core.tasks.record import Task, TaskStatus

_WITHOUT_PICTURE = (TaskStatus.AWAITING_UPLOAD, TaskStatus.EXPIRED)


class ImageView(ApiModel):
    """The uploaded picture."""

    url: str | None
    url_expires_at: datetime | None
    width: int | None
    height: int | None


class Timings(ApiModel):
    """How long each step took, in milliseconds."""

    queued_ms: int | None
    decode_ms: float | None
    inference_ms: float | None
    total_ms: int | None


class TaskErrorView(ApiModel):
    """Why a task failed."""

    code: str
    message: str


class TaskView(ApiModel):
    """One request to recognise one picture, and its result."""

    task_id: str
    status: TaskStatus
    created_at: datetime
    updated_at: datetime
    queued_at: datetime | None
    finished_at: datetime | None
    expires_at: datetime
    file_name: str | None
    content_type: str
    size_bytes: int
    min_confidence: float
    max_labels: int
    image: ImageView
    labels: list[Label]
    models: dict[str, str]
    timings: Timings
    error: TaskErrorView | None


class TaskPage(ApiModel):
    """Some of the caller's tasks, newest first."""

    results: list[TaskView]
    next_cursor: str | None


class TaskReference(ApiModel):
    """A task that was accepted."""

    task_id: str


class TaskState(ApiModel):
    """A task and where it is in its life."""

    task_id: str
    status: TaskStatus


class UploadFormView(ApiModel):
    """A signed form: whoever has it may store this one picture until it expires."""

    url: str
    fields: dict[str, str]
    expires_at: datetime


class UploadTicket(ApiModel):
    """A new task and the form for its picture."""

    task_id: str
    upload: UploadFormView


def build_task_view(task: Task, store: ImageStore) -> TaskView:
    """Show a task to its owner, with a fresh URL of the picture."""
    return TaskView(
        task_id=task.task_id,
        status=TaskStatus(task.status),
        created_at=task.created_at,
        updated_at=task.updated_at,
        queued_at=task.queued_at,
        finished_at=task.finished_at,
        expires_at=task.expires_at,
        file_name=task.file_name,
        content_type=task.content_type,
        size_bytes=task.size_bytes,
        min_confidence=task.min_confidence,
        max_labels=task.max_labels,
        image=_build_image_view(task, store),
        labels=task.get_labels(),
        models=task.models or {},
        timings=Timings(
            queued_ms=task.queued_ms,
            decode_ms=task.decode_ms,
            inference_ms=task.inference_ms,
            total_ms=task.total_ms,
        ),
        error=TaskErrorView(code=task.error_code, message=task.error_message)
        if task.error_code
        else None,
    )


def _build_image_view(task: Task, store: ImageStore) -> ImageView:
    has_picture = task.status not in _WITHOUT_PICTURE
    return ImageView(
        url=store.create_url(task.image_key) if has_picture else None,
        url_expires_at=datetime.now(UTC) + URL_LIFETIME if has_picture else None,
        width=task.width,
        height=task.height,
    )
