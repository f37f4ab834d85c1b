"""S3's event that a picture was uploaded by form: queue its task."""

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
    """Queue the task of each picture.

    Errors are not caught, so that Lambda calls again. Every step may be repeated.
    """
    for record in event["Records"]:
        _queue_task(unquote_plus(record["s3"]["object"]["key"]))


def _queue_task(image_key: str) -> None:
    task_id = get_task_id(image_key)
    try:
        task = Task.get(task_id, consistent_read=True)
    except Task.DoesNotExist:
        # A task is saved before its form is signed, so the owner has deleted this one. This is
        # rare, so the client of S3 is made here and not at each cold start.
        ImageStore(settings.images_bucket).delete(image_key)
        logger.info("Picture of a deleted task removed", task_id=task_id)
        return
    if task.status != TaskStatus.AWAITING_UPLOAD:
        logger.info("Nothing to queue", task_id=task_id, status=task.status)
        return
    flow.enqueue(task, queue)
    count("UploadsAccepted")
    logger.info("Task queued", task_id=task_id)
