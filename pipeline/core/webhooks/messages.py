"""What a webhook is told: the bodies of its calls.

They are small. The whole result, with boxes, is at `GET /results/{taskId}`.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Literal

from pydantic import Field

from pipeline.core.exports.record import Export, ExportFormat, ExportStatus
from pipeline.core.labels import ApiModel, Confidence, UuidText
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.webhooks.record import TEST_EVENT, EventType, Webhook

_TASK_ID = "0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55"
_EXPORT_ID = "5b1c7c1e-3f0c-4b53-8a0e-6f1b2f1f9c11"
_WEBHOOK_ID = "8d5a3f0b-2c47-4c1e-b7de-3f0a6d1f2b44"


class WebhookLabel(ApiModel):
    """A label of a result."""

    name: str = Field(description="What was found.", examples=["cat"])
    confidence: Confidence = Field(description="How sure, 0 to 100.", examples=[97.4])


class WebhookError(ApiModel):
    """Why something failed."""

    code: str = Field(description="Stable name of the error.", examples=["unreadable_image"])
    message: str = Field(
        description="What happened and what to do next, for people.",
        examples=["The picture is damaged or incomplete. Export or upload it again."],
    )


class TaskNews(ApiModel):
    """A finished task."""

    task_id: UuidText = Field(
        description="Id of the task. `GET /results/{taskId}` has all of it.", examples=[_TASK_ID]
    )
    reference: str | None = Field(
        description="Your own name for the task; null without one.", examples=["order-4711"]
    )
    file_name: str | None = Field(
        description="Name of the picture; null without one.", examples=["cat on a sofa.jpg"]
    )
    status: Literal[TaskStatus.SUCCEEDED, TaskStatus.FAILED] = Field(
        description="`succeeded` or `failed`.", examples=["succeeded"]
    )
    labels: list[WebhookLabel] = Field(
        description="What was found, most confident first; empty if the task failed."
    )
    error: WebhookError | None = Field(
        description="Why it failed; null if it succeeded.", examples=[None]
    )
    created_at: datetime = Field(
        description="When the picture was sent.", examples=["2026-11-22T12:00:00.104000Z"]
    )
    finished_at: datetime = Field(
        description="When the task was finished.", examples=["2026-11-22T12:00:00.612000Z"]
    )


class ExportNews(ApiModel):
    """A finished export."""

    export_id: UuidText = Field(
        description="Id of the export. `GET /exports/{exportId}` has the address of its file.",
        examples=[_EXPORT_ID],
    )
    format: ExportFormat = Field(description="What it holds.", examples=["csv"])
    status: Literal[ExportStatus.SUCCEEDED, ExportStatus.FAILED] = Field(
        description="`succeeded` or `failed`.", examples=["succeeded"]
    )
    photos: int = Field(description="Photos that are in the file.", examples=[108])
    size_bytes: int = Field(description="Bytes of the file.", examples=[48_112])
    error: WebhookError | None = Field(
        description="Why it failed; null if it succeeded.", examples=[None]
    )
    expires_at: datetime = Field(
        description="When the file is deleted.", examples=["2026-11-23T12:00:00.104000Z"]
    )


class TestNews(ApiModel):
    """A test."""

    webhook_id: UuidText = Field(description="Id of the webhook.", examples=[_WEBHOOK_ID])


class _Message(ApiModel):
    """What every message has."""

    timestamp: datetime = Field(
        description="When it happened.", examples=["2026-11-22T12:00:00.612000Z"]
    )


class TaskSucceededMessage(_Message):
    """A picture was recognised."""

    type: Literal[EventType.TASK_SUCCEEDED] = Field(
        description="The event.", examples=["task.succeeded"]
    )
    data: TaskNews = Field(description="The task.")


class TaskFailedMessage(_Message):
    """A picture could not be recognised, or its task was cancelled."""

    type: Literal[EventType.TASK_FAILED] = Field(description="The event.", examples=["task.failed"])
    data: TaskNews = Field(description="The task.")


class ExportFinishedMessage(_Message):
    """An export succeeded or failed."""

    type: Literal[EventType.EXPORT_FINISHED] = Field(
        description="The event.", examples=["export.finished"]
    )
    data: ExportNews = Field(description="The export.")


class TestMessage(_Message):
    """Somebody tries the webhook. It says nothing about any picture."""

    type: Literal["webhook.test"] = Field(description="The event.", examples=["webhook.test"])
    data: TestNews = Field(description="The webhook.")


Message = TaskSucceededMessage | TaskFailedMessage | ExportFinishedMessage | TestMessage

MESSAGES: dict[str, type[Message]] = {
    EventType.TASK_SUCCEEDED.value: TaskSucceededMessage,
    EventType.TASK_FAILED.value: TaskFailedMessage,
    EventType.EXPORT_FINISHED.value: ExportFinishedMessage,
    TEST_EVENT: TestMessage,
}
"""The body of each event."""

EVENTS_OF_TASKS = {
    TaskStatus.SUCCEEDED: EventType.TASK_SUCCEEDED,
    TaskStatus.FAILED: EventType.TASK_FAILED,
}
"""The event of a finished task. A task that expired never had a picture, so nobody waits for it."""


def build_task_message(task: Task) -> Message | None:
    """What there is to tell of a finished task; None if nothing."""
    event = EVENTS_OF_TASKS.get(TaskStatus(task.status))
    if event is None:
        return None
    finished_at = task.finished_at or task.updated_at
    news = TaskNews(
        task_id=task.task_id,
        reference=task.get_reference(),
        file_name=task.file_name,
        status=TaskStatus(task.status),
        labels=[
            WebhookLabel(name=label.name, confidence=label.confidence)
            for label in task.get_found_labels()
        ],
        error=_build_error(task.error_code, task.error_message),
        created_at=task.created_at,
        finished_at=finished_at,
    )
    kind = TaskSucceededMessage if event == EventType.TASK_SUCCEEDED else TaskFailedMessage
    return kind(type=event, timestamp=finished_at, data=news)


def build_export_message(export: Export) -> Message:
    """What there is to tell of a finished export."""
    news = ExportNews(
        export_id=export.export_id,
        format=ExportFormat(export.format),
        status=ExportStatus(export.status),
        photos=export.photos,
        size_bytes=export.size_bytes,
        error=_build_error(export.error_code, export.error_message),
        expires_at=export.expires_at,
    )
    moment = export.finished_at or export.updated_at
    return ExportFinishedMessage(type=EventType.EXPORT_FINISHED, timestamp=moment, data=news)


def build_test_message(webhook: Webhook) -> Message:
    """A test of this webhook, now."""
    news = TestNews(webhook_id=webhook.webhook_id)
    return TestMessage(type=TEST_EVENT, timestamp=datetime.now(UTC), data=news)


def _build_error(code: str | None, message: str | None) -> WebhookError | None:
    return WebhookError(code=code, message=message or "") if code else None
