"""The shapes of docs/api/openapi.json. Written by `make openapi`."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AnyUrl, AwareDatetime, ConfigDict, Field

from spotter_client.base import Model


class By(StrEnum):
    """
    Who found the labels: `spotter` or `rekognition`.
    """

    spotter = "spotter"
    rekognition = "rekognition"


class Attempt(Model):
    """
    One call of a receiver.
    """

    at: AwareDatetime
    """
    When.
    """
    milliseconds: int
    """
    How long it took.
    """
    status: int | None
    """
    HTTP status of the answer; null if there was none.
    """
    error: str | None
    """
    Why there was no answer, or why it does not count; null otherwise.
    """
    answer: str
    """
    The first 1024 bytes of the answer.
    """


class BoundingBox(Model):
    """
    Where something is in the upright picture.
    """

    left: float
    """
    Left edge, as a ratio of the picture's width (0 to 1).
    """
    top: float
    """
    Upper edge, as a ratio of the picture's height (0 to 1).
    """
    width: float
    """
    Width, as a ratio of the picture's width (0 to 1).
    """
    height: float
    """
    Height, as a ratio of the picture's height (0 to 1).
    """


class ConfidenceChange(Model):
    """
    A label that both versions have.
    """

    name: str
    """
    Name of the label.
    """
    before: float
    """
    Confidence in the earlier version.
    """
    after: float
    """
    Confidence in this version.
    """
    places_before: Annotated[int, Field(alias="placesBefore")]
    """
    Boxes in the earlier version.
    """
    places_after: Annotated[int, Field(alias="placesAfter")]
    """
    Boxes in this version.
    """


class Day(Model):
    """
    A day on which the caller has tasks.
    """

    newest_at: Annotated[AwareDatetime, Field(alias="newestAt")]
    """
    When its newest task was created.
    """


class Days(Model):
    """
    The days on which the caller has tasks.
    """

    days: list[Day]
    """
    Newest first.
    """


class Status(StrEnum):
    """
    `deleted` when all data and the account are gone.
    """

    deleting = "deleting"
    deleted = "deleted"


class Deletion(Model):
    """
    The receipt of a deletion.
    """

    number: str
    """
    Number of the receipt. Operators find the deletion by it.
    """
    status: Status
    """
    `deleted` when all data and the account are gone.
    """
    asked_at: Annotated[AwareDatetime, Field(alias="askedAt")]
    """
    When it was asked for.
    """
    deleted_at: Annotated[AwareDatetime | None, Field(alias="deletedAt")]
    """
    When the account was deleted, after all of its data; null before that.
    """
    results: int
    """
    Results that were deleted so far.
    """
    pictures: int
    """
    Photos that were deleted so far.
    """
    exports: int
    """
    Exports that were deleted so far.
    """


class DeletionRequest(Model):
    """
    The user's own words that the account shall be deleted.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    confirmation: str
    """
    The e-mail address of the account, typed by its user.
    """


class DeliveryReference(Model):
    """
    A delivery that will be sent at once.
    """

    delivery_id: Annotated[UUID, Field(alias="deliveryId")]
    """
    Id of the delivery.
    """


class DeliveryStatus(StrEnum):
    """
    Where a delivery is in its life.
    """

    waiting = "waiting"
    delivered = "delivered"
    failed = "failed"


class Detail(StrEnum):
    """
    How closely the detector looks.
    """

    fast = "fast"
    fine = "fine"


class Engine(StrEnum):
    """
    Who recognises a picture.
    """

    spotter = "spotter"
    rekognition = "rekognition"
    auto = "auto"


class EventType(StrEnum):
    """
    What a webhook can be told.
    """

    task_succeeded = "task.succeeded"
    task_failed = "task.failed"
    export_finished = "export.finished"


class ExportError(Model):
    """
    Why an export failed.
    """

    code: str
    """
    Stable name of the error.
    """
    message: str
    """
    What happened and what to do next, for people.
    """


class ExportFormat(StrEnum):
    """
    What an export holds.
    """

    ndjson = "ndjson"
    csv = "csv"
    coco = "coco"
    xmp = "xmp"
    originals = "originals"


class Status1(StrEnum):
    """
    `succeeded` or `failed`.
    """

    succeeded = "succeeded"
    failed = "failed"


