"""The bodies of requests and answers about versions of a result."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from pipeline.core.label_changes import Kind, LabelChange, compare_labels
from pipeline.core.labels import ApiModel, Label
from pipeline.core.moderation import ModerationLabel
from pipeline.core.options import MOST_MODELS, Detail, Engine, Feature, Options, sort_features
from pipeline.core.properties import ImageProperties
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.tasks.version_ids import get_version
from pipeline.core.tasks.versions import get_options
from pipeline.core.text import MAX_LINES, PictureText, show_text
from pipeline.lambdas.numbers import WHOLE, round_confidence
from pipeline.lambdas.result_examples import PROPERTIES, TEXT
from pipeline.lambdas.schemas import (
    EngineChoiceView,
    TaskErrorView,
    TaskId,
    Timings,
    build_engine,
    build_error,
    build_timings,
)
from pipeline.lambdas.upload_request import LABELS_LIMIT, ModelName

MOST_LINES = 5 * MAX_LINES
"""Lines of text in one answer. Twenty texts could be larger than Lambda can answer."""

_AS_BEFORE = "As for the version that the task shows if left out."


class VersionRequest(ApiModel):
    """What to look for this time. What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    features: tuple[Feature, ...] | None = Field(
        None,
        description=f"What to look for, as for `POST /upload`. {_AS_BEFORE}",
        examples=[["labels", "text"]],
        min_length=1,
    )
    detail: Detail | None = Field(
        None, description=f"How closely to look. {_AS_BEFORE}", examples=["fine"]
    )
    engine: Engine | None = Field(
        None, description=f"Who recognises the picture. {_AS_BEFORE}", examples=["spotter"]
    )
    chosen_models: tuple[ModelName, ...] | None = Field(
        None,
        alias="models",
        description=f"Which models look for labels. {_AS_BEFORE}",
        examples=[["spotter"]],
        min_length=1,
        max_length=MOST_MODELS,
    )
    min_confidence: Annotated[float, Field(ge=0, le=100)] | None = Field(
        None,
        description=f"Leave out labels with less confidence, 0 to 100. {_AS_BEFORE}",
        examples=[30],
    )
    max_labels: Annotated[int, Field(ge=1, le=LABELS_LIMIT), WHOLE] | None = Field(
        None, description=f"The most labels to return, best first. {_AS_BEFORE}", examples=[20]
    )

    def fill_in(self, task: Task) -> Options:
        """All options of the new version."""
        before = get_options(task)
        least = before.min_confidence if self.min_confidence is None else self.min_confidence
        models = self.chosen_models
        return Options(
            min_confidence=round_confidence(least),
            max_labels=before.max_labels if self.max_labels is None else self.max_labels,
            features=sort_features(self.features or before.features),
            detail=self.detail or before.detail,
            engine=self.engine or before.engine,
            chosen_models=before.chosen_models if models is None else tuple(sorted(set(models))),
        )


class VersionState(ApiModel):
    """A version and how far it is."""

    task_id: TaskId
    version: int = Field(description="Number of the version.", examples=[2])
    status: TaskStatus = Field(description="Where the version is in its life.", examples=["queued"])


class ConfidenceChange(ApiModel):
    """A label that both versions have."""

    name: str = Field(description="Name of the label.", examples=["dog"])
    before: float = Field(description="Confidence in the earlier version.", examples=[71.4])
    after: float = Field(description="Confidence in this version.", examples=[88.2])
    places_before: int = Field(description="Boxes in the earlier version.", examples=[1])
    places_after: int = Field(description="Boxes in this version.", examples=[3])


class VersionChanges(ApiModel):
    """How the labels of a version differ from those of an earlier one."""

    since: int = Field(description="Number of the earlier version.", examples=[1])
    new: list[str] = Field(
        description="Names that the earlier version lacks.", examples=[["leash"]]
    )
    gone: list[str] = Field(description="Names that only the earlier version has.", examples=[[]])
    changed: list[ConfidenceChange] = Field(
        description="Labels with another confidence or another number of boxes."
    )


