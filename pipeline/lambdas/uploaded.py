"""A picture has arrived in storage: queue its task."""

from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.queue import TaskQueue
from pipeline.core.settings import load_settings
from pipeline.core.storage import ImageStore, get_task_id
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.telemetry import count, entry_point, logger

settings = load_settings()
queue = TaskQueue(settings.task_queue_url)
connect(settings.aws_region, {Task: settings.tasks_table})


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Errors are not caught: Lambda calls again, and every step may be repeated."""
    for record in event["Records"]:
        _queue_task(unquote_plus(record["s3"]["object"]["key"]))


def _queue_task(image_key: str) -> None:
    task_id = get_task_id(image_key)
    try:
        task = Task.get(task_id, consistent_read=True)
    except Task.DoesNotExist:
        # Tasks are saved before their forms are signed, so this one was deleted by its owner.
        # That is rare: making the client of S3 at each cold start would be waste.
        ImageStore(settings.images_bucket).delete(image_key)
        logger.info("Picture of a deleted task removed", task_id=task_id)
        return
    if task.status != TaskStatus.AWAITING_UPLOAD:
        logger.info("Nothing to queue", task_id=task_id, status=task.status)
        return
    flow.enqueue(task, queue)
    count("UploadsAccepted")
    logger.info("Task queued", task_id=task_id)