class ExportRequest(Model):
    """
    Which photos to export, and how. Without `taskIds` and without a search: all of them.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    format: ExportFormat
    """
    `ndjson`: each result as the API shows it, one a line. `csv`: a row for each label or box. `coco`: boxes for training programs. `xmp`: a ZIP archive with a file of keywords for each photo. `originals`: a ZIP archive of the photos.
    """
    task_ids: Annotated[list[UUID] | None, Field(alias="taskIds")] = None
    """
    These photos, at most 350. Send no search with it.
    """
    label: list[str] | None = None
    """
    As in `GET /results`.
    """
    query: str | None = None
    """
    As in `GET /results`.
    """
    text: str | None = None
    """
    As in `GET /results`.
    """
    file_name: Annotated[str | None, Field(alias="fileName")] = None
    """
    As in `GET /results`.
    """
    from_: Annotated[AwareDatetime | None, Field(alias="from")] = None
    """
    Only photos that were sent at this time or later.
    """
    to: AwareDatetime | None = None
    """
    Only photos that were sent before this time.
    """


class ExportStatus(StrEnum):
    """
    Where an export is in its life.
    """

    waiting = "waiting"
    running = "running"
    succeeded = "succeeded"
    failed = "failed"


class Feature(StrEnum):
    """
    A kind of result.
    """

    labels = "labels"
    text = "text"
    properties = "properties"
    moderation = "moderation"


class FieldError(Model):
    """
    One fault in a request.
    """

    location: str
    """
    Where: `body.`, `query.` or `header.` and the name, cut after 100 characters.
    """
    detail: str
    """
    What is wrong with it.
    """


class Fingerprint(Model):
    """
    Numbers that find similar pictures and copies of the same one.
    """

    vector: str
    """
    What the picture shows: 256 signed bytes in Base64. The cosine of two vectors is near 1 for similar pictures and near 0 for unrelated ones. Compare only vectors of the same classifier.
    """
    hash: str
    """
    How the picture looks: 64 bits, hexadecimal. Copies of one photo differ in at most about 10 bits, also if they were resized or compressed.
    """
    mirrored_hash: Annotated[str, Field(alias="mirroredHash")]
    """
    The hash of the mirrored picture. Compare it with `hash` of the other one to find mirrored copies.
    """


class FrameReference(Model):
    """
    A frame that was taken.
    """

    stream_id: Annotated[UUID, Field(alias="streamId")]
    """
    Id of the stream.
    """
    frame: int
    """
    The number of the frame, which its answer repeats.
    """


class Health(Model):
    """
    A region that can serve callers.
    """

    status: Literal["ok"]
    """
    Always `ok`. Otherwise the answer is a 503.
    """
    region: str
    """
    AWS region that answers.
    """


class Metadata(StrEnum):
    """
    What became of place, camera and other EXIF, XMP and IPTC in the picture, which `stripMetadata` decides. Null while there is no picture.
    """

    kept = "kept"
    removed = "removed"


class Image(Model):
    """
    The uploaded picture.
    """

    url: str | None
    """
    Signed address of the picture. Anyone who has it can see the picture until it expires. Null while there is no picture, and after a failure that no retry can help: the picture is then deleted. Also null while the operators keep uploads closed.
    """
    preview_url: Annotated[str | None, Field(alias="previewUrl")]
    """
    Signed address of a smaller copy that every browser shows: a JPEG with a longer side of at most 1,280 pixels, upright, in sRGB and without metadata. Null until `succeeded`, and where the picture itself is as small and of such a format: use `url`.
    """
    thumbnail_url: Annotated[str | None, Field(alias="thumbnailUrl")]
    """
    Signed address of a copy for lists: the same with at most 320 pixels, about 12 KB. Null until `succeeded`.
    """
    metadata: Metadata | None
    """
    What became of place, camera and other EXIF, XMP and IPTC in the picture, which `stripMetadata` decides. Null while there is no picture.
    """
    url_expires_at: Annotated[AwareDatetime | None, Field(alias="urlExpiresAt")]
    """
    When the addresses expire: 60 seconds after this answer. Ask for the result again to get new ones.
    """
    width: int | None
    """
    Pixels of the upright picture; null until `succeeded`.
    """
    height: int | None
    """
    Pixels of the upright picture; null until `succeeded`.
    """


class Instance(Model):
    """
    One place of a label in the picture.
    """

    bounding_box: Annotated[BoundingBox, Field(alias="boundingBox")]
    """
    The box around it.
    """
    confidence: float
    """
    How sure the models are of this one place, 0 to 100.
    """


class IssuedToken(Model):
    """
    A token of an API key.
    """

    id_token: Annotated[str, Field(alias="idToken")]
    """
    Send it in `Authorization`, as a person's token.
    """
    expires_in: Annotated[int, Field(alias="expiresIn")]
    """
    Seconds until it expires. Exchange the key again shortly before.
    """


class KeyAmounts(Model):
    """
    What was sent with one API key.
    """

    photos: int
    """
    Accepted pictures and forms, further versions of results, and retries.
    """
    megapixels: float
    """
    Megapixels of the pictures, times the work that the request asked for.
    """
    bytes: int
    """
    Bytes of the pictures.
    """
    estimated_usd: Annotated[float, Field(alias="estimatedUsd")]
    """
    About what it costs the operators of the service, in US dollars. It is no bill.
    """
    key_id: Annotated[UUID, Field(alias="keyId")]
    """
    Id of the key. It may have been revoked since.
    """


class LabelName(Model):
    """
    A name that refers to a label: a parent or an alias.
    """

    name: str
    """
    A name of a label.
    """


class Limit(Model):
    """
    One limit and what is left of it.
    """

    name: str
    """
    `requests` of any route; `uploads`, larger ones counted as several; `megapixels`; `bytes` sent; `stored` bytes; `waits`: seconds that requests wait for results. New names may be added.
    """
    at_once: Annotated[float, Field(alias="atOnce")]
    """
    So much may come at once after a pause.
    """
    per_second: Annotated[float, Field(alias="perSecond")]
    """
    So much is added each second.
    """
    left: float
    """
    So much may come now.
    """
    full_in_seconds: Annotated[int, Field(alias="fullInSeconds")]
    """
    Seconds until `left` is `atOnce` again, if nothing more comes.
    """


class LiveTicket(Model):
    """
    What opens one WebSocket.
    """

    ticket: str
    """
    Opens one socket, once.
    """
    url: str
    """
    Where to open it: append `?ticket=` and the ticket.
    """
    expires_at: Annotated[AwareDatetime, Field(alias="expiresAt")]
    """
    Open the socket before this time.
    """


class ModerationLabel(Model):
    """
    A kind of unwanted content.
    """

    name: str
    """
    What it is.
    """
    confidence: float
    """
    How sure Rekognition is.
    """
    parent_name: Annotated[str, Field(alias="parentName")]
    """
    The wider kind; empty at the top.
    """


class Problem(Model):
    """
    Why a request was refused.
    """

    type: str
    """
    Always `about:blank`: `code` tells errors apart.
    """
    title: str
    """
    Name of the HTTP status.
    """
    status: int
    """
    The HTTP status.
    """
    detail: str
    """
    What happened and what to do next, for people.
    """
    code: str
    """
    Stable name of the error, for programs.
    """
    instance: str | None = None
    """
    Names this one request. Quote it when you ask the operators.
    """
    errors: list[FieldError] | None = None
    """
    The first 10 faults of the request, for `invalid_request`.
    """


class Quality(Model):
    """
    How bright, sharp and contrasty a picture is, each 0 to 100.
    """

    brightness: float
    """
    Mean lightness: 0 is a black picture, 100 a white one.
    """
    sharpness: float
    """
    How much detail a slight blur would remove: below about 40 a photo looks blurred. It is measured on a copy whose shorter side is 312 to 624 pixels.
    """
    contrast: float
    """
    Distance between the darkest and the brightest twentieth of the picture.
    """


class Queue(Model):
    """
    The place of a task in the queue.
    """

    ahead: int
    """
    About how many tasks wait before this one, those of other users too. The queue is fair between users, so it can be this one's turn earlier.
    """
    eta_seconds: Annotated[int | None, Field(alias="etaSeconds")]
    """
    About how many seconds until a worker takes the task, at the speed of the last two minutes. Null if no task was finished in this time.
    """


class Reason(StrEnum):
    """
    Why an engine answered.
    """

    asked = "asked"
    sure = "sure"
    unsure = "unsure"
    budget_spent = "budget_spent"
    rekognition_failed = "rekognition_failed"
    rekognition_off = "rekognition_off"


class Refusal(Model):
    """
    How often requests were refused with one code.
    """

    code: str
    """
    Code of the error.
    """
    count: int
    """
    How often.
    """


class Renaming(Model):
    """
    A label that was found and is called something else.
    """

    from_: Annotated[str, Field(alias="from")]
    """
    What the models called it.
    """
    to: str
    """
    What it is.
    """


class RenamingRequest(Model):
    """
    A label that the models called something else.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    from_: Annotated[str, Field(alias="from")]
    """
    Name of a label that was found.
    """
    to: str
    """
    What it is: 1 to 60 characters.
    """


class Scope(StrEnum):
    """
    What a key may do.
    """

    read = "read"
    write = "write"


class Sharing(Model):
    """
    Whether operators may use your corrected photos.
    """

    corrections: bool | None
    """
    What you answered; null before the first answer, which means no.
    """
    chosen_at: Annotated[AwareDatetime | None, Field(alias="chosenAt")]
    """
    When you answered.
    """


