"""Makes the task of an upload, or finds the one that an earlier request made."""

from uuid import UUID, uuid4, uuid5

from pipeline.core.errors import IdempotencyKeyReusedError, TaskNotFoundError
from pipeline.core.images import check_accepted
from pipeline.core.keys.record import ApiKey
from pipeline.core.storage import build_image_key
from pipeline.core.tasks import transitions
from pipeline.core.tasks.indexes import build_reference
from pipeline.core.tasks.record import Task
from pipeline.lambdas.limits import Cost
from pipeline.lambdas.problems import ServiceUnavailableError, TooManyRequestsError
from pipeline.lambdas.settings import ApiSettings
from pipeline.lambdas.spending import admit
from pipeline.lambdas.upload_checks import check_engine, check_models, hash_request
from pipeline.lambdas.upload_request import UploadRequest
from pipeline.lambdas.webhook_addresses import check_call_url

_KEY_NAMESPACE = UUID("5b0f7d3e-6a53-4d0c-9f3a-2f4f0f6f4d8c")
"""Namespace of the task ids that are computed from an Idempotency-Key. Never change it."""


def save_task(
    request: UploadRequest,
    owner_id: str,
    settings: ApiSettings,
    idempotency_key: str | None,
    *,
    work_pixels: int = 0,
    image: bytes | None = None,
    api_key: ApiKey | None = None,
) -> tuple[Task, bool]:
    """Save a new task, or find the one that an earlier request with the same key made.

    Returns:
        The task, and whether an earlier request made it.

    Raises:
        HeicNotAcceptedError: It is a HEIC, and the operator has turned HEIC off.
        EngineNotOfferedError: The operators have not turned Amazon Rekognition on.
        ModelNotOfferedError: The operators do not offer one of the models.
        InvalidRequestError: The engine cannot do what is asked for.
        NoWebhookForUrlError: The user has no webhook for the host of `webhookUrl`.
        IdempotencyKeyReusedError: An earlier request with other content used the key.
        TooManyRequestsError: The user may not start one more task now.
    """
    _check(request, owner_id, settings, "body" if image is None else "query")
    task = _build_task(request, owner_id, idempotency_key)
    if image is not None:
        task.image_key = build_image_key(owner_id, task.task_id)
    if idempotency_key:
        task.request_hash = hash_request(request, image)
    task.api_key_id = api_key.key_id if api_key else None
    cost = Cost(request.size_bytes, work_pixels)
    refusal = admit(owner_id, settings, cost, api_key)
    if not refusal and transitions.insert(task):
        return task, False
    return _find_first(task, refusal), True


def _check(request: UploadRequest, owner_id: str, settings: ApiSettings, place: str) -> None:
    """Refuse what this service does not do.

    Args:
        place: Where the fields are: body or query.
    """
    check_accepted(request.content_type, accept_heic=settings.accept_heic)
    check_engine(request, settings, place)
    check_models(request, settings)
    if request.webhook_url:
        check_call_url(
            request.webhook_url,
            owner_id,
            place,
            allow_loopback=settings.webhook_loopback,
        )


def _find_first(task: Task, refusal: TooManyRequestsError | None) -> Task:
    """The task that an earlier request with the same key made. It starts none, so no limit applies.

    Raises:
        IdempotencyKeyReusedError: That request had other content.
        TooManyRequestsError: There is no such task, and the user may not start one more.
    """
    try:
        first = Task.get_owned(task.task_id, task.owner_id)
    except TaskNotFoundError as error:
        # Without a refusal: the task was deleted just now, and the next repeat makes a new one.
        raise refusal or ServiceUnavailableError() from error
    if first.request_hash != task.request_hash:
        raise IdempotencyKeyReusedError
    return first


def _build_task(request: UploadRequest, owner_id: str, idempotency_key: str | None) -> Task:
    task_id = uuid5(_KEY_NAMESPACE, f"{owner_id} {idempotency_key}") if idempotency_key else uuid4()
    task = Task(
        task_id=str(task_id), owner_id=owner_id, **request.model_dump(exclude={"reference"})
    )
    if request.reference:
        task.owner_reference = build_reference(owner_id, request.reference)
    return task
