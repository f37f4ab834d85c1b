"""Shows a task to its owner, as an answer of the API."""

from datetime import UTC, datetime
from typing import Literal

from pipeline.core.doors import Door, is_closed
from pipeline.core.options import Detail
from pipeline.core.storage import (
    URL_LIFETIME,
    ImageStore,
    build_preview_key,
    build_thumbnail_key,
)
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.text import show_text
from pipeline.lambdas.schemas import ImageView, TaskErrorView, TaskView, Timings


def build_task_view(
    task: Task,
    store: ImageStore,
    *,
    is_listed: bool = False,
    starts_in_seconds: int | None = None,
) -> TaskView:
    """Show a task to its owner, with a fresh URL of the picture.

    Args:
        is_listed: Whether it is one of many. Then its text is left out: 100 of them could be
            larger than an answer of Lambda.
        starts_in_seconds: When a worker will have started, if the task waits for one.
    """
    text = None if is_listed else task.get_text()
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
        features=list(task.get_features()),
        detail=Detail(task.detail or Detail.FAST),
        image=_build_image_view(task, store),
        labels=task.get_labels(),
        properties=task.get_properties(),
        text=text and show_text(text),
        fingerprint=task.get_fingerprint(),
        models=task.models or {},
        timings=_build_timings(task),
        error=_build_error(task),
        starts_in_seconds=starts_in_seconds,
    )


def _build_timings(task: Task) -> Timings:
    return Timings(
        queued_ms=task.queued_ms,
        decode_ms=task.decode_ms,
        inference_ms=task.inference_ms,
        total_ms=task.total_ms,
    )


def _build_error(task: Task) -> TaskErrorView | None:
    if not task.error_code:
        return None
    return TaskErrorView(code=task.error_code, message=task.error_message)


def _describe_metadata(task: Task) -> Literal["kept", "removed"]:
    return "removed" if task.strip_metadata else "kept"


def _build_image_view(task: Task, store: ImageStore) -> ImageView:
    # Traffic is the largest part of what a stranger can cost.
    is_shown = task.has_picture() and not is_closed(Door.UPLOADS)
    key = task.image_key if is_shown else None
    return ImageView(
        url=store.create_url(key) if key else None,
        preview_url=store.create_url(build_preview_key(key)) if key and task.has_preview else None,
        thumbnail_url=store.create_url(build_thumbnail_key(key))
        if key and task.has_thumbnail
        else None,
        metadata=_describe_metadata(task) if key else None,
        url_expires_at=datetime.now(UTC) + URL_LIFETIME if key else None,
        width=task.width,
        height=task.height,
    )