class SharingRequest(Model):
    """
    Whether operators may use your corrected photos.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    corrections: bool
    """
    Whether operators may take photos whose results you corrected, with the corrected labels, to measure how well the models recognise. No photo is published.
    """


class SimplifiedColor(StrEnum):
    """
    Everyday names of colours.
    """

    black = "black"
    blue = "blue"
    brown = "brown"
    cyan = "cyan"
    green = "green"
    grey = "grey"
    orange = "orange"
    pink = "pink"
    purple = "purple"
    red = "red"
    white = "white"
    yellow = "yellow"


class Stream(Model):
    """
    A camera that may send frames.
    """

    stream_id: Annotated[UUID, Field(alias="streamId")]
    """
    Id of the stream.
    """
    name: str
    """
    What its owner calls it.
    """
    min_confidence: Annotated[float, Field(alias="minConfidence")]
    """
    Labels with less confidence are left out.
    """
    max_labels: Annotated[int, Field(alias="maxLabels")]
    """
    The most labels of each frame.
    """
    created_at: Annotated[AwareDatetime, Field(alias="createdAt")]
    """
    When it began.
    """
    expires_at: Annotated[AwareDatetime, Field(alias="expiresAt")]
    """
    When it ends unless another frame comes.
    """
    last_frame_at: Annotated[AwareDatetime | None, Field(alias="lastFrameAt")]
    """
    When its last frame came; null before the first one. The numbers follow within seconds.
    """
    frames: int
    """
    Frames that workers received.
    """
    answered: int
    """
    Frames that got an answer.
    """
    dropped: int
    """
    Frames that were too old or replaced by a newer one.
    """


class StreamList(Model):
    """
    The open streams of one user.
    """

    streams: list[Stream]
    """
    Newest first.
    """


class StreamRequest(Model):
    """
    A camera whose frames will be sent.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    name: str
    """
    What you call this camera, for lists.
    """
    min_confidence: Annotated[float | None, Field(alias="minConfidence")] = None
    """
    Leave out labels with less confidence, 0 to 100; 50 if left out.
    """
    max_labels: Annotated[int | None, Field(alias="maxLabels")] = None
    """
    The most labels of each frame; 20 if left out.
    """


class StreamTicket(Model):
    """
    A new stream, and how to hear its answers.
    """

    stream_id: Annotated[UUID, Field(alias="streamId")]
    """
    Id of the stream.
    """
    name: str
    """
    What its owner calls it.
    """
    min_confidence: Annotated[float, Field(alias="minConfidence")]
    """
    Labels with less confidence are left out.
    """
    max_labels: Annotated[int, Field(alias="maxLabels")]
    """
    The most labels of each frame.
    """
    created_at: Annotated[AwareDatetime, Field(alias="createdAt")]
    """
    When it began.
    """
    expires_at: Annotated[AwareDatetime, Field(alias="expiresAt")]
    """
    When it ends unless another frame comes.
    """
    last_frame_at: Annotated[AwareDatetime | None, Field(alias="lastFrameAt")]
    """
    When its last frame came; null before the first one. The numbers follow within seconds.
    """
    frames: int
    """
    Frames that workers received.
    """
    answered: int
    """
    Frames that got an answer.
    """
    dropped: int
    """
    Frames that were too old or replaced by a newer one.
    """
    ticket: str
    """
    Opens one socket, once, within 60 s: `url?ticket=...`.
    """
    url: str
    """
    Address of the socket that carries the answers.
    """


class TaskError(Model):
    """
    Why a task failed.
    """

    code: str
    """
    Stable name of the error.
    """
    message: str
    """
    What happened and what to do next, for people.
    """


class TaskStatus(StrEnum):
    """
    Where a task is in its life.
    """

    awaiting_upload = "awaiting_upload"
    queued = "queued"
    processing = "processing"
    succeeded = "succeeded"
    failed = "failed"
    expired = "expired"


class TestNews(Model):
    """
    A test.
    """

    webhook_id: Annotated[UUID, Field(alias="webhookId")]
    """
    Id of the webhook.
    """


class TextPoint(Model):
    """
    A corner of a text.
    """

    x: float
    """
    As a ratio of the picture's width (0 to 1).
    """
    y: float
    """
    As a ratio of the picture's height (0 to 1).
    """


class TextWord(Model):
    """
    A word in the picture.
    """

    text: str
    """
    The word.
    """
    confidence: float
    """
    How sure the model is of its letters, 0 to 100.
    """
    bounding_box: Annotated[BoundingBox, Field(alias="boundingBox")]
    """
    The upright box around it.
    """
    polygon: list[TextPoint]
    """
    Its four corners: where the word starts and ends above, and where it ends and starts below.
    """


class Timings(Model):
    """
    How long each step took, in milliseconds.
    """

    queued_ms: Annotated[int | None, Field(alias="queuedMs")]
    """
    Waiting in the queue.
    """
    decode_ms: Annotated[float | None, Field(alias="decodeMs")]
    """
    Decoding the picture.
    """
    inference_ms: Annotated[float | None, Field(alias="inferenceMs")]
    """
    Running the models.
    """
    total_ms: Annotated[int | None, Field(alias="totalMs")]
    """
    From queueing to the stored result.
    """