class VersionView(ApiModel):
    """One version of a result."""

    version: int = Field(description="Its number.", examples=[2])
    status: TaskStatus = Field(
        description="Where the version is in its life.", examples=["succeeded"]
    )
    asked_at: datetime | None = Field(
        description="When it was queued.", examples=["2026-11-22T12:00:00.312000Z"]
    )
    finished_at: datetime | None = Field(
        description="When it succeeded or failed.", examples=["2026-11-22T12:00:00.822000Z"]
    )
    features: list[Feature] = Field(description="What it looked for.", examples=[["labels"]])
    detail: Detail = Field(description="How closely it looked.", examples=["fine"])
    min_confidence: float = Field(
        description="Labels with less confidence were left out.", examples=[50]
    )
    max_labels: int = Field(description="The most labels that were asked for.", examples=[20])
    engine: EngineChoiceView = Field(description="Who recognised the picture, and why.")
    models: dict[str, str] = Field(
        description="Name and version of each model.",
        examples=[{"classifier": "efficientnet_lite3", "detector": "ssd_mobilenet_v2"}],
    )
    labels: list[Label] = Field(
        description="What the models found, without corrections. Empty until `succeeded`."
    )
    text: PictureText | None = Field(
        description="Lines and words in the picture. Null until `succeeded`, if `text` was not"
        f" asked for, and where this and newer versions have more than {MOST_LINES} lines.",
        examples=[TEXT],
    )
    properties: ImageProperties | None = Field(
        description="What the picture looks like. Null until `succeeded`, and if `properties` was"
        " not asked for.",
        examples=[PROPERTIES],
    )
    moderation: list[ModerationLabel] | None = Field(
        description="Unwanted content that Amazon Rekognition found, as in the task.",
        examples=[None],
    )
    timings: Timings = Field(description="How long it took.")
    changes: VersionChanges | None = Field(
        description="What differs from the version before it that succeeded. Null for the first"
        " one, and until `succeeded`.",
        examples=[{"since": 1, "new": ["leash"], "gone": [], "changed": []}],
    )
    error: TaskErrorView | None = Field(
        description="Why it failed; null unless `failed`.", examples=[None]
    )


class VersionList(ApiModel):
    """All versions of a result."""

    versions: list[VersionView] = Field(description="The versions, newest first.")


def build_version_list(records: Sequence[Task]) -> VersionList:
    """Show versions with what changed from each to the next.

    Args:
        records: Newest first.
    """
    done = [each for each in records if each.status == TaskStatus.SUCCEEDED]
    before = dict(zip((each.task_id for each in done), done[1:], strict=False))
    texts = _show_texts(records)
    return VersionList(
        versions=[_build_view(each, before.get(each.task_id), texts) for each in records]
    )


def _show_texts(records: Sequence[Task]) -> dict[str, PictureText]:
    """The texts by id of the record, the newest first, as long as there is room."""
    texts, room = {}, MOST_LINES
    for record in records:
        if text := record.get_text():
            room -= len(text.lines)
            if room >= 0:
                texts[record.task_id] = show_text(text)
    return texts


def _build_view(record: Task, before: Task | None, texts: Mapping[str, PictureText]) -> VersionView:
    return VersionView(
        version=get_version(record.task_id),
        status=TaskStatus(record.status),
        asked_at=record.queued_at,
        finished_at=record.finished_at,
        features=list(record.get_features()),
        detail=record.get_detail(),
        min_confidence=record.min_confidence,
        max_labels=record.max_labels,
        engine=build_engine(record),
        models=record.models or {},
        labels=record.get_found_labels(),
        text=texts.get(record.task_id),
        properties=record.get_properties(),
        moderation=record.get_moderation(),
        timings=build_timings(record),
        changes=_build_changes(record, before) if before else None,
        error=build_error(record),
    )


def _build_changes(record: Task, before: Task) -> VersionChanges:
    found = compare_labels(before.get_found_labels(), record.get_found_labels())

    def pick(kind: Kind) -> list[LabelChange]:
        return [change for change in found if change.kind == kind]

    return VersionChanges(
        since=get_version(before.task_id),
        new=[change.name for change in pick(Kind.NEW)],
        gone=[change.name for change in pick(Kind.GONE)],
        changed=[
            ConfidenceChange(
                name=change.name,
                before=change.old.confidence,
                after=change.new.confidence,
                places_before=change.old_places,
                places_after=change.new_places,
            )
            for change in pick(Kind.CHANGED)
            if change.old and change.new
        ],
    )
