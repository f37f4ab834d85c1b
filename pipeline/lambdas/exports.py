"""POST, GET and DELETE /exports: files with what a user has."""

import hashlib
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from aws_lambda_powertools.event_handler import Response

from pipeline.core.doors import Door, is_closed
from pipeline.core.errors import (
    ExportNotFoundError,
    ExportOpenError,
    IdempotencyKeyReusedError,
    TooManyExportsError,
)
from pipeline.core.exports import record, requests
from pipeline.core.exports.files import ExportFiles
from pipeline.core.exports.record import Export, build_export_id
from pipeline.core.exports.settings import load_export_settings
from pipeline.core.steps import StepQueue
from pipeline.lambdas.answers import refuse
from pipeline.lambdas.app import build_app, get_owner_id, respond
from pipeline.lambdas.bodies import JSON, get_content_type, parse_body
from pipeline.lambdas.export_schemas import (
    ExportId,
    ExportList,
    ExportRequest,
    ExportView,
    build_export_view,
)
from pipeline.lambdas.limits import build_window, charge
from pipeline.lambdas.problems import (
    InvalidRequestError,
    TooManyRequestsError,
    UnsupportedMediaTypeError,
    UploadsClosedError,
)
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import count, entry_point, logger
from pipeline.lambdas.upload_parameters import IdempotencyKey

EXPORTS_PER_DAY = 100
"""A user may begin so many. Each can read 100,000 results, also if it is deleted at once."""

NEW_EXPORTS = build_window("new_exports", EXPORTS_PER_DAY, timedelta(days=1), TooManyRequestsError)

settings = load_settings()
exports = load_export_settings()
app = build_app(settings, counts_refusals=True, tables={Export: exports.exports_table})
files = ExportFiles(settings.images_bucket)
queue = StepQueue(exports.exports_queue_url)


@app.post(
    "/exports",
    operation_id="createExport",
    tags=["Exports"],
    summary="Write a file with my photos or results",
    description="Of some photos, of those that a search finds, or of all. Ask with"
    " `GET /exports/{exportId}` how far it is and for the address of the file. One export is"
    f" written at a time, and {EXPORTS_PER_DAY} may begin in a day. A file has at most 100,000"
    " photos and 20 GB. Only you can get it, and it is deleted after a day.",
    openapi_extensions={
        "requestBody": {
            "required": True,
            "description": "What to export.",
            "content": {JSON: {"schema": {"$ref": "#/components/schemas/ExportRequest"}}},
        }
    },
    responses={
        202: {
            "description": "The file is being written. A repeat with the same Idempotency-Key gets"
            " the same export.",
            "headers": {
                "Location": {
                    "description": "Address of the export, relative to the address of this"
                    " request.",
                    "schema": {"type": "string"},
                }
            },
        },
        **refuse(
            UnsupportedMediaTypeError,
            InvalidRequestError,
            IdempotencyKeyReusedError,
            ExportOpenError,
            TooManyExportsError,
            UploadsClosedError,
        ),
    },
)
def create_export(idempotency_key: IdempotencyKey = None) -> Response[ExportView]:
    if get_content_type(app.current_event) != JSON:
        raise UnsupportedMediaTypeError
    wanted = parse_body(ExportRequest, app.current_event)
    if is_closed(Door.UPLOADS):
        raise UploadsClosedError  # The traffic of exports costs more than that of uploads
    owner_id = get_owner_id(app)
    export = Export(
        owner_id,
        build_export_id(owner_id, idempotency_key),
        format=wanted.format.value,
        selection=wanted.build_selection().dump(),
        request_hash=_hash(wanted) if idempotency_key else None,
    )
    begun = requests.begin(export, queue, lambda: _charge(owner_id))
    count("ExportsBegun")
    logger.info("Export begun", export_id=begun.export_id, format=begun.format)
    return respond(
        HTTPStatus.ACCEPTED,
        build_export_view(begun),
        {"Location": f"exports/{begun.export_id}"},
    )


@app.get(
    "/exports",
    operation_id="listExports",
    tags=["Exports"],
    summary="List my exports",
    description="Without the addresses of the files.",
    responses={200: {"description": "The exports, newest first."}, **refuse()},
)
def get_exports() -> Response[ExportList]:
    found = record.list_exports(get_owner_id(app))
    for export in found:
        requests.revive(export, queue)
    logger.info("Exports listed", count=len(found))
    return respond(HTTPStatus.OK, ExportList(exports=[build_export_view(it) for it in found]))


@app.get(
    "/exports/<exportId>",
    operation_id="getExport",
    tags=["Exports"],
    summary="See how far an export is, and get its file",
    description="Ask once a second while it is open. A finished one has a fresh address.",
    responses={200: {"description": "The export."}, **refuse(ExportNotFoundError)},
)
def get_export(export_id: ExportId) -> Response[ExportView]:
    export = record.get_export(get_owner_id(app), str(export_id))
    requests.revive(export, queue)
    # Traffic is the largest part of what a stranger can cost.
    shown = None if is_closed(Door.UPLOADS) else files
    return respond(HTTPStatus.OK, build_export_view(export, shown))


@app.delete(
    "/exports/<exportId>",
    operation_id="deleteExport",
    tags=["Exports"],
    summary="Delete an export and its file",
    description="If it is still being written, that stops.",
    responses={
        204: {"description": "The export is gone.", "content": {}},
        **refuse(ExportNotFoundError),
    },
)
def delete_export(export_id: ExportId) -> Response[None]:
    export = record.get_export(get_owner_id(app), str(export_id))
    requests.delete(export, files)
    logger.info("Export deleted", export_id=export.export_id)
    return respond(HTTPStatus.NO_CONTENT)


def _charge(owner_id: str) -> None:
    if refusal := charge(owner_id, NEW_EXPORTS, 1, datetime.now(UTC)):
        raise refusal


def _hash(wanted: ExportRequest) -> str:
    return hashlib.sha256(wanted.model_dump_json().encode()).hexdigest()


handler = entry_point(app.resolve)