class TokenRequest(Model):
    """
    A key to exchange.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    key: str
    """
    The API key.
    """


class Unfinished(Model):
    """
    Tasks that are not finished.
    """

    count: int
    """
    How many there are, with unused forms.
    """
    most: int
    """
    How many there may be.
    """


class UploadForm(Model):
    """
    A signed form: whoever has it can store this one picture until the form expires.
    """

    url: str
    """
    Address to send the form to, by POST as multipart/form-data.
    """
    fields: dict[str, str]
    """
    Fields of the form, all before the field `file` with the picture.
    """
    expires_at: Annotated[AwareDatetime, Field(alias="expiresAt")]
    """
    When the form expires: 15 minutes after this answer.
    """


class ContentType(StrEnum):
    """
    Type of the picture.
    """

    image_jpeg = "image/jpeg"
    image_png = "image/png"
    image_webp = "image/webp"
    image_heic = "image/heic"
    image_avif = "image/avif"


class UploadRequest(Model):
    """
    A picture that will be sent, and what to look for in it.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    content_type: Annotated[ContentType, Field(alias="contentType")]
    """
    Type of the picture.
    """
    size_bytes: Annotated[int, Field(alias="sizeBytes")]
    """
    Size of the picture; up to 20,971,520 bytes.
    """
    file_name: Annotated[str | None, Field(alias="fileName")] = None
    """
    Name of the picture, only to show it again.
    """
    reference: str | None = None
    """
    Your own name for the task: 1 to 128 printable ASCII characters without spaces. Several tasks may have the same one. `GET /results?reference=` lists them.
    """
    webhook_url: Annotated[AnyUrl | None, Field(alias="webhookUrl")] = None
    """
    When this task is finished, call this address instead of the address of your webhook for the same host and port, also if that webhook asks for no events. The call is signed with that webhook's secret. Without such a webhook the upload is refused: `POST /webhooks` creates one.
    """
    min_confidence: Annotated[float | None, Field(alias="minConfidence")] = None
    """
    Leave out labels with less confidence, 0 to 100; 50 if left out.
    """
    max_labels: Annotated[int | None, Field(alias="maxLabels")] = None
    """
    The most labels to return, best first; 20 if left out.
    """
    strip_metadata: Annotated[bool | None, Field(alias="stripMetadata")] = None
    """
    Remove place, camera, times and all other EXIF, XMP and IPTC from the picture before it is stored. Orientation and colour profile stay, and no pixel changes. Where that is not possible, the upload fails with `metadata_not_removable`. If left out: what the account chose with `PUT /account/defaults`, else false.
    """
    features: list[Feature] | None = None
    """
    What to look for. `labels`: things and their boxes. `text`: lines and words, which counts as 72 megapixels more. `properties`: colours, brightness, sharpness and contrast. `moderation`: unwanted content; only with `engine` `rekognition` or `auto`. Only `labels` if left out.
    """
    detail: Detail | None = None
    """
    How closely to look for things. `fast`: at the whole picture. `fine`: also at four enlarged parts of it, which finds more small things and counts as 24 megapixels more. If left out: what the account chose with `PUT /account/defaults`, else `fast`, or `fine` at the cost of `fast` where operators let idle workers look closer.
    """
    models: list[str] | None = None
    """
    Which models look for labels: `spotter` (our own networks) and models that the operators of this service added, by name. Their labels are merged, and `models` of the result names them. Each added model counts as 24 megapixels more; at most 5 models. If left out: what the operators chose, usually `spotter`. A model that is not offered is refused with `model_not_offered`.
    """
    engine: Engine | None = None
    """
    Who recognises the picture. `spotter`: our own networks. `rekognition`: Amazon Rekognition. `auto`: Rekognition where our own networks are unsure. If Rekognition does not answer or its budget of the day is spent, our own networks do; `engine` of the result says so. `spotter` if left out. Where the operators do not offer Rekognition, `engine_not_offered`.
    """


class UsageDay(Model):
    """
    One day in UTC.
    """

    photos: int
    """
    Accepted pictures and forms, further versions of results, and retries.
    """
    megapixels: float
    """
    Megapixels of the pictures, times the work that the request asked for.
    """
    bytes: int
    """
    Bytes of the pictures.
    """
    estimated_usd: Annotated[float, Field(alias="estimatedUsd")]
    """
    About what it costs the operators of the service, in US dollars. It is no bill.
    """
    day: date
    """
    The day.
    """
    refused: int
    """
    Refused uploads and retries.
    """
    by_key: Annotated[list[KeyAmounts], Field(alias="byKey")]
    """
    What of it came with API keys. The rest was sent by people.
    """


class VersionChanges(Model):
    """
    How the labels of a version differ from those of an earlier one.
    """

    since: int
    """
    Number of the earlier version.
    """
    new: list[str]
    """
    Names that the earlier version lacks.
    """
    gone: list[str]
    """
    Names that only the earlier version has.
    """
    changed: list[ConfidenceChange]
    """
    Labels with another confidence or another number of boxes.
    """


class VersionRequest(Model):
    """
    What to look for this time. What is left out stays as it is.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    features: list[Feature] | None = None
    """
    What to look for, as for `POST /upload`. As for the version that the task shows if left out.
    """
    detail: Detail | None = None
    """
    How closely to look. As for the version that the task shows if left out.
    """
    engine: Engine | None = None
    """
    Who recognises the picture. As for the version that the task shows if left out.
    """
    models: list[str] | None = None
    """
    Which models look for labels. As for the version that the task shows if left out.
    """
    min_confidence: Annotated[float | None, Field(alias="minConfidence")] = None
    """
    Leave out labels with less confidence, 0 to 100. As for the version that the task shows if left out.
    """
    max_labels: Annotated[int | None, Field(alias="maxLabels")] = None
    """
    The most labels to return, best first. As for the version that the task shows if left out.
    """


class VersionState(Model):
    """
    A version and how far it is.
    """

    task_id: Annotated[UUID, Field(alias="taskId")]
    """
    Id of the task.
    """
    version: int
    """
    Number of the version.
    """
    status: TaskStatus
    """
    Where the version is in its life.
    """


class WebhookError(Model):
    """
    Why something failed.
    """

    code: str
    """
    Stable name of the error.
    """
    message: str
    """
    What happened and what to do next, for people.
    """


class WebhookLabel(Model):
    """
    A label of a result.
    """

    name: str
    """
    What was found.
    """
    confidence: float
    """
    How sure, 0 to 100.
    """


class WebhookRequest(Model):
    """
    An address, and what it wants to be told.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    url: AnyUrl
    """
    Where the webhook is called: `https://`, a host on the internet, port 443 or 8443, no user and password, up to 1000 characters. Redirects are not followed.
    """
    events: list[EventType]
    """
    What it is told. An empty list makes a webhook that only serves uploads with a `webhookUrl`.
    """


class WebhookStatus(StrEnum):
    """
    Whether a webhook gets calls.
    """

    active = "active"
    disabled = "disabled"
    blocked = "blocked"


class Word(Model):
    """
    A name of labels, and in how many results it is.
    """

    name: str
    """
    English name of a label or a parent.
    """
    count: int
    """
    In how many results it is.
    """


class WordPage(Model):
    """
    The names that are in the most results.
    """

    words: list[Word]
    """
    Names, those with the most results first.
    """


class AccountDefaults(Model):
    """
    What uploads of this account get where they do not say it. Null: nothing was chosen.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    strip_metadata: Annotated[bool | None, Field(alias="stripMetadata")]
    """
    Remove place, camera and times from pictures. Where nothing was chosen, an upload keeps them unless it asks for the removal, as the web page does.
    """
    detail: Detail | None
    """
    How closely to look for things. Where nothing was chosen: `fast`.
    """


class Answer(Model):
    """
    Who answered for one picture.
    """

    by: By
    """
    Who found the labels: `spotter` or `rekognition`.
    """
    reason: Reason
    """
    Why: `asked` for it; with `auto` our networks were `sure`, or `unsure`, so Rekognition answered; or our networks answered instead of Rekognition, because the day's budget for it is spent (`budget_spent`), it did not answer (`rekognition_failed`), or the operators turned it off (`rekognition_off`).
    """
    cost_usd: Annotated[float, Field(alias="costUsd")]
    """
    What Amazon Rekognition charged for this picture, in US dollars.
    """


class CorrectionsRequest(Model):
    """
    All corrections of one result. What is left out is taken back.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    removed: list[str] | None = None
    """
    Names of labels that were found and are not in the picture.
    """
    renamed: list[RenamingRequest] | None = None
    """
    Labels that were found and are called something else. They keep their boxes.
    """
    added: list[str] | None = None
    """
    What is in the picture too. The name of a label that was found confirms it. English names that the models know, and their aliases, get parents and aliases; any other name is taken as it is.
    """
    revision: int | None = None
    """
    `corrections.revision` as you have read it, 0 if there was none. If somebody else has corrected the result since, the answer is 409 `corrections_changed`. Leave it out to replace whatever is there.
    """


