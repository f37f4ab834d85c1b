"""What the OpenAPI document tells people. Limits are filled in from the code."""

from pipeline.core.images import DIRECT_MAX_BYTES, MAX_BYTES, MAX_PIXELS, MIN_SIDE_PX
from pipeline.core.labels import DEFAULT_MAX_LABELS, DEFAULT_MIN_CONFIDENCE
from pipeline.core.settings import FORM_LIFETIME, RETENTION
from pipeline.core.storage import URL_LIFETIME
from pipeline.lambdas.list_results import DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE
from pipeline.lambdas.settings import settings
from pipeline.lambdas.upload_request import LABELS_LIMIT

_MEBIBYTE = 1024 * 1024
_FORM_MINUTES = int(FORM_LIFETIME.total_seconds() / 60)
_URL_MINUTES = int(URL_LIFETIME.total_seconds() / 60)

LIMITS = (
    f"JPEG, PNG or WebP (no animations), up to {MAX_BYTES // _MEBIBYTE} MB"
    f" ({MAX_BYTES:,} bytes) and {MAX_PIXELS // 1_000_000} megapixels,"
    f" at least {MIN_SIDE_PX} pixels on each side"
)

INTRODUCTION = f"""\
Spotter tells what is in a picture: names with confidences, and boxes where things were found.

## In three requests

1. `POST /upload` with the picture as the body (up to {DIRECT_MAX_BYTES // _MEBIBYTE} MB), or with
   a small JSON body to get a form that takes up to {MAX_BYTES // _MEBIBYTE} MB. Both answer with a
   `taskId`.
2. `GET /results/{{taskId}}` about once a second until `status` is `succeeded`, `failed` or
   `expired`. Most pictures take one to two seconds.
3. Read `labels`.

## Signing in

Every request needs the **ID token** of a signed-in user (Amazon Cognito) in the header
`Authorization: Bearer <token>`. It is valid for an hour; then refresh it.

## Pictures

{LIMITS}. Pictures and results are kept for {RETENTION.days} days and can be deleted at any time. A
picture is understood as people see it: its EXIF orientation is applied, and all positions refer to
the upright picture. Nothing else of EXIF is read or kept.

## The life of a task

| status | meaning |
| --- | --- |
| `awaiting_upload` | the task exists, the picture has not arrived yet |
| `queued` | the picture is here and waits for its turn |
| `processing` | it is being looked at |
| `succeeded` | `labels` is complete and will not change |
| `failed` | `error` says why; `POST /results/{{taskId}}/retry` tries again |
| `expired` | no picture arrived within an hour |

## Sending a request again

After a timeout or a 5xx answer every request can simply be sent again. So that `POST /upload` does
not make a second task, send it with an `Idempotency-Key` of your own: the repeat returns the first
task. The same key with a different request is refused (`idempotency_key_reused`).

## How much at once

Everybody may have {settings.max_in_flight} unfinished tasks (`too_many_in_flight`), forms that wait
for their picture included, and start {settings.uploads_per_second:g} a second, after a pause up to
{settings.upload_burst} at once (`too_many_requests`). Beyond that `POST /upload` and retries answer
429 and change nothing: wait for as many seconds as `Retry-After` says, then send the same request
again.

## Errors

Every error is `application/problem+json` ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)). Rely
on `code`, which never changes; `detail` is for people and says what to do next. Somebody else's
task answers exactly as a missing one does. New members may be added.
"""

TAGS = {
    "Uploads": "Send pictures.",
    "Results": "See, list, delete and retry what was sent.",
}

OPERATIONS: dict[str, tuple[str, str, str]] = {
    "createUpload": (
        "Uploads",
        "Send a picture, or get a form for one",
        f"""\
Two ways, told apart by `Content-Type`:

**`image/jpeg`, `image/png`, `image/webp`**: the body is the picture itself, up to
{DIRECT_MAX_BYTES // _MEBIBYTE} MB. It is checked, stored and queued at once (202). Options are
query parameters. The bytes decide what kind of picture it is, not the header.

**`application/json`**: the body describes the picture, and the answer (201) has a form for it. Send
`upload.fields` and then the picture as the last field `file` as `multipart/form-data` by `POST` to
`upload.url`, within {_FORM_MINUTES} minutes and without an `Authorization` header. The picture may
not be larger than `sizeBytes`, and its type must be `contentType`. It is queued as soon as it has
arrived.

Accepted are {LIMITS}.""",
    ),
    "listResults": (
        "Results",
        "List my tasks, newest first",
        "For the next page send `nextCursor` as `cursor`, with the same `status`; the last page has"
        " none. With a `status` a page can be shorter than `limit`, even empty, and still have a"
        " `nextCursor`: go on.",
    ),
    "getResult": (
        "Results",
        "Get one task and its result",
        "While the task is not finished, `Retry-After` says in how many seconds to ask again.",
    ),
    "deleteResult": (
        "Results",
        "Delete a picture and its result",
        "Both are gone at once and for good, whatever the status. A second time answers 404.",
    ),
    "retryResult": (
        "Results",
        "Try a failed task again",
        "The same picture goes back to the queue. Only a task whose `status` is `failed` can be"
        " retried.",
    ),
}

