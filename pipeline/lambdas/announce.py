"""The stream of the table of tasks: tell a user's open sockets that a task is finished.

A filter passes only the change from an open to a finished task: `pipeline.core.live.announcements`.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.live.connections import Connection
from pipeline.core.live.messages import build_task_hint
from pipeline.core.live.push import Push
from pipeline.core.live.settings import PushSettings
from pipeline.core.tasks.record import TaskStatus
from pipeline.core.tasks.version_ids import get_task_id, get_user_id, names_version
from pipeline.lambdas.telemetry import entry_point, logger

settings = PushSettings.load()
connect(settings.aws_region, {Connection: settings.connections_table})
push = Push(settings.live_endpoint)


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Announce each record in order.

    Returns:
        The first record that failed. Lambda then calls again from there on.
        https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
    """
    for record in event["Records"]:
        try:
            _announce(record["dynamodb"]["NewImage"])
        except Exception:
            # The records behind it must not be lost, and those before it not come again.
            logger.exception("Record could not be announced", event_id=record.get("eventID"))
            sequence_number = record["dynamodb"]["SequenceNumber"]
            return {"batchItemFailures": [{"itemIdentifier": sequence_number}]}
    return {"batchItemFailures": []}


def _announce(image: dict[str, Any]) -> None:
    """Send the hint.

    Args:
        image: The stored task in DynamoDB's own format.
    """
    record_id, owner_id = image["task_id"]["S"], get_user_id(image["owner_id"]["S"])
    task_id = get_task_id(record_id)
    # A version of a result is finished. However it ended, its task still has a result.
    is_version = names_version(record_id)
    status = TaskStatus.SUCCEEDED if is_version else TaskStatus(image["status"]["S"])
    hint = build_task_hint(task_id, status)
    sent = push.push(owner_id, hint)
    logger.info("Task announced", task_id=task_id, status=hint["status"], sockets=sent)
