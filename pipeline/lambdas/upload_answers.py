"""The answers to an upload, and what the OpenAPI document says about them."""

from datetime import datetime
from typing import Any

from pydantic import Field

from pipeline.core.errors import (
    AnimatedImageError,
    EmptyImageError,
    EngineNotOfferedError,
    HeicNotAcceptedError,
    IdempotencyKeyReusedError,
    ImageTooComplexError,
    ImageTooLargeError,
    ImageTooSmallError,
    MetadataNotRemovableError,
    ModelNotOfferedError,
    SeveralPicturesError,
    TooManyPixelsError,
    UnreadableImageError,
    UnsupportedFormatError,
)
from pipeline.core.images import CONTENT_TYPES, DIRECT_MAX_BYTES
from pipeline.core.labels import ApiModel
from pipeline.core.settings import FORM_LIFETIME
from pipeline.core.webhooks.errors import NoWebhookForUrlError
from pipeline.lambdas.answers import (
    APPLIED,
    LOCATION,
    REPLAYED,
    TASK_LINKS,
    Answers,
    refuse,
    retry_after,
)
from pipeline.lambdas.problems import (
    DailyBytesReachedError,
    DailyPixelsReachedError,
    InvalidRequestError,
    KeyLimitReachedError,
    PayloadTooLargeError,
    StorageFullError,
    TooManyUnfinishedTasksError,
    UnsupportedMediaTypeError,
    UploadsClosedError,
)
from pipeline.lambdas.schemas import EXAMPLE_TASK_ID, TaskView
from pipeline.lambdas.upload_request import IMAGE_LIMITS, MEBIBYTE

FORM_MINUTES = int(FORM_LIFETIME.total_seconds() / 60)

_TYPES = ", ".join(f"`{content_type}`" for content_type in CONTENT_TYPES)


_EXAMPLE_FORM: dict[str, Any] = {
    "url": "https://images.example.com/",
    "fields": {
        "Content-Type": "image/jpeg",
        "x-amz-server-side-encryption": "AES256",
        "key": f"uploads/8f14e45f-ceea-467f-a9d4-1f2d3c4b5a69/{EXAMPLE_TASK_ID}",
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": "<credential>",
        "x-amz-date": "20261122T120000Z",
        "policy": "<policy>",
        "x-amz-signature": "<signature>",
    },
    "expiresAt": "2026-11-22T12:15:00Z",
}


class UploadFormView(ApiModel):
    """A signed form: whoever has it can store this one picture until the form expires."""

    url: str = Field(
        description="Address to send the form to, by POST as multipart/form-data.",
        examples=[_EXAMPLE_FORM["url"]],
    )
    fields: dict[str, str] = Field(
        description="Fields of the form, all before the field `file` with the picture.",
        examples=[_EXAMPLE_FORM["fields"]],
    )
    expires_at: datetime = Field(
        description=f"When the form expires: {FORM_MINUTES} minutes after this answer.",
        examples=[_EXAMPLE_FORM["expiresAt"]],
    )


class UploadTicket(TaskView):
    """A task, and the form for its picture."""

    upload: UploadFormView | None = Field(
        description="The form to send the picture with. Null if the service has the picture.",
        examples=[_EXAMPLE_FORM],
    )


_ACCEPTED = f"""\
Accepted are {IMAGE_LIMITS}. An operator may turn HEIC off; then it is refused with
`{HeicNotAcceptedError.code}`, and the picture can be sent as JPEG."""

UPLOAD_TEXT = f"""\
Two ways, told apart by `Content-Type`:

**{_TYPES}**: the body is the picture itself, up to
{DIRECT_MAX_BYTES // MEBIBYTE} MB. It is checked, stored and queued at once (202). Options are
query parameters. The bytes decide what kind of picture it is, not the header.

**`application/json`**: the body describes the picture, and the answer (201) has a form for it. Send
`upload.fields` and then the picture as the last field `file` as `multipart/form-data` by `POST` to
`upload.url`, within {FORM_MINUTES} minutes and without an `Authorization` header. The picture may
not be larger than `sizeBytes`, and its type must be `contentType`. It is queued as soon as it has
arrived.

{_ACCEPTED}"""

PICTURE_TEXT = f"""\
The body is the picture itself, up to {DIRECT_MAX_BYTES // MEBIBYTE} MB, as `Content-Type`
`application/octet-stream` or its own type. It is checked, stored and queued at once. The bytes
decide what kind of picture it is, not the header. Options are query parameters. With
`Prefer: wait=10` most answers have the finished task. `POST /upload` takes pictures the same way,
and has a form for larger ones.

{_ACCEPTED}"""

_REFUSALS = refuse(
    IdempotencyKeyReusedError,
    PayloadTooLargeError,
    UnsupportedMediaTypeError,
    InvalidRequestError,
    EmptyImageError,
    UnsupportedFormatError,
    HeicNotAcceptedError,
    EngineNotOfferedError,
    NoWebhookForUrlError,
    ModelNotOfferedError,
    AnimatedImageError,
    SeveralPicturesError,
    ImageTooLargeError,
    TooManyPixelsError,
    ImageTooComplexError,
    ImageTooSmallError,
    UnreadableImageError,
    MetadataNotRemovableError,
    TooManyUnfinishedTasksError,
    DailyBytesReachedError,
    DailyPixelsReachedError,
    StorageFullError,
    KeyLimitReachedError,
    UploadsClosedError,
)


# One model for all answers: many generators take that of the lowest status for each status.
def _answer_with(model: type[TaskView]) -> Answers:
    return {
        200: {
            "description": "The finished task, if the request prefers to wait and it came in time.",
            "content": {"application/json": {"model": model}},
            "headers": {**LOCATION, **REPLAYED, **APPLIED},
            "links": TASK_LINKS,
        },
        202: {
            "description": "The picture is stored and queued. A repeat with the Idempotency-Key of"
            " a task that has its picture gets this answer too.",
            "content": {"application/json": {"model": model}},
            "headers": {
                **LOCATION,
                **REPLAYED,
                **APPLIED,
                **retry_after("Seconds to wait before you ask for the result."),
            },
            "links": TASK_LINKS,
        },
        **_REFUSALS,
    }


PICTURE_ANSWERS = _answer_with(TaskView)

UPLOAD_ANSWERS: Answers = {
    201: {
        "description": "The task exists and waits for its picture: send it with the form.",
        "content": {"application/json": {"model": UploadTicket}},
        "headers": {**LOCATION, **REPLAYED},
        "links": TASK_LINKS,
    },
    **_answer_with(UploadTicket),
}
