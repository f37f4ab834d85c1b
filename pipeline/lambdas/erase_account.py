"""The queue of erasures: delete all data of a user who asked for it, and the account."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.config import Config

from pipeline.core import deletions
from pipeline.core.clients import create_users_client
from pipeline.core.deletions import Deletion, DeletionMessage
from pipeline.core.dynamo import connect
from pipeline.core.erasure import (
    IN_THE_TABLE_OF_TASKS,
    Places,
    Progress,
    Receipt,
    advance,
    close_account,
)
from pipeline.core.erasure_settings import ErasureSettings
from pipeline.core.exports.files import ExportFiles
from pipeline.core.exports.record import Export
from pipeline.core.live.connections import Connection
from pipeline.core.live.push import Push
from pipeline.core.live.streams import Stream
from pipeline.core.settings import load_settings
from pipeline.core.steps import LONGEST_DELAY_SECONDS, StepQueue
from pipeline.core.storage import ImageStore
from pipeline.lambdas.telemetry import count, entry_point, logger

RESERVED_MS = 15_000
"""Part of Lambda's time that is kept for the step in hand."""

_CONFIG = Config(
    connect_timeout=2, read_timeout=10, retries={"mode": "standard", "max_attempts": 4}
)

settings = load_settings()
erasure = ErasureSettings.load()
queue = StepQueue(erasure.erasures_queue_url)
places = Places(
    store=ImageStore(settings.images_bucket),
    files=ExportFiles(settings.images_bucket),
    cognito=create_users_client(erasure.user_pool_id, _CONFIG),
    user_pool_id=erasure.user_pool_id,
    push=Push(erasure.live_endpoint),
)
connect(
    settings.aws_region,
    {
        **dict.fromkeys((*IN_THE_TABLE_OF_TASKS, Deletion), settings.tasks_table),
        Export: erasure.exports_table,
        Stream: erasure.streams_table,
        Connection: erasure.connections_table,
        **erasure.webhook_tables,
    },
)


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Go on with the deletion that each message names. An error brings the message back."""
    for message in event["Records"]:
        owner_id = DeletionMessage.model_validate_json(message["body"]).owner_id
        deletion = deletions.find_deletion(owner_id)
        if deletion is None or deletion.is_done:
            logger.info("Nothing to delete", owner_id=owner_id)
        else:
            _go_on(deletion, context)


def _go_on(deletion: Deletion, context: LambdaContext) -> None:
    receipt: Receipt = dict(deletion.receipt)
    owner_id = receipt["owner_id"]
    if _sleep(deletion, owner_id):
        return
    close_account(receipt, places)

    def note(receipt: Receipt) -> None:
        deletions.note(deletion, receipt)

    while context.get_remaining_time_in_millis() > RESERVED_MS:
        progress = advance(receipt, note, places)
        if progress == Progress.WAIT:
            count("AccountsDeleted")
            logger.info("Account deleted", number=deletion.number)
            _sleep(deletion, owner_id)
            return
        if progress == Progress.DONE:
            logger.info("Looked again after a deletion", number=deletion.number)
            return
    deletions.schedule(owner_id, queue)
    logger.info("Deletion goes on", number=deletion.number, tasks=receipt["tasks"])


def _sleep(deletion: Deletion, owner_id: str) -> bool:
    """Whether the second look is not due yet. SQS hides a message for 15 minutes at most."""
    if deletion.looks_again_at is None:
        return False
    left = int((deletion.looks_again_at - datetime.now(UTC)).total_seconds())
    if left <= 0:
        return False
    deletions.schedule(owner_id, queue, delay_seconds=min(left, LONGEST_DELAY_SECONDS))
    return True
