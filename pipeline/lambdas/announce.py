"""The stream of the table of tasks: tell webhooks and open sockets that a task is finished.

A filter passes only the change from an open to a finished task: `pipeline.core.live.announcements`.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.live.connections import Connection
from pipeline.core.live.messages import build_task_hint
from pipeline.core.live.push import Push
from pipeline.core.live.settings import PushSettings
from pipeline.core.regions import load_regions
from pipeline.core.steps import StepQueue
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.tasks.version_ids import get_task_id, get_user_id, names_version
from pipeline.core.webhooks import outbox
from pipeline.core.webhooks.settings import WebhookSettings
from pipeline.lambdas.telemetry import entry_point, logger

HINT_LIFETIME = timedelta(minutes=1)
"""By then whoever waited at an open page has looked at the task."""

settings = PushSettings.load()
hooks = WebhookSettings.load()
queue = StepQueue(hooks.webhooks_queue_url)
connect(settings.aws_region, {Connection: settings.connections_table, **hooks.webhook_tables})
push = Push(settings.live_endpoint)
regions = load_regions()


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Announce each record in order.

    Returns:
        The first record that failed. Lambda then calls again from there on.
        https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    for record in event["Records"]:
        try:
            _announce(record["dynamodb"])
        except Exception:
            # The records behind it must not be lost, and those before it not come again.
            logger.exception("Record could not be announced", event_id=record.get("eventID"))
            sequence_number = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": sequence_number}]}
    return {"batchItemFailures": []}


def _announce(change: dict[str, Any]) -> None:
    """Add the deliveries, which must not be lost, and then send the hint, which may.

    Args:
        change: Has the stored task in DynamoDB's own format.
    """
    image = change["NewImage"]
    record_id, owner_id = image["task_id"]["S"], get_user_id(image["owner_id"]["S"])
    task_id, is_version = get_task_id(record_id), names_version(record_id)
    # However a version ended, its task still has a result. Webhooks are told of tasks only.
    status = TaskStatus.SUCCEEDED if is_version else TaskStatus(image["status"]["S"])
    hint = build_task_hint(task_id, status)
    task = Task.from_raw_data(image)
    # Other regions get the change too, each for its own sockets. A webhook is called once.
    is_told = regions.is_home(task.home_region) and not is_version
    told = outbox.tell_of_task(task, queue) if is_told else 0
    # Sockets that cannot be reached for a while must not hold up the webhooks of others.
    sent = push.push(owner_id, hint) if _is_fresh(change) else 0
    logger.info(
        "Task announced", task_id=task_id, status=hint["status"], sockets=sent, webhooks=told
    )


def _is_fresh(change: dict[str, Any]) -> bool:
    """Whether somebody may still wait for the hint."""
    written_at = change.get("ApproximateCreationDateTime")  # Seconds since 1970
    if written_at is None:
        return True
    return datetime.now(UTC) - datetime.fromtimestamp(written_at, UTC) < HINT_LIFETIME