PARAMETERS = {
    "taskId": "The id that `POST /upload` returned.",
    "fileName": "Name of the picture, only to show it again (up to 255 characters). For a picture"
    " as the body.",
    "minConfidence": "Leave out labels with less confidence, 0 to 100. For a picture as the body.",
    "maxLabels": f"The most labels to return, best first, 1 to {LABELS_LIMIT}. For a picture as the"
    " body.",
    "Idempotency-Key": "Your own name for this request, 1 to 128 printable ASCII characters, such"
    " as a UUID. A repeat with the same key returns the first task.",
    "status": "Only tasks that have this status.",
    "cursor": "`nextCursor` of the previous page.",
    "limit": f"Tasks on one page, 1 to {MAX_PAGE_SIZE}; {DEFAULT_PAGE_SIZE} if left out.",
}

FIELDS: dict[str, dict[str, str]] = {
    "UploadRequest": {
        "contentType": "Type of the picture.",
        "sizeBytes": f"Size of the picture; up to {MAX_BYTES:,} bytes.",
        "fileName": "Name of the picture, only to show it again.",
        "minConfidence": "Leave out labels with less confidence, 0 to 100;"
        f" {DEFAULT_MIN_CONFIDENCE} if left out.",
        "maxLabels": f"The most labels to return, best first; {DEFAULT_MAX_LABELS} if left out.",
    },
    "UploadTicket": {"taskId": "Id of the new task.", "upload": "Where the picture goes."},
    "UploadForm": {
        "url": "Address to send the form to, by POST as multipart/form-data.",
        "fields": "Fields of the form, all before the field `file` with the picture.",
        "expiresAt": f"Until when it can be sent, {_FORM_MINUTES} minutes from now.",
    },
    "TaskReference": {"taskId": "Id of the task."},
    "TaskState": {"taskId": "Id of the task.", "status": "Where the task is in its life."},
    "TaskPage": {
        "results": "Tasks, newest first.",
        "nextCursor": "Send it as `cursor` for the next page; null on the last one.",
    },
    "Task": {
        "taskId": "Id of the task.",
        "status": "Where the task is in its life.",
        "createdAt": "When the upload was requested.",
        "updatedAt": "When the status changed last.",
        "queuedAt": "When the picture was queued.",
        "finishedAt": "When it succeeded, failed or expired.",
        "expiresAt": "When picture and result will be deleted.",
        "fileName": "Name of the picture, if it was given one.",
        "contentType": "Type of the picture.",
        "sizeBytes": "Size of the picture in bytes.",
        "minConfidence": "Labels with less confidence were left out.",
        "maxLabels": "The most labels that were asked for.",
        "image": "The picture.",
        "labels": "What is in the picture, most confident first. Empty until `succeeded`, and if"
        " nothing was recognised.",
        "models": "Name and version of each model that looked at the picture.",
        "timings": "How long it took.",
        "error": "Why the task failed; null unless `failed`.",
    },
    "Image": {
        "url": "Signed address of the picture; null while there is none. Anyone who has it can see"
        " the picture until it expires.",
        "urlExpiresAt": f"Until when the address works, {_URL_MINUTES} minutes from now.",
        "width": "Pixels of the upright picture; null until `succeeded`.",
        "height": "Pixels of the upright picture; null until `succeeded`.",
    },
    "Timings": {
        "queuedMs": "Waiting in the queue.",
        "decodeMs": "Reading the picture.",
        "inferenceMs": "Looking at it.",
        "totalMs": "From queueing to the stored result.",
    },
    "TaskError": {
        "code": "Stable name of the error.",
        "message": "What happened and what to do next, for people.",
    },
    "Label": {
        "name": "What it is, such as `cat`.",
        "confidence": "How sure that is, 0 to 100.",
        "parents": "Wider names, nearest first: dog, animal.",
        "aliases": "Other names of the same thing.",
        "instances": "Where it was found; empty if it describes the whole picture.",
    },
    "LabelName": {"name": "A name of a label."},
    "Instance": {
        "boundingBox": "The box around it.",
        "confidence": "How sure this one place is, 0 to 100.",
    },
    "BoundingBox": {
        "left": "Left edge, as a part of the picture's width (0 to 1).",
        "top": "Upper edge, as a part of the picture's height (0 to 1).",
        "width": "Width, as a part of the picture's width (0 to 1).",
        "height": "Height, as a part of the picture's height (0 to 1).",
    },
    "Problem": {
        "type": "Always `about:blank`: `code` tells errors apart.",
        "title": "Name of the HTTP status.",
        "status": "The HTTP status.",
        "detail": "What happened and what to do next, for people.",
        "code": "Stable name of the error, for programs.",
        "instance": "Names this very request. Quote it when you ask the operators.",
        "errors": "What exactly is wrong with the request, for `invalid_request`.",
    },
    "FieldError": {
        "location": "Where: `body.`, `query.` or `header.` and the name.",
        "detail": "What is wrong with it.",
    },
}
