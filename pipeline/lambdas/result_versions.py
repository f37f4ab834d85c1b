"""POST and GET /results/{taskId}/versions: recognise a picture again, and see all its results."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core.doors import Door, is_closed
from pipeline.core.errors import EngineNotOfferedError, ModelNotOfferedError, TaskNotFoundError
from pipeline.core.options import Options
from pipeline.core.queue import TaskQueue
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.tasks.version_ids import get_version
from pipeline.core.tasks.versions import (
    MOST_VERSIONS,
    NoResultYetError,
    TooManyVersionsError,
    VersionOpenError,
    find_repeat,
    list_versions,
)
from pipeline.core.usage import UsageDay
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import TaskId, build_app, get_owner_id, respond
from pipeline.lambdas.bodies import JSON, get_content_type, parse_body
from pipeline.lambdas.callers import find_key_used
from pipeline.lambdas.limits import Cost
from pipeline.lambdas.problems import (
    DailyPixelsReachedError,
    InvalidRequestError,
    KeyLimitReachedError,
    TooManyUnfinishedTasksError,
    UnsupportedMediaTypeError,
    UploadsClosedError,
)
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.spending import admit
from pipeline.lambdas.telemetry import count, entry_point, logger
from pipeline.lambdas.upload_checks import check_engine, check_models
from pipeline.lambdas.version_schemas import (
    VersionList,
    VersionRequest,
    VersionState,
    build_version_list,
)

settings = load_settings()
app = build_app(settings, counts_refusals=True, tables={UsageDay: settings.tasks_table})
queue = TaskQueue(settings.task_queue_url)

ROUTE = "/results/<taskId>/versions"


@app.post(
    ROUTE,
    operation_id="createVersion",
    tags=["Results"],
    summary="Recognise a picture again",
    description="The picture of a result is recognised again, with the models of today and with"
    " what the body asks for: other features, or a closer look. Until the new version is finished"
    " the task keeps its result, and `nextVersion` says how far it is. Then the task, lists, search"
    " and exports show the new version. Corrections stay. A version counts for your limits as an"
    " upload does, also for the daily limit of an API key."
    f" A result has at most {MOST_VERSIONS} versions, failed ones included."
    " `POST /results/{taskId}/cancel` closes a version that waits.",
    openapi_extensions={
        "requestBody": {
            "required": True,
            "description": "What to look for this time; `{}` for the same again.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/VersionRequest"}}},
        }
    },
    responses={
        202: {
            "description": "The version is queued. While it is not finished, a repeat of the same"
            " request gets the same version."
        },
        **refuse(
            TaskNotFoundError,
            NoResultYetError,
            VersionOpenError,
            TooManyVersionsError,
            UnsupportedMediaTypeError,
            InvalidRequestError,
            EngineNotOfferedError,
            ModelNotOfferedError,
            TooManyUnfinishedTasksError,
            DailyPixelsReachedError,
            KeyLimitReachedError,
            UploadsClosedError,
        ),
    },
)
def create_version(task_id: TaskId) -> Response[VersionState]:
    if get_content_type(app.current_event) != JSON:
        raise UnsupportedMediaTypeError
    wanted = parse_body(VersionRequest, app.current_event)
    task = Task.get_owned(str(task_id), get_owner_id(app))
    if is_closed(Door.UPLOADS):
        raise UploadsClosedError
    options = wanted.fill_in(task)
    check_engine(options, settings, "body")
    check_models(options, settings)
    version = find_repeat(task, options)
    if version is None:
        _charge(task, options)
        version = flow.recognise_again(task, options, queue)
        count("VersionsAccepted")
        logger.info("Version queued", task_id=version.task_id)
    state = VersionState(
        task_id=task.task_id,
        version=get_version(version.task_id),
        status=TaskStatus(version.status),
    )
    return respond(HTTPStatus.ACCEPTED, state)


def _charge(task: Task, options: Options) -> None:
    """Charge the version as an upload of the same picture, without its bytes: they are here.

    Raises:
        TooManyRequestsError: The user or the API key may not start one more version now.
    """
    pixels = int(task.width or 0) * int(task.height or 0) + options.extra_pixels
    cost = Cost(work_pixels=pixels)
    key = find_key_used(app)
    if refusal := admit(task.owner_id, settings, cost, key, is_version=True):
        raise refusal


@app.get(
    ROUTE,
    operation_id="listVersions",
    tags=["Results"],
    summary="List the versions of a result",
    description="Each time the picture was recognised, with the labels as they were found and what"
    " changed from one version to the next. A task that was recognised once has one version.",
    responses={200: {"description": "The versions, newest first."}, **refuse(TaskNotFoundError)},
)
def get_versions(task_id: TaskId) -> Response[VersionList]:
    task = Task.get_owned(str(task_id), get_owner_id(app))
    found = list_versions(task)
    logger.info("Versions shown", task_id=task.task_id, count=len(found))
    return respond(HTTPStatus.OK, build_version_list(found))


handler = entry_point(app.resolve)
