"""The bodies of the API's answers."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from pipeline.core.engines import Answer
from pipeline.core.fingerprint import Fingerprint
from pipeline.core.labels import ApiModel, Label, UuidText
from pipeline.core.moderation import ModerationLabel
from pipeline.core.options import Detail, Engine, Feature
from pipeline.core.properties import ImageProperties
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.tasks.version_ids import get_version
from pipeline.core.tasks.versions import find_next
from pipeline.core.text import PictureText, show_text
from pipeline.lambdas.correction_schemas import CorrectionsView, build_corrections_view
from pipeline.lambdas.image_schemas import ImageView, build_image_view
from pipeline.lambdas.languages import name_labels
from pipeline.lambdas.queue_view import SHOWN_AFTER_SECONDS, QueueView
from pipeline.lambdas.result_examples import FINGERPRINT, PROPERTIES, TEXT

EXAMPLE_TASK_ID = "0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55"
TaskId = Annotated[UuidText, Field(description="Id of the task.", examples=[EXAMPLE_TASK_ID])]
_Status = Annotated[TaskStatus, Field(description="Where the task is in its life.")]


class Timings(ApiModel):
    """How long each step took, in milliseconds."""

    queued_ms: int | None = Field(description="Waiting in the queue.", examples=[228])
    decode_ms: float | None = Field(description="Decoding the picture.", examples=[31.2])
    inference_ms: float | None = Field(description="Running the models.", examples=[141.6])
    total_ms: int | None = Field(description="From queueing to the stored result.", examples=[510])


class EngineChoiceView(ApiModel):
    """Who recognises the picture."""

    asked: Engine = Field(description="What the request asked for.", examples=["auto"])
    answer: Answer | None = Field(
        description="Who answered, why and at what cost; null until `succeeded`.",
        examples=[{"by": "rekognition", "reason": "unsure", "costUsd": 0.001}],
    )


class TaskErrorView(ApiModel):
    """Why a task failed."""

    code: str = Field(description="Stable name of the error.")
    message: str = Field(description="What happened and what to do next, for people.")


class NextVersionView(ApiModel):
    """A newer version of a result, which is being made or has failed."""

    version: int = Field(description="Its number.", examples=[2])
    status: _Status = Field(examples=["processing"])
    error: TaskErrorView | None = Field(
        description="Why it failed; null unless `failed`.", examples=[None]
    )


class TaskView(ApiModel):
    """One request to recognise one picture, and its result."""

    task_id: TaskId
    status: _Status = Field(examples=["succeeded"])
    created_at: datetime = Field(
        description="When the upload was requested.", examples=["2026-11-22T12:00:00.104000Z"]
    )
    updated_at: datetime = Field(
        description="When the status last changed.", examples=["2026-11-22T12:00:00.822000Z"]
    )
    queued_at: datetime | None = Field(
        description="When the picture was queued.", examples=["2026-11-22T12:00:00.312000Z"]
    )
    finished_at: datetime | None = Field(
        description="When the task succeeded, failed or expired.",
        examples=["2026-11-22T12:00:00.822000Z"],
    )
    expires_at: datetime = Field(
        description="When picture and result will be deleted.", examples=["2026-12-22T12:00:00Z"]
    )
    file_name: str | None = Field(
        description="Name of the picture, if it was given one.", examples=["cat on a sofa.jpg"]
    )
    reference: str | None = Field(
        description="Your own name for the task, if the upload gave one.", examples=["order-4711"]
    )
    content_type: str = Field(description="Type of the picture.", examples=["image/jpeg"])
    size_bytes: int = Field(description="Size of the picture in bytes.", examples=[2_481_152])
    min_confidence: float = Field(
        description="Labels with less confidence were left out.", examples=[60.0]
    )
    max_labels: int = Field(description="The most labels that were asked for.", examples=[10])
    features: list[Feature] = Field(
        description="What was asked for.", examples=[["labels", "text", "properties"]]
    )
    detail: Detail = Field(
        description="How closely the detector looked: `fast` or `fine`. Workers that are idle may"
        " look closer than was asked, if nobody chose.",
        examples=["fast"],
    )
    engine: EngineChoiceView = Field(description="Who recognises the picture, and why.")
    image: ImageView = Field(description="The picture.")
    version: int = Field(
        description="Which version of the result this is: 1 until the picture is recognised again.",
        examples=[1],
    )
    next_version: NextVersionView | None = Field(
        default=None,
        description="The version that was asked for last, while it is not finished or if it failed."
        " The task keeps its result meanwhile. Always null in lists.",
        examples=[None],
    )
    labels: list[Label] = Field(
        description="What is in the picture, most confident first. Empty until `succeeded`, and if"
        " nothing was recognised. A label that its owner added or renamed has 100."
    )
    local_names: dict[str, str] | None = Field(
        default=None,
        description="What the labels and their parents are called in the language that"
        " `Accept-Language` asks for, by their English names: German (`de`) or Spanish (`es`)."
        " Null in English.",
        examples=[None],
    )
    corrections: CorrectionsView | None = Field(
        description="What its owner corrected, with the labels as the models found them. Null if"
        " nothing was ever corrected.",
        examples=[None],
    )
    properties: ImageProperties | None = Field(
        description="What the picture looks like. Null until `succeeded`, and if `properties` was"
        " not asked for.",
        examples=[PROPERTIES],
    )
    text: PictureText | None = Field(
        description="Lines and words in the picture. Null until `succeeded`, and if `text` was not"
        " asked for. Always null in lists.",
        examples=[TEXT],
    )
    fingerprint: Fingerprint | None = Field(
        description="Numbers that find similar pictures and copies of the same one. Null until"
        " `succeeded`, and if `labels` was not asked for.",
        examples=[FINGERPRINT],
    )
    moderation: list[ModerationLabel] | None = Field(
        description="Unwanted content that Amazon Rekognition found; empty if there is none. Null"
        " until `succeeded`, if it was not asked for, and if Rekognition did not answer.",
        examples=[None],
    )
    models: dict[str, str] = Field(
        description="Name and version of each model that looked at the picture.",
        examples=[{"classifier": "efficientnet_lite3", "detector": "ssd_mobilenet_v2"}],
    )
    timings: Timings = Field(description="How long it took.")
    error: TaskErrorView | None = Field(
        description="Why the task failed; null unless `failed`.", examples=[None]
    )
    queue: QueueView | None = Field(
        default=None,
        description="The place in the queue. Null unless the task has waited for more than"
        f" {SHOWN_AFTER_SECONDS} s, and always null in lists.",
        examples=[None],
    )
    starts_in_seconds: int | None = Field(
        default=None,
        description="About how many seconds until a worker has started. Workers can be asleep while"
        " nothing waits. Null unless the task waits for one, and always null in lists.",
        examples=[None],
    )


NextCursor = Annotated[
    str | None,
    Field(
        description="Send it as `cursor` for the next page; null on the last one.",
        examples=[
            "WyIyMDI2LTExLTIyVDEyOjAwOjAwLjEwNDAwMCswMDAwIiwgIjBmNGMxZjJlLTZhMGYtNGMxMS05ZDBhLTViN"
            "2YzZjBmOGY1NSJd"
        ],
    ),
]


class TaskPage(ApiModel):
    """Some of the caller's tasks, newest first."""

    results: list[TaskView] = Field(description="Tasks, newest first.")
    next_cursor: NextCursor
    notice: str | None = Field(
        None,
        description="What the operators tell all users at the moment, such as a maintenance; null"
        " if there is nothing.",
        examples=["Results take longer than usual tonight. Nothing is lost."],
    )


