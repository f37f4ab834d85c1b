"""The bodies of requests and answers about exports."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from aws_lambda_powertools.event_handler.openapi.params import Path
from pydantic import AwareDatetime, ConfigDict, Field, model_validator

from pipeline.core.exports.files import URL_LIFETIME, ExportFiles
from pipeline.core.exports.record import LIFETIME, Export, ExportFormat, ExportStatus
from pipeline.core.exports.selection import Selection
from pipeline.core.labels import ApiModel
from pipeline.core.search.find import MOST_TERMS
from pipeline.lambdas.list_parameters import LONGEST_WORDS, build_question
from pipeline.lambdas.problems import FieldError, InvalidRequestError

MAX_TASK_IDS = 350
"""A JSON request has at most 16 KB."""

EXAMPLE_EXPORT_ID = "5b1c7c1e-3f0c-4b53-8a0e-6f1b2f1f9c11"

ExportId = Annotated[
    UUID, Path(alias="exportId", description="The id that `POST /exports` returned.")
]
"""Parameter of a route: the id of an export in the path."""

_SEARCH = ("label", "query", "text", "file_name", "since", "before")


class ExportRequest(ApiModel):
    """Which photos to export, and how. Without `taskIds` and without a search: all of them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    format: ExportFormat = Field(
        description="`ndjson`: each result as the API shows it, one a line. `csv`: a row for each"
        " label or box. `coco`: boxes for training programs. `xmp`: a ZIP archive with a file of"
        " keywords for each photo. `originals`: a ZIP archive of the photos.",
        examples=["csv"],
    )
    task_ids: list[UUID] | None = Field(
        None,
        description=f"These photos, at most {MAX_TASK_IDS}. Send no search with it.",
        examples=[["0f4c1f2e-6a0f-4c11-9d0a-5b7f3f0f8f55"]],
        min_length=1,
        max_length=MAX_TASK_IDS,
    )
    label: list[str] | None = Field(
        None, description="As in `GET /results`.", examples=[["dog"]], max_length=MOST_TERMS
    )
    query: str | None = Field(
        None,
        description="As in `GET /results`.",
        examples=["golden beach"],
        max_length=LONGEST_WORDS,
    )
    text: str | None = Field(
        None, description="As in `GET /results`.", examples=["exit"], max_length=LONGEST_WORDS
    )
    file_name: str | None = Field(
        None, description="As in `GET /results`.", examples=["holiday"], max_length=LONGEST_WORDS
    )
    since: AwareDatetime | None = Field(
        None,
        alias="from",
        description="Only photos that were sent at this time or later.",
        examples=["2026-11-01T00:00:00Z"],
    )
    before: AwareDatetime | None = Field(
        None,
        alias="to",
        description="Only photos that were sent before this time.",
        examples=["2026-12-01T00:00:00Z"],
    )

    @model_validator(mode="after")
    def _choose_one(self) -> "ExportRequest":
        if self.task_ids is not None and any(getattr(self, name) is not None for name in _SEARCH):
            raise ValueError("Send either taskIds or a search")
        return self

    def build_selection(self) -> Selection:
        """The selection that the request describes.

        Raises:
            InvalidRequestError: A search has no letter and no digit, or too many words.
        """
        if self.task_ids is not None:
            unique = dict.fromkeys(str(task_id) for task_id in self.task_ids)
            return Selection(task_ids=tuple(unique))
        try:
            question = build_question(
                self.label or (), self.query, self.text, self.file_name, self.since, self.before
            )
        except InvalidRequestError as error:
            raise InvalidRequestError([_move_to_body(it) for it in error.errors]) from error
        return Selection(question=question)


class ExportErrorView(ApiModel):
    """Why an export failed."""

    code: str = Field(description="Stable name of the error.")
    message: str = Field(description="What happened and what to do next, for people.")


class ExportView(ApiModel):
    """A file with what a user has."""

    export_id: str = Field(description="Id of the export.", examples=[EXAMPLE_EXPORT_ID])
    format: ExportFormat = Field(description="What it holds.", examples=["csv"])
    status: ExportStatus = Field(
        description="`waiting`, `running`, `succeeded` or `failed`.", examples=["succeeded"]
    )
    photos: int = Field(description="Photos that are in the file so far.", examples=[108])
    total: int | None = Field(
        description="Photos that it will have at most; null where that is not known before.",
        examples=[108],
    )
    size_bytes: int = Field(description="Bytes of the file so far.", examples=[48_112])
    file_name: str = Field(
        description="Name of the file.", examples=["spotter-2026-11-22-1200.csv"]
    )
    created_at: datetime = Field(
        description="When it was asked for. It has no photos that were sent later.",
        examples=["2026-11-22T12:00:00.104000Z"],
    )
    finished_at: datetime | None = Field(
        description="When it succeeded or failed.", examples=["2026-11-22T12:00:04.312000Z"]
    )
    expires_at: datetime = Field(
        description=f"When it is deleted: {LIFETIME.days} day after it was asked for.",
        examples=["2026-11-23T12:00:00.104000Z"],
    )
    url: str | None = Field(
        description="Signed address of the file. Anyone who has it can get the file until it"
        " expires. Null until `succeeded`, in lists, and while the operators keep uploads closed.",
        examples=["https://images.example.com/exports/...?X-Amz-Signature=..."],
    )
    url_expires_at: datetime | None = Field(
        description=f"When the address expires: {int(URL_LIFETIME.total_seconds())} seconds after"
        " this answer. A download that has begun goes on.",
        examples=["2026-11-22T12:05:05.020000Z"],
    )
    error: ExportErrorView | None = Field(
        description="Why it failed; null unless `failed`.", examples=[None]
    )


class ExportList(ApiModel):
    """The exports of one user."""

    exports: list[ExportView] = Field(description="Newest first.")


def build_export_view(export: Export, files: ExportFiles | None = None) -> ExportView:
    """An export as its owner sees it.

    Args:
        files: None shows no address.
    """
    is_shown = files is not None and export.status == ExportStatus.SUCCEEDED
    return ExportView(
        export_id=export.export_id,
        format=ExportFormat(export.format),
        status=ExportStatus(export.status),
        photos=export.photos,
        total=export.total,
        size_bytes=export.size_bytes,
        file_name=export.file_name,
        created_at=export.created_at,
        finished_at=export.finished_at,
        expires_at=export.expires_at,
        url=files.create_url(export) if files and is_shown else None,
        url_expires_at=datetime.now(UTC) + URL_LIFETIME if is_shown else None,
        error=ExportErrorView(code=export.error_code, message=export.error_message)
        if export.error_code
        else None,
    )


def _move_to_body(error: FieldError) -> FieldError:
    location = error.location.replace("query.", "body.", 1)
    return error.model_copy(update={"location": location, "known_location": location})