class Delivery(Model):
    """
    One event for one webhook.
    """

    delivery_id: Annotated[UUID, Field(alias="deliveryId")]
    """
    Id of the delivery. All its calls have it as `webhook-id`.
    """
    event: str
    """
    What is told.
    """
    url: str
    """
    Where it is sent.
    """
    status: DeliveryStatus
    """
    `waiting`, `delivered` or `failed`. It has failed when no call succeeded within 24 hours.
    """
    created_at: Annotated[AwareDatetime, Field(alias="createdAt")]
    """
    When it was added.
    """
    next_try_at: Annotated[AwareDatetime | None, Field(alias="nextTryAt")]
    """
    When it is sent next at the earliest; null unless `waiting`.
    """
    finished_at: Annotated[AwareDatetime | None, Field(alias="finishedAt")]
    """
    When it was delivered or failed.
    """
    body: str
    """
    What is sent, as text: the JSON of one of the webhooks of this document.
    """
    attempts: list[Attempt]
    """
    The newest 10 calls, oldest first.
    """


class DeliveryList(Model):
    """
    A page of deliveries.
    """

    deliveries: list[Delivery]
    """
    Newest first. They are kept for 7 days.
    """
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """
    Send it as `cursor` to get the next page; null on the last one.
    """


class DominantColor(Model):
    """
    A colour that covers much of the picture.
    """

    red: int
    """
    Red, 0 to 255.
    """
    green: int
    """
    Green, 0 to 255.
    """
    blue: int
    """
    Blue, 0 to 255.
    """
    hex_code: Annotated[str, Field(alias="hexCode")]
    """
    The same as `#rrggbb`.
    """
    css_color: Annotated[str, Field(alias="cssColor")]
    """
    The nearest colour that has a name in CSS.
    """
    simplified_color: Annotated[SimplifiedColor, Field(alias="simplifiedColor")]
    """
    The nearest everyday name.
    """
    pixel_percent: Annotated[float, Field(alias="pixelPercent")]
    """
    Part of the picture that has about this colour.
    """


class EngineChoice(Model):
    """
    Who recognises the picture.
    """

    asked: Engine
    """
    What the request asked for.
    """
    answer: Answer | None
    """
    Who answered, why and at what cost; null until `succeeded`.
    """


class Export(Model):
    """
    A file with what a user has.
    """

    export_id: Annotated[str, Field(alias="exportId")]
    """
    Id of the export.
    """
    format: ExportFormat
    """
    What it holds.
    """
    status: ExportStatus
    """
    `waiting`, `running`, `succeeded` or `failed`.
    """
    photos: int
    """
    Photos that are in the file so far.
    """
    total: int | None
    """
    Photos that it will have at most; null where that is not known before.
    """
    size_bytes: Annotated[int, Field(alias="sizeBytes")]
    """
    Bytes of the file so far.
    """
    file_name: Annotated[str, Field(alias="fileName")]
    """
    Name of the file.
    """
    created_at: Annotated[AwareDatetime, Field(alias="createdAt")]
    """
    When it was asked for. It has no photos that were sent later.
    """
    finished_at: Annotated[AwareDatetime | None, Field(alias="finishedAt")]
    """
    When it succeeded or failed.
    """
    expires_at: Annotated[AwareDatetime, Field(alias="expiresAt")]
    """
    When it is deleted: 1 day after it was asked for.
    """
    url: str | None
    """
    Signed address of the file. Anyone who has it can get the file until it expires. Null until `succeeded`, in lists, and while the operators keep uploads closed.
    """
    url_expires_at: Annotated[AwareDatetime | None, Field(alias="urlExpiresAt")]
    """
    When the address expires: 300 seconds after this answer. A download that has begun goes on.
    """
    error: ExportError | None
    """
    Why it failed; null unless `failed`.
    """


class ExportList(Model):
    """
    The exports of one user.
    """

    exports: list[Export]
    """
    Newest first.
    """


class ExportNews(Model):
    """
    A finished export.
    """

    export_id: Annotated[UUID, Field(alias="exportId")]
    """
    Id of the export. `GET /exports/{exportId}` has the address of its file.
    """
    format: ExportFormat
    """
    What it holds.
    """
    status: Status1
    """
    `succeeded` or `failed`.
    """
    photos: int
    """
    Photos that are in the file.
    """
    size_bytes: Annotated[int, Field(alias="sizeBytes")]
    """
    Bytes of the file.
    """
    error: WebhookError | None
    """
    Why it failed; null if it succeeded.
    """
    expires_at: Annotated[AwareDatetime, Field(alias="expiresAt")]
    """
    When the file is deleted.
    """


class ImageProperties(Model):
    """
    Colours and quality of a picture.
    """

    quality: Quality
    """
    Brightness, sharpness and contrast.
    """
    dominant_colors: Annotated[list[DominantColor], Field(alias="dominantColors")]
    """
    Up to 8 colours, the most frequent first. Together they cover the picture except for colours of less than 2 %.
    """


class Key(Model):
    """
    An API key, without its secret.
    """

    key_id: Annotated[UUID, Field(alias="keyId")]
    """
    Id of the key.
    """
    name: str
    """
    What its owner calls it.
    """
    prefix: str
    """
    The beginning of the key.
    """
    scopes: list[Scope]
    """
    What it may do.
    """
    created_at: Annotated[AwareDatetime, Field(alias="createdAt")]
    """
    When it was made.
    """
    ends_at: Annotated[AwareDatetime | None, Field(alias="endsAt")]
    """
    When it stops working; null if it does not.
    """
    daily_limit: Annotated[int | None, Field(alias="dailyLimit")]
    """
    Pictures that it may send in a day, in UTC; null if it has no limit.
    """
    last_used_at: Annotated[AwareDatetime | None, Field(alias="lastUsedAt")]
    """
    When it was last exchanged for a token; null if it never was.
    """


class KeyList(Model):
    """
    The API keys of one user.
    """

    keys: list[Key]
    """
    Newest first; at most 10. A key that has ended stays here until it is revoked.
    """


