"""POST /upload: a form for a picture, or the picture itself."""

from http import HTTPStatus
from uuid import UUID, uuid4, uuid5

from aws_lambda_powertools.event_handler import Response

from pipeline.core.defaults import find_defaults
from pipeline.core.doors import Door, is_closed
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
    TaskNotFoundError,
    TooManyPixelsError,
    UnreadableImageError,
    UnsupportedFormatError,
)
from pipeline.core.images import (
    CONTENT_TYPES,
    DIRECT_MAX_BYTES,
    check_accepted,
    read_header,
)
from pipeline.core.images.strip import strip_metadata
from pipeline.core.options import (
    DEFAULT_MAX_LABELS,
    DEFAULT_MIN_CONFIDENCE,
    Engine,
    Options,
    sort_features,
    split_models,
)
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore, build_image_key, build_upload_key
from pipeline.core.tasks import flow, transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.answers import LOCATION, TASK_LINKS, refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.bodies import JSON, get_content_type, parse_body, read_body
from pipeline.lambdas.limits import Cost, find_refusal
from pipeline.lambdas.problems import (
    DailyBytesReachedError,
    DailyPixelsReachedError,
    InvalidRequestError,
    PayloadTooLargeError,
    ServiceUnavailableError,
    StorageFullError,
    TooManyUnfinishedTasksError,
    UnsupportedMediaTypeError,
    UploadsClosedError,
)
from pipeline.lambdas.schemas import TaskReference
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import count, entry_point, logger
from pipeline.lambdas.upload_answers import FORM_MINUTES, UploadFormView, UploadTicket
from pipeline.lambdas.upload_checks import check_engine, check_models, hash_request
from pipeline.lambdas.upload_parameters import (
    DEFAULT_FEATURES_LIST,
    DetailLevel,
    EngineName,
    Features,
    FileName,
    IdempotencyKey,
    MaxLabels,
    MinConfidence,
    Models,
    StripMetadata,
)
from pipeline.lambdas.upload_request import IMAGE_LIMITS, MEBIBYTE, REQUEST_BODY, UploadRequest

_KEY_NAMESPACE = UUID("5b0f7d3e-6a53-4d0c-9f3a-2f4f0f6f4d8c")
"""Namespace of the task ids that are computed from an Idempotency-Key. Never change it."""

_TYPES = ", ".join(f"`{content_type}`" for content_type in CONTENT_TYPES)

settings = load_settings()
app = build_app(settings, counts_refusals=True)
store = ImageStore(settings.images_bucket)
queue = TaskQueue(settings.task_queue_url)


@app.post(
    "/upload",
    operation_id="createUpload",
    tags=["Uploads"],
    summary="Send a picture, or get a form for one",
    description=f"""\
Two ways, told apart by `Content-Type`:

**{_TYPES}**: the body is the picture itself, up to
{DIRECT_MAX_BYTES // MEBIBYTE} MB. It is checked, stored and queued at once (202). Options are
query parameters. The bytes decide what kind of picture it is, not the header.

**`application/json`**: the body describes the picture, and the answer (201) has a form for it. Send
`upload.fields` and then the picture as the last field `file` as `multipart/form-data` by `POST` to
`upload.url`, within {FORM_MINUTES} minutes and without an `Authorization` header. The picture may
not be larger than `sizeBytes`, and its type must be `contentType`. It is queued as soon as it has
arrived.

Accepted are {IMAGE_LIMITS}. An operator may turn HEIC off; then it is refused with
`{HeicNotAcceptedError.code}`, and the picture can be sent as JPEG.""",
    openapi_extensions={"requestBody": REQUEST_BODY},
    responses={
        201: {
            "description": "The task exists and waits for its picture: send it with the form.",
            "content": {"application/json": {"model": UploadTicket}},
            "headers": LOCATION,
            "links": TASK_LINKS,
        },
        202: {
            "description": "The picture is stored and queued. A repeat with the Idempotency-Key of"
            " a task that has its picture gets this answer too.",
            "content": {"application/json": {"model": TaskReference}},
            "headers": LOCATION,
            "links": TASK_LINKS,
        },
        **refuse(
            IdempotencyKeyReusedError,
            PayloadTooLargeError,
            UnsupportedMediaTypeError,
            InvalidRequestError,
            EmptyImageError,
            UnsupportedFormatError,
            HeicNotAcceptedError,
            EngineNotOfferedError,
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
            UploadsClosedError,
        ),
    },
)
def upload(
    file_name: FileName = None,
    min_confidence: MinConfidence = DEFAULT_MIN_CONFIDENCE,
    max_labels: MaxLabels = DEFAULT_MAX_LABELS,
    features: Features = DEFAULT_FEATURES_LIST,
    detail: DetailLevel = None,
    engine: EngineName = Engine.SPOTTER,
    models: Models = None,
    strip: StripMetadata = None,
    idempotency_key: IdempotencyKey = None,
) -> Response[UploadTicket | TaskReference]:
    if is_closed(Door.UPLOADS):
        raise UploadsClosedError
    content_type = get_content_type(app.current_event)
    if content_type == JSON:
        request = _fill_in(parse_body(UploadRequest, app.current_event))
        return _offer_form(request, idempotency_key)
    if content_type not in CONTENT_TYPES:
        raise UnsupportedMediaTypeError
    image = read_body(app.current_event)
    if len(image) > DIRECT_MAX_BYTES:
        raise PayloadTooLargeError
    header = read_header(image)
    request = UploadRequest(
        # From the bytes: clients derive the header from the file name, which may be wrong.
        content_type=header.content_type,
        size_bytes=len(image),
        file_name=file_name,
        min_confidence=min_confidence,
        max_labels=max_labels,
        features=sort_features(features.split(",")),
        detail=detail,
        engine=engine,
        chosen_models=split_models(models) if models else None,
        strip_metadata=strip,
    )
    return _take_image(_fill_in(request), image, header.work_pixels, idempotency_key)