class TaskState(ApiModel):
    """A task and where it is in its life."""

    task_id: TaskId
    status: _Status = Field(examples=["queued"])


def build_task_view(
    task: Task, store: ImageStore | None, *, is_listed: bool = False, language: str | None = None
) -> TaskView:
    """Show a task to its owner, with a fresh URL of the picture if there is a `store`.

    Args:
        is_listed: Whether it is one of many. Their texts could be too large for an answer.
        language: The language in which it also says what its labels are called; None for English.
    """
    labels = task.get_labels()
    return TaskView(
        task_id=task.task_id,
        status=TaskStatus(task.status),
        created_at=task.created_at,
        updated_at=task.updated_at,
        queued_at=task.queued_at,
        finished_at=task.finished_at,
        expires_at=task.expires_at,
        file_name=task.file_name,
        reference=task.get_reference(),
        content_type=task.content_type,
        size_bytes=task.size_bytes,
        min_confidence=task.min_confidence,
        max_labels=task.max_labels,
        features=list(task.get_features()),
        detail=task.get_detail(),
        engine=build_engine(task),
        image=build_image_view(task, store),
        version=int(task.version or 1),
        labels=labels,
        local_names=name_labels(labels, language),
        corrections=build_corrections_view(task),
        properties=task.get_properties(),
        text=None if is_listed else _show_text(task),
        fingerprint=task.get_fingerprint(),
        moderation=task.get_moderation(),
        models=task.models or {},
        timings=build_timings(task),
        error=build_error(task),
    )


def build_next_version(task: Task) -> NextVersionView | None:
    """Show the version that was asked for last, if the task does not show it."""
    newest = find_next(task)
    if newest is None:
        return None
    return NextVersionView(
        version=get_version(newest.task_id),
        status=TaskStatus(newest.status),
        error=build_error(newest),
    )


def _show_text(task: Task) -> PictureText | None:
    text = task.get_text()
    return None if text is None else show_text(text)


def build_engine(task: Task) -> EngineChoiceView:
    return EngineChoiceView(asked=Engine(task.engine or Engine.SPOTTER), answer=task.get_answer())


def build_error(task: Task) -> TaskErrorView | None:
    if not task.error_code:
        return None
    return TaskErrorView(code=task.error_code, message=task.error_message)


def build_timings(task: Task) -> Timings:
    return Timings(
        queued_ms=task.queued_ms,
        decode_ms=task.decode_ms,
        inference_ms=task.inference_ms,
        total_ms=task.total_ms,
    )