class KeyRequest(Model):
    """
    A key to make.
    """

    model_config = ConfigDict(
        extra="forbid",
    )
    name: str
    """
    What you call it, for lists: the program that will use it.
    """
    scopes: list[Scope]
    """
    `read` allows GET, `write` all other methods. What shows results, or opens a way for them, needs both: sockets, streams and corrections. No key manages webhooks.
    """
    ends_at: Annotated[AwareDatetime | None, Field(alias="endsAt")] = None
    """
    When the key stops working. If left out, it works until you revoke it.
    """
    daily_limit: Annotated[int | None, Field(alias="dailyLimit")] = None
    """
    Pictures that it may send in a day, in UTC; no limit of its own if left out.
    """


class Label(Model):
    """
    Something that is in the picture.
    """

    name: str
    """
    What it is, such as `cat`.
    """
    confidence: float
    """
    How sure the models are, 0 to 100.
    """
    parents: list[LabelName]
    """
    Wider names, nearest first: dog, animal.
    """
    aliases: list[LabelName]
    """
    Other names of the same thing.
    """
    instances: list[Instance]
    """
    Where it was found; empty if the label describes the whole picture.
    """


class NewKey(Model):
    """
    A new API key with its secret.
    """

    key_id: Annotated[UUID, Field(alias="keyId")]
    """
    Id of the key.
    """
    name: str
    """
    What its owner calls it.
    """
    prefix: str
    """
    The beginning of the key.
    """
    scopes: list[Scope]
    """
    What it may do.
    """
    created_at: Annotated[AwareDatetime, Field(alias="createdAt")]
    """
    When it was made.
    """
    ends_at: Annotated[AwareDatetime | None, Field(alias="endsAt")]
    """
    When it stops working; null if it does not.
    """
    daily_limit: Annotated[int | None, Field(alias="dailyLimit")]
    """
    Pictures that it may send in a day, in UTC; null if it has no limit.
    """
    last_used_at: Annotated[AwareDatetime | None, Field(alias="lastUsedAt")]
    """
    When it was last exchanged for a token; null if it never was.
    """
    key: str
    """
    The key itself. It is shown only now: we store a hash of it.
    """


class NextVersion(Model):
    """
    A newer version of a result, which is being made or has failed.
    """

    version: int
    """
    Its number.
    """
    status: TaskStatus
    """
    Where the task is in its life.
    """
    error: TaskError | None
    """
    Why it failed; null unless `failed`.
    """


class TaskNews(Model):
    """
    A finished task.
    """

    task_id: Annotated[UUID, Field(alias="taskId")]
    """
    Id of the task. `GET /results/{taskId}` has all of it.
    """
    reference: str | None
    """
    Your own name for the task; null without one.
    """
    file_name: Annotated[str | None, Field(alias="fileName")]
    """
    Name of the picture; null without one.
    """
    status: Status1
    """
    `succeeded` or `failed`.
    """
    labels: list[WebhookLabel]
    """
    What was found, most confident first; empty if the task failed.
    """
    error: WebhookError | None
    """
    Why it failed; null if it succeeded.
    """
    created_at: Annotated[AwareDatetime, Field(alias="createdAt")]
    """
    When the picture was sent.
    """
    finished_at: Annotated[AwareDatetime, Field(alias="finishedAt")]
    """
    When the task was finished.
    """


class TaskState(Model):
    """
    A task and where it is in its life.
    """

    task_id: Annotated[UUID, Field(alias="taskId")]
    """
    Id of the task.
    """
    status: TaskStatus
    """
    Where the task is in its life.
    """


class TaskSucceededMessage(Model):
    """
    A picture was recognised.
    """

    timestamp: AwareDatetime
    """
    When it happened.
    """
    type: Literal["task.succeeded"]
    """
    The event.
    """
    data: TaskNews
    """
    The task.
    """


class TestMessage(Model):
    """
    Somebody tries the webhook. It says nothing about any picture.
    """

    timestamp: AwareDatetime
    """
    When it happened.
    """
    type: Literal["webhook.test"]
    """
    The event.
    """
    data: TestNews
    """
    The webhook.
    """


class TextLine(Model):
    """
    A line of text in the picture.
    """

    text: str
    """
    The whole line.
    """
    confidence: float
    """
    How sure the model is of its letters, 0 to 100.
    """
    bounding_box: Annotated[BoundingBox, Field(alias="boundingBox")]
    """
    The upright box around it.
    """
    polygon: list[TextPoint]
    """
    Its four corners: where the word starts and ends above, and where it ends and starts below.
    """
    angle: float
    """
    How far the line is turned clockwise, -180 to 180 degrees. 0 is level, 90 runs down.
    """
    words: list[TextWord]
    """
    Its words, in their order.
    """


class Usage(Model):
    """
    What the caller may do and did.
    """

    limits: list[Limit]
    """
    All limits that are counted over time.
    """
    unfinished: Unfinished
    """
    The limit of tasks that are not finished.
    """
    refused: list[Refusal]
    """
    Refused uploads and retries of the last 7 days, most often first.
    """
    days: list[UsageDay]
    """
    The last 30 days in UTC, oldest first.
    """


class Webhook(Model):
    """
    An address that is called when something is finished.
    """

    webhook_id: Annotated[UUID, Field(alias="webhookId")]
    """
    Id of the webhook.
    """
    url: str
    """
    Where it is called.
    """
    events: list[EventType]
    """
    What it is told.
    """
    status: WebhookStatus
    """
    `active`; `disabled`, because all calls failed for 5 days: a test that succeeds makes it active again; `blocked`, because an operator stopped it.
    """
    created_at: Annotated[AwareDatetime, Field(alias="createdAt")]
    """
    When it was created.
    """
    last_success_at: Annotated[AwareDatetime | None, Field(alias="lastSuccessAt")]
    """
    When a call last succeeded; null before the first one.
    """
    failing_since: Annotated[AwareDatetime | None, Field(alias="failingSince")]
    """
    Since when all calls have failed; null if the last one succeeded.
    """
    last_error: Annotated[str | None, Field(alias="lastError")]
    """
    Why the newest failed call failed; null if none has failed.
    """
    next_try_at: Annotated[AwareDatetime | None, Field(alias="nextTryAt")]
    """
    Nothing is sent before this time, so that the receiver can recover; null if calls are sent at once.
    """
    previous_secret_until: Annotated[AwareDatetime | None, Field(alias="previousSecretUntil")]
    """
    Until then calls have a second signature, made with the secret before the newest one; null without one.
    """


class WebhookList(Model):
    """
    The webhooks of one user.
    """

    webhooks: list[Webhook]
    """
    Oldest first, at most 5.
    """


