"""POST /upload and POST /pictures: a form for a picture, or the picture itself."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core.defaults import find_defaults
from pipeline.core.doors import Door, is_closed
from pipeline.core.images import CONTENT_TYPES, DIRECT_MAX_BYTES, read_header
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
from pipeline.core.storage import ImageStore, build_upload_key
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import OPEN_STATUSES, Task, TaskStatus
from pipeline.core.usage import UsageDay
from pipeline.core.webhooks.settings import WebhookTables
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.bodies import BYTES, JSON, get_content_type, parse_body, read_body
from pipeline.lambdas.callers import find_key_used
from pipeline.lambdas.languages import get_language
from pipeline.lambdas.problems import (
    PayloadTooLargeError,
    UnsupportedMediaTypeError,
    UploadsClosedError,
)
from pipeline.lambdas.schemas import TaskView, build_task_view
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import count, entry_point, logger
from pipeline.lambdas.upload_answers import (
    PICTURE_ANSWERS,
    PICTURE_TEXT,
    UPLOAD_ANSWERS,
    UPLOAD_TEXT,
    UploadFormView,
    UploadTicket,
)
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
    Preference,
    Reference,
    StripMetadata,
    WebhookUrl,
)
from pipeline.lambdas.upload_request import PICTURE_BODY, REQUEST_BODY, UploadRequest
from pipeline.lambdas.upload_tasks import save_task
from pipeline.lambdas.waiting import POLL_SECONDS, read_preference, wait_for_end

PICTURES = "/pictures"

settings = load_settings()
app = build_app(
    settings,
    counts_refusals=True,
    tables={UsageDay: settings.tasks_table, **WebhookTables.load().webhook_tables},
)
store = ImageStore(settings.images_bucket)
queue = TaskQueue(settings.task_queue_url)

UploadAnswer = Response[UploadTicket | TaskView]


@app.post(
    PICTURES,
    operation_id="createPicture",
    tags=["Uploads"],
    summary="Send a picture",
    description=PICTURE_TEXT,
    openapi_extensions={"requestBody": PICTURE_BODY},
    responses=PICTURE_ANSWERS,
)
@app.post(
    "/upload",
    operation_id="createUpload",
    tags=["Uploads"],
    summary="Send a picture, or get a form for one",
    description=UPLOAD_TEXT,
    openapi_extensions={"requestBody": REQUEST_BODY},
    responses=UPLOAD_ANSWERS,
)
def upload(
    file_name: FileName = None,
    reference: Reference = None,
    webhook_url: WebhookUrl = None,
    min_confidence: MinConfidence = DEFAULT_MIN_CONFIDENCE,
    max_labels: MaxLabels = DEFAULT_MAX_LABELS,
    features: Features = DEFAULT_FEATURES_LIST,
    detail: DetailLevel = None,
    engine: EngineName = Engine.SPOTTER,
    models: Models = None,
    strip: StripMetadata = None,
    idempotency_key: IdempotencyKey = None,
    prefer: Preference = None,
) -> UploadAnswer:
    if is_closed(Door.UPLOADS):
        raise UploadsClosedError
    image = _read_picture()
    if image is None:
        request = _fill_in(parse_body(UploadRequest, app.current_event))
        return _offer_form(request, idempotency_key)
    header = read_header(image)
    request = UploadRequest(
        # From the bytes: clients derive the header from the file name, which may be wrong.
        content_type=header.content_type,
        size_bytes=len(image),
        file_name=file_name,
        reference=reference,
        webhook_url=webhook_url,
        min_confidence=min_confidence,
        max_labels=max_labels,
        features=sort_features(features.split(",")),
        detail=detail,
        engine=engine,
        chosen_models=split_models(models) if models else None,
        strip_metadata=strip,
    )
    task, headers = _take_image(_fill_in(request), image, header.work_pixels, idempotency_key)
    return _answer(task, headers, read_preference(prefer))


def _read_picture() -> bytes | None:
    """The picture in the body; None if the body is the description of one.

    Raises:
        UnsupportedMediaTypeError: It is neither, by its type.
        PayloadTooLargeError: It is larger than a picture in a body may be.
    """
    content_type = get_content_type(app.current_event)
    if content_type == JSON and not _is_picture_route():
        return None
    if content_type not in CONTENT_TYPES and not (_is_picture_route() and content_type == BYTES):
        raise UnsupportedMediaTypeError
    image = read_body(app.current_event)
    if len(image) > DIRECT_MAX_BYTES:
        raise PayloadTooLargeError
    return image


def _is_picture_route() -> bool:
    return app.current_event.path.endswith(PICTURES)


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


def _offer_form(request: UploadRequest, idempotency_key: str | None) -> UploadAnswer:
    task, is_repeat = save_task(
        request, get_owner_id(app), settings, idempotency_key, api_key=find_key_used(app)
    )
    headers = _build_headers(task, is_repeat=is_repeat)
    if task.status != TaskStatus.AWAITING_UPLOAD or task.image_key:
        # A repeat after the picture arrived. Another form would only let the caller store files.
        logger.info("Upload repeated", task_id=task.task_id, status=task.status)
        return respond(HTTPStatus.ACCEPTED, _show(task), headers)
    form = store.create_form(
        build_upload_key(task.owner_id, task.task_id), request.content_type, request.size_bytes
    )
    logger.info("Upload form signed", task_id=task.task_id)
    ticket = UploadTicket(
        **dict(build_task_view(task, None)),
        upload=UploadFormView(url=form.url, fields=form.fields, expires_at=form.expires_at),
    )
    return respond(HTTPStatus.CREATED, ticket, headers)


def _take_image(
    request: UploadRequest, image: bytes, work_pixels: int, idempotency_key: str | None
) -> tuple[Task, dict[str, str]]:
    """Store the picture and queue its task, unless an earlier request did.

    Returns:
        The task and the headers of the answer.
    """
    if request.strip_metadata:
        image = strip_metadata(image)
        request = request.model_copy(update={"size_bytes": len(image)})
    options = Options(
        features=request.features,
        detail=request.detail,
        chosen_models=request.chosen_models or (),
    )
    work_pixels += options.extra_pixels
    task, is_repeat = save_task(
        request,
        get_owner_id(app),
        settings,
        idempotency_key,
        work_pixels=work_pixels,
        image=image,
        api_key=find_key_used(app),
    )
    if task.status == TaskStatus.AWAITING_UPLOAD:
        flow.submit(task, image, store, queue)
        task.status = TaskStatus.QUEUED  # Also if a worker was faster
        count("UploadsAccepted")
        logger.info("Task queued", task_id=task.task_id)
    else:
        logger.info("Upload repeated", task_id=task.task_id, status=task.status)
    return task, _build_headers(task, is_repeat=is_repeat)


def _answer(task: Task, headers: dict[str, str], wait_seconds: int) -> UploadAnswer:
    """Answer with the result, if the caller prefers to wait and it comes in time."""
    if wait_seconds:
        task = wait_for_end(task, wait_seconds, app.lambda_context)
        headers = {**headers, "Preference-Applied": f"wait={wait_seconds}"}
        logger.info("Result waited for", task_id=task.task_id, status=task.status)
        if task.status not in OPEN_STATUSES:
            return respond(HTTPStatus.OK, _show(task, store), headers)
    headers = {**headers, "Retry-After": str(POLL_SECONDS)}
    return respond(HTTPStatus.ACCEPTED, _show(task), headers)


def _show(task: Task, pictures: ImageStore | None = None) -> TaskView:
    view = build_task_view(task, pictures, language=get_language(app))
    return view if _is_picture_route() else UploadTicket(**dict(view), upload=None)


def _build_headers(task: Task, *, is_repeat: bool) -> dict[str, str]:
    # The address is relative to that of this request: stages and domains differ in what is before.
    headers = {"Location": f"results/{task.task_id}"}
    return {**headers, "Idempotent-Replayed": "true"} if is_repeat else headers


handler = entry_point(app.resolve)
