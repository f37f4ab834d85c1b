"""The queue of exports: write the file of one export, as far as the time allows."""

from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.exports import record, requests
from pipeline.core.exports.errors import (
    ExportFailedError,
    ExportTooLargeError,
    NothingToExportError,
    UnwrittenExportError,
)
from pipeline.core.exports.files import ExportFiles
from pipeline.core.exports.record import Export
from pipeline.core.exports.requests import ExportMessage
from pipeline.core.exports.settings import load_export_settings
from pipeline.core.search.settings import load_search_settings
from pipeline.core.settings import load_settings
from pipeline.core.steps import EXPORTS, StepQueue, is_last_receive
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.lockouts import is_locked_out
from pipeline.core.tasks.record import Task
from pipeline.core.webhooks import outbox
from pipeline.core.webhooks.settings import WebhookSettings
from pipeline.lambdas.exporting.work import ExportDeletedError, ExportWork
from pipeline.lambdas.telemetry import count, entry_point, logger

RESERVED_MS = 15_000
"""Part of Lambda's time that is kept for the task in hand, a part and the state."""

settings = load_settings()
hooks = WebhookSettings.load()
exports = load_export_settings()
search_tables = load_search_settings().search_tables
files = ExportFiles(settings.images_bucket)
store = ImageStore(settings.images_bucket)
queue = StepQueue(exports.exports_queue_url)
hooks_queue = StepQueue(hooks.webhooks_queue_url)
connect(
    settings.aws_region,
    {
        Task: settings.tasks_table,
        Export: exports.exports_table,
        **search_tables,
        **hooks.webhook_tables,
    },
)


class BusyError(Exception):
    """Another call works on the same export. The message comes back."""


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Go on with the export that each message names. An error brings the message back."""
    for message in event["Records"]:
        wanted = ExportMessage.model_validate_json(message["body"])
        export = record.find_export(wanted.owner_id, wanted.export_id)
        if export is None:
            logger.info("Nothing to write", export_id=wanted.export_id)
        elif not export.is_open:
            # A process may have died after the last part and before it told the webhooks.
            _tell(export)
        elif is_locked_out(export.owner_id):
            _fail(export, ExportFailedError())
            logger.info("Export given up: its owner is locked out", export_id=export.export_id)
        else:
            _write(export, context, is_last_try=is_last_receive(message, EXPORTS))


def _write(export: Export, context: LambdaContext, *, is_last_try: bool) -> None:
    left = timedelta(milliseconds=context.get_remaining_time_in_millis())
    if not record.hold(export, datetime.now(UTC) + left):
        raise BusyError

    def has_time() -> bool:
        return context.get_remaining_time_in_millis() > RESERVED_MS

    try:
        is_complete = ExportWork(export, files, store, has_time).advance()
    except ExportDeletedError:
        logger.info("Export was deleted while it was written", export_id=export.export_id)
        return
    except (ExportTooLargeError, NothingToExportError) as error:
        _fail(export, error)
        logger.info("Export failed", export_id=export.export_id, code=error.code)
        return
    except Exception:
        if is_last_try:
            _fail(export, ExportFailedError())
            count("ExportsFailed")
        else:
            record.release(export)
        raise
    if is_complete:
        _tell(export)
        count("ExportsWritten")
        logger.info("Export written", export_id=export.export_id, photos=export.photos)
        return
    record.release(export)
    requests.schedule(export, queue)
    logger.info("Export goes on", export_id=export.export_id, photos=export.photos)


def _fail(export: Export, error: UnwrittenExportError) -> None:
    if record.fail(export, error):  # Else it was deleted
        _tell(export)


def _tell(export: Export) -> None:
    """Tell the owner's webhooks that the export is finished. A repeat does no harm."""
    told = outbox.tell_of_export(export, hooks_queue)
    logger.info("Export announced", export_id=export.export_id, webhooks=told)