class WebhookSecret(Model):
    """
    A webhook with its secret, which is shown this once.
    """

    webhook_id: Annotated[UUID, Field(alias="webhookId")]
    """
    Id of the webhook.
    """
    url: str
    """
    Where it is called.
    """
    events: list[EventType]
    """
    What it is told.
    """
    status: WebhookStatus
    """
    `active`; `disabled`, because all calls failed for 5 days: a test that succeeds makes it active again; `blocked`, because an operator stopped it.
    """
    created_at: Annotated[AwareDatetime, Field(alias="createdAt")]
    """
    When it was created.
    """
    last_success_at: Annotated[AwareDatetime | None, Field(alias="lastSuccessAt")]
    """
    When a call last succeeded; null before the first one.
    """
    failing_since: Annotated[AwareDatetime | None, Field(alias="failingSince")]
    """
    Since when all calls have failed; null if the last one succeeded.
    """
    last_error: Annotated[str | None, Field(alias="lastError")]
    """
    Why the newest failed call failed; null if none has failed.
    """
    next_try_at: Annotated[AwareDatetime | None, Field(alias="nextTryAt")]
    """
    Nothing is sent before this time, so that the receiver can recover; null if calls are sent at once.
    """
    previous_secret_until: Annotated[AwareDatetime | None, Field(alias="previousSecretUntil")]
    """
    Until then calls have a second signature, made with the secret before the newest one; null without one.
    """
    secret: str
    """
    Signs each call, as Standard Webhooks says. Keep it: nobody can see it again.
    """


class Corrections(Model):
    """
    What its owner corrected in a result.
    """

    removed: list[str]
    """
    Names of labels that were found and are not in the picture.
    """
    renamed: list[Renaming]
    """
    Labels that were found and are called something else.
    """
    added: list[str]
    """
    What is in the picture too, or was found and confirmed.
    """
    revision: int
    """
    How often the corrections have changed. Send it with the next correction.
    """
    corrected_at: Annotated[AwareDatetime, Field(alias="correctedAt")]
    """
    When they last changed.
    """
    found_labels: Annotated[list[Label], Field(alias="foundLabels")]
    """
    What the models found, without corrections.
    """


class ExportFinishedMessage(Model):
    """
    An export succeeded or failed.
    """

    timestamp: AwareDatetime
    """
    When it happened.
    """
    type: Literal["export.finished"]
    """
    The event.
    """
    data: ExportNews
    """
    The export.
    """


class PictureText(Model):
    """
    The text in the picture.
    """

    lines: list[TextLine]
    """
    Lines, from top to bottom and from left to right. Empty if there is no text.
    """
    truncated: bool
    """
    Whether lines were left out because there is too much text: the smallest ones, and those at the bottom. About 100 short lines or 20 of a page are read.
    """


class Task(Model):
    """
    One request to recognise one picture, and its result.
    """

    task_id: Annotated[UUID, Field(alias="taskId")]
    """
    Id of the task.
    """
    status: TaskStatus
    """
    Where the task is in its life.
    """
    created_at: Annotated[AwareDatetime, Field(alias="createdAt")]
    """
    When the upload was requested.
    """
    updated_at: Annotated[AwareDatetime, Field(alias="updatedAt")]
    """
    When the status last changed.
    """
    queued_at: Annotated[AwareDatetime | None, Field(alias="queuedAt")]
    """
    When the picture was queued.
    """
    finished_at: Annotated[AwareDatetime | None, Field(alias="finishedAt")]
    """
    When the task succeeded, failed or expired.
    """
    expires_at: Annotated[AwareDatetime, Field(alias="expiresAt")]
    """
    When picture and result will be deleted.
    """
    file_name: Annotated[str | None, Field(alias="fileName")]
    """
    Name of the picture, if it was given one.
    """
    reference: str | None
    """
    Your own name for the task, if the upload gave one.
    """
    content_type: Annotated[str, Field(alias="contentType")]
    """
    Type of the picture.
    """
    size_bytes: Annotated[int, Field(alias="sizeBytes")]
    """
    Size of the picture in bytes.
    """
    min_confidence: Annotated[float, Field(alias="minConfidence")]
    """
    Labels with less confidence were left out.
    """
    max_labels: Annotated[int, Field(alias="maxLabels")]
    """
    The most labels that were asked for.
    """
    features: list[Feature]
    """
    What was asked for.
    """
    detail: Detail
    """
    How closely the detector looked: `fast` or `fine`. Workers that are idle may look closer than was asked, if nobody chose.
    """
    engine: EngineChoice
    """
    Who recognises the picture, and why.
    """
    image: Image
    """
    The picture.
    """
    version: int
    """
    Which version of the result this is: 1 until the picture is recognised again.
    """
    next_version: Annotated[NextVersion | None, Field(alias="nextVersion")]
    """
    The version that was asked for last, while it is not finished or if it failed. The task keeps its result meanwhile. Always null in lists.
    """
    labels: list[Label]
    """
    What is in the picture, most confident first. Empty until `succeeded`, and if nothing was recognised. A label that its owner added or renamed has 100.
    """
    local_names: Annotated[dict[str, str] | None, Field(alias="localNames")]
    """
    What the labels and their parents are called in the language that `Accept-Language` asks for, by their English names: German (`de`) or Spanish (`es`). Null in English.
    """
    corrections: Corrections | None
    """
    What its owner corrected, with the labels as the models found them. Null if nothing was ever corrected.
    """
    properties: ImageProperties | None
    """
    What the picture looks like. Null until `succeeded`, and if `properties` was not asked for.
    """
    text: PictureText | None
    """
    Lines and words in the picture. Null until `succeeded`, and if `text` was not asked for. Always null in lists.
    """
    fingerprint: Fingerprint | None
    """
    Numbers that find similar pictures and copies of the same one. Null until `succeeded`, and if `labels` was not asked for.
    """
    moderation: list[ModerationLabel] | None
    """
    Unwanted content that Amazon Rekognition found; empty if there is none. Null until `succeeded`, if it was not asked for, and if Rekognition did not answer.
    """
    models: dict[str, str]
    """
    Name and version of each model that looked at the picture.
    """
    timings: Timings
    """
    How long it took.
    """
    error: TaskError | None
    """
    Why the task failed; null unless `failed`.
    """
    queue: Queue | None
    """
    The place in the queue. Null unless the task has waited for more than 2 s, and always null in lists.
    """
    starts_in_seconds: Annotated[int | None, Field(alias="startsInSeconds")]
    """
    About how many seconds until a worker has started. Workers can be asleep while nothing waits. Null unless the task waits for one, and always null in lists.
    """


class TaskFailedMessage(Model):
    """
    A picture could not be recognised, or its task was cancelled.
    """

    timestamp: AwareDatetime
    """
    When it happened.
    """
    type: Literal["task.failed"]
    """
    The event.
    """
    data: TaskNews
    """
    The task.
    """


class TaskPage(Model):
    """
    Some of the caller's tasks, newest first.
    """

    results: list[Task]
    """
    Tasks, newest first.
    """
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """
    Send it as `cursor` for the next page; null on the last one.
    """
    notice: str | None
    """
    What the operators tell all users at the moment, such as a maintenance; null if there is nothing.
    """


