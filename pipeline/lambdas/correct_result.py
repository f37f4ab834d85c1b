"""PUT /results/{taskId}/corrections; GET and PUT /account/sharing: what a user says is right."""

from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core.corrections import build_corrections
from pipeline.core.errors import (
    CorrectionsChangedError,
    LabelNotFoundError,
    TaskNotCorrectableError,
    TaskNotFoundError,
)
from pipeline.core.sharing import Sharing, SharingItem, choose_sharing, find_sharing
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.correct import correct
from pipeline.core.tasks.record import Task
from pipeline.core.vocabulary import WordFinder, load_words
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import TaskId, build_app, get_owner_id, respond
from pipeline.lambdas.bodies import JSON, get_content_type, parse_body
from pipeline.lambdas.correction_schemas import CorrectionsRequest, SharingRequest, SharingView
from pipeline.lambdas.languages import get_language
from pipeline.lambdas.problems import (
    InvalidRequestError,
    KeyNotAllowedError,
    UnsupportedMediaTypeError,
)
from pipeline.lambdas.schemas import TaskView, build_next_version, build_task_view
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import entry_point, logger

settings = load_settings()
app = build_app(settings, tables={SharingItem: settings.tasks_table})
store = ImageStore(settings.images_bucket)
words = WordFinder(load_words())

SHARING = "/account/sharing"


@app.put(
    "/results/<taskId>/corrections",
    operation_id="correctResult",
    tags=["Results"],
    summary="Correct the labels of a result",
    description="Say which labels are wrong, missing or called something else. The body replaces"
    " all earlier corrections and refers to the labels as they were found; an empty one takes all"
    " of them back. The result itself stays: `corrections.foundLabels` has it. Lists, search and"
    " exports use the corrected labels. Corrections are deleted with the result.",
    openapi_extensions={
        "requestBody": {
            "required": True,
            "description": "The corrections.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/CorrectionsRequest"}}},
        }
    },
    responses={
        200: {"description": "The result as it is corrected now."},
        **refuse(
            TaskNotFoundError,
            TaskNotCorrectableError,
            CorrectionsChangedError,
            LabelNotFoundError,
            UnsupportedMediaTypeError,
            InvalidRequestError,
        ),
    },
)
def correct_result(task_id: TaskId) -> Response[TaskView]:
    if get_content_type(app.current_event) != JSON:
        raise UnsupportedMediaTypeError
    wanted = parse_body(CorrectionsRequest, app.current_event)
    task = Task.get_owned(str(task_id), get_owner_id(app))
    corrections = build_corrections(
        task.get_found_labels(),
        words,
        removed=wanted.removed,
        renamed=[(each.old, each.new) for each in wanted.renamed],
        added=wanted.added,
        known_wrong=task.get_corrections().wrong,
    )
    correct(task, corrections, revision=wanted.revision)
    logger.info("Result corrected", task_id=task.task_id, revision=task.corrections_revision)
    view = build_task_view(task, store, language=get_language(app))
    view = view.model_copy(update={"next_version": build_next_version(task)})
    return respond(HTTPStatus.OK, view)


@app.get(
    SHARING,
    operation_id="getSharing",
    tags=["Account"],
    summary="Get whether operators may use your corrected photos",
    description="Before you have answered, they may not.",
    responses={200: {"description": "What you answered."}, **refuse()},
)
def get_sharing() -> Response[SharingView]:
    return _show(find_sharing(get_owner_id(app)))


@app.put(
    SHARING,
    operation_id="putSharing",
    tags=["Account"],
    summary="Choose whether operators may use your corrected photos",
    description="You can change the answer at any time. After a no, no further evaluation set has"
    " your photos.",
    openapi_extensions={
        "requestBody": {
            "required": True,
            "description": "Your answer.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/SharingRequest"}}},
        }
    },
    responses={
        200: {"description": "What you have answered now."},
        **refuse(UnsupportedMediaTypeError, InvalidRequestError, KeyNotAllowedError),
    },
)
def put_sharing() -> Response[SharingView]:
    if get_content_type(app.current_event) != JSON:
        raise UnsupportedMediaTypeError
    wanted = parse_body(SharingRequest, app.current_event)
    chosen = choose_sharing(get_owner_id(app), corrections=wanted.corrections)
    logger.info("Sharing chosen", corrections=wanted.corrections)
    return _show(chosen)


def _show(chosen: Sharing) -> Response[SharingView]:
    view = SharingView(corrections=chosen.corrections, chosen_at=chosen.chosen_at)
    return respond(HTTPStatus.OK, view)


handler = entry_point(app.resolve)