def _fill_in(request: UploadRequest) -> UploadRequest:
    """Take what the request does not say from the account's defaults, else from ours."""
    if request.strip_metadata is not None and request.detail is not None:
        return request
    chosen = find_defaults(get_owner_id(app))
    said = {"strip_metadata": request.strip_metadata, "detail": request.detail}
    usual = {"strip_metadata": bool(chosen.strip_metadata), "detail": chosen.detail}
    return request.model_copy(
        update={name: usual[name] if value is None else value for name, value in said.items()}
    )


def _offer_form(
    request: UploadRequest, idempotency_key: str | None
) -> Response[UploadTicket | TaskReference]:
    task = _save_task(request, idempotency_key)
    if task.status != TaskStatus.AWAITING_UPLOAD or task.image_key:
        # A repeat after the picture arrived. Another form would only let the caller store files.
        logger.info("Upload repeated", task_id=task.task_id, status=task.status)
        return respond(HTTPStatus.ACCEPTED, TaskReference(task_id=task.task_id), _locate(task))
    form = store.create_form(
        build_upload_key(task.owner_id, task.task_id), request.content_type, request.size_bytes
    )
    logger.info("Upload form signed", task_id=task.task_id)
    ticket = UploadTicket(
        task_id=task.task_id,
        upload=UploadFormView(url=form.url, fields=form.fields, expires_at=form.expires_at),
    )
    return respond(HTTPStatus.CREATED, ticket, _locate(task))


def _take_image(
    request: UploadRequest, image: bytes, work_pixels: int, idempotency_key: str | None
) -> Response[UploadTicket | TaskReference]:
    if request.strip_metadata:
        image = strip_metadata(image)
        request = request.model_copy(update={"size_bytes": len(image)})
    options = Options(
        features=request.features,
        detail=request.detail,
        chosen_models=request.chosen_models or (),
    )
    work_pixels += options.extra_pixels
    task = _save_task(request, idempotency_key, work_pixels=work_pixels, image=image)
    if task.status == TaskStatus.AWAITING_UPLOAD:
        flow.submit(task, image, store, queue)
        count("UploadsAccepted")
        logger.info("Task queued", task_id=task.task_id)
    else:
        logger.info("Upload repeated", task_id=task.task_id, status=task.status)
    return respond(HTTPStatus.ACCEPTED, TaskReference(task_id=task.task_id), _locate(task))


def _save_task(
    request: UploadRequest,
    idempotency_key: str | None,
    *,
    work_pixels: int = 0,
    image: bytes | None = None,
) -> Task:
    """Save a new task, or find the one that an earlier request with the same key made.

    Raises:
        HeicNotAcceptedError: It is a HEIC, and the operator has turned HEIC off.
        EngineNotOfferedError: The operators have not turned Amazon Rekognition on.
        ModelNotOfferedError: The operators do not offer one of the models.
        InvalidRequestError: The engine cannot do what is asked for.
        IdempotencyKeyReusedError: An earlier request with other content used the key.
        TooManyRequestsError: The user may not start one more task now.
    """
    check_accepted(request.content_type, accept_heic=settings.accept_heic)
    check_engine(request, settings, "body" if image is None else "query")
    check_models(request, settings)
    owner_id = get_owner_id(app)
    task = _build_task(request, owner_id, idempotency_key)
    if image is not None:
        task.image_key = build_image_key(owner_id, task.task_id)
    if idempotency_key:
        task.request_hash = hash_request(request, image)
    cost = Cost(request.size_bytes, work_pixels)
    refusal = find_refusal(owner_id, settings, cost)
    if not refusal and transitions.insert(task):
        return task
    try:
        # The limits do not apply to a repeat: it starts no task.
        first = Task.get_owned(task.task_id, owner_id)
    except TaskNotFoundError as error:
        # Without a refusal: the task was deleted just now, and the next repeat makes a new one.
        raise refusal or ServiceUnavailableError() from error
    if first.request_hash != task.request_hash:
        raise IdempotencyKeyReusedError
    return first


def _build_task(request: UploadRequest, owner_id: str, idempotency_key: str | None) -> Task:
    task_id = uuid5(_KEY_NAMESPACE, f"{owner_id} {idempotency_key}") if idempotency_key else uuid4()
    return Task(task_id=str(task_id), owner_id=owner_id, **request.model_dump())


def _locate(task: Task) -> dict[str, str]:
    # Relative to .../upload, because the path before it differs between stages and domains.
    return {"Location": f"results/{task.task_id}"}


handler = entry_point(app.resolve)