class UploadTicket(Model):
    """
    A task, and the form for its picture.
    """

    task_id: Annotated[UUID, Field(alias="taskId")]
    """
    Id of the task.
    """
    status: TaskStatus
    """
    Where the task is in its life.
    """
    created_at: Annotated[AwareDatetime, Field(alias="createdAt")]
    """
    When the upload was requested.
    """
    updated_at: Annotated[AwareDatetime, Field(alias="updatedAt")]
    """
    When the status last changed.
    """
    queued_at: Annotated[AwareDatetime | None, Field(alias="queuedAt")]
    """
    When the picture was queued.
    """
    finished_at: Annotated[AwareDatetime | None, Field(alias="finishedAt")]
    """
    When the task succeeded, failed or expired.
    """
    expires_at: Annotated[AwareDatetime, Field(alias="expiresAt")]
    """
    When picture and result will be deleted.
    """
    file_name: Annotated[str | None, Field(alias="fileName")]
    """
    Name of the picture, if it was given one.
    """
    reference: str | None
    """
    Your own name for the task, if the upload gave one.
    """
    content_type: Annotated[str, Field(alias="contentType")]
    """
    Type of the picture.
    """
    size_bytes: Annotated[int, Field(alias="sizeBytes")]
    """
    Size of the picture in bytes.
    """
    min_confidence: Annotated[float, Field(alias="minConfidence")]
    """
    Labels with less confidence were left out.
    """
    max_labels: Annotated[int, Field(alias="maxLabels")]
    """
    The most labels that were asked for.
    """
    features: list[Feature]
    """
    What was asked for.
    """
    detail: Detail
    """
    How closely the detector looked: `fast` or `fine`. Workers that are idle may look closer than was asked, if nobody chose.
    """
    engine: EngineChoice
    """
    Who recognises the picture, and why.
    """
    image: Image
    """
    The picture.
    """
    version: int
    """
    Which version of the result this is: 1 until the picture is recognised again.
    """
    next_version: Annotated[NextVersion | None, Field(alias="nextVersion")]
    """
    The version that was asked for last, while it is not finished or if it failed. The task keeps its result meanwhile. Always null in lists.
    """
    labels: list[Label]
    """
    What is in the picture, most confident first. Empty until `succeeded`, and if nothing was recognised. A label that its owner added or renamed has 100.
    """
    local_names: Annotated[dict[str, str] | None, Field(alias="localNames")]
    """
    What the labels and their parents are called in the language that `Accept-Language` asks for, by their English names: German (`de`) or Spanish (`es`). Null in English.
    """
    corrections: Corrections | None
    """
    What its owner corrected, with the labels as the models found them. Null if nothing was ever corrected.
    """
    properties: ImageProperties | None
    """
    What the picture looks like. Null until `succeeded`, and if `properties` was not asked for.
    """
    text: PictureText | None
    """
    Lines and words in the picture. Null until `succeeded`, and if `text` was not asked for. Always null in lists.
    """
    fingerprint: Fingerprint | None
    """
    Numbers that find similar pictures and copies of the same one. Null until `succeeded`, and if `labels` was not asked for.
    """
    moderation: list[ModerationLabel] | None
    """
    Unwanted content that Amazon Rekognition found; empty if there is none. Null until `succeeded`, if it was not asked for, and if Rekognition did not answer.
    """
    models: dict[str, str]
    """
    Name and version of each model that looked at the picture.
    """
    timings: Timings
    """
    How long it took.
    """
    error: TaskError | None
    """
    Why the task failed; null unless `failed`.
    """
    queue: Queue | None
    """
    The place in the queue. Null unless the task has waited for more than 2 s, and always null in lists.
    """
    starts_in_seconds: Annotated[int | None, Field(alias="startsInSeconds")]
    """
    About how many seconds until a worker has started. Workers can be asleep while nothing waits. Null unless the task waits for one, and always null in lists.
    """
    upload: UploadForm | None
    """
    The form to send the picture with. Null if the service has the picture.
    """


class Version(Model):
    """
    One version of a result.
    """

    version: int
    """
    Its number.
    """
    status: TaskStatus
    """
    Where the version is in its life.
    """
    asked_at: Annotated[AwareDatetime | None, Field(alias="askedAt")]
    """
    When it was queued.
    """
    finished_at: Annotated[AwareDatetime | None, Field(alias="finishedAt")]
    """
    When it succeeded or failed.
    """
    features: list[Feature]
    """
    What it looked for.
    """
    detail: Detail
    """
    How closely it looked.
    """
    min_confidence: Annotated[float, Field(alias="minConfidence")]
    """
    Labels with less confidence were left out.
    """
    max_labels: Annotated[int, Field(alias="maxLabels")]
    """
    The most labels that were asked for.
    """
    engine: EngineChoice
    """
    Who recognised the picture, and why.
    """
    models: dict[str, str]
    """
    Name and version of each model.
    """
    labels: list[Label]
    """
    What the models found, without corrections. Empty until `succeeded`.
    """
    text: PictureText | None
    """
    Lines and words in the picture. Null until `succeeded`, if `text` was not asked for, and where this and newer versions have more than 500 lines.
    """
    properties: ImageProperties | None
    """
    What the picture looks like. Null until `succeeded`, and if `properties` was not asked for.
    """
    moderation: list[ModerationLabel] | None
    """
    Unwanted content that Amazon Rekognition found, as in the task.
    """
    timings: Timings
    """
    How long it took.
    """
    changes: VersionChanges | None
    """
    What differs from the version before it that succeeded. Null for the first one, and until `succeeded`.
    """
    error: TaskError | None
    """
    Why it failed; null unless `failed`.
    """


class VersionList(Model):
    """
    All versions of a result.
    """

    versions: list[Version]
    """
    The versions, newest first.
    """


class DoublesGroup(Model):
    """
    Results of pictures that look the same.
    """

    group_id: Annotated[str, Field(alias="groupId")]
    """
    Id of the first task of the group, which may be deleted since. A group that goes on on the next page has the same one there.
    """
    results: list[Task]
    """
    Newest first. Only one if the others were deleted or are on another page.
    """


class DoublesPage(Model):
    """
    Photos that are there more than once.
    """

    groups: list[DoublesGroup]
    """
    The group of the newest double first. Can be empty before the last page.
    """
    next_cursor: Annotated[str | None, Field(alias="nextCursor")]
    """
    Send it as `cursor` for the next page; null on the last one.
    """


class Similar(Model):
    """
    A photo that is like another one.
    """

    result: Task
    """
    The other photo and its result.
    """
    similarity: float
    """
    How alike the things in both are: the cosine of the vectors of their fingerprints, 1 for the same.
    """
    is_copy: Annotated[bool, Field(alias="isCopy")]
    """
    Whether it is the same photo, perhaps resized, compressed again or mirrored.
    """


class SimilarPage(Model):
    """
    Photos that are like another one.
    """

    similar: list[Similar]
    """
    Copies first, then the most similar ones.
    """
