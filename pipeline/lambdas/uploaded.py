"""S3's event that a picture was uploaded by form: queue its task."""

from functools import cache
from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.dynamo import connect
from pipeline.core.errors import PermanentError
from pipeline.core.images import read_header
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore, get_task_id
from pipeline.core.tasks import flow
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.limits import Cost, TokenBucket, charge_arrived
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.telemetry import count, entry_point, logger

settings = load_settings()
queue = TaskQueue(settings.task_queue_url)
connect(settings.aws_region, {Task: settings.tasks_table, TokenBucket: settings.tasks_table})


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
        # A task is saved before its form is signed, so the owner has deleted this one.
        _get_store().delete(image_key)
        logger.info("Picture of a deleted task removed", task_id=task_id)
        return
    if task.status != TaskStatus.AWAITING_UPLOAD:
        logger.info("Nothing to queue", task_id=task_id, status=task.status)
        return
    flow.enqueue(task, queue)
    count("UploadsAccepted")
    logger.info("Task queued", task_id=task_id)
    _charge(task)


def _charge(task: Task) -> None:
    """Charge the picture's owner for its pixels. The task is queued already, so nobody waits."""
    try:
        work_pixels = read_header(_get_store().download(task.image_key)).work_pixels
    except PermanentError as error:
        logger.info("Picture is not charged", task_id=task.task_id, code=error.code)
        return
    charge_arrived(task.owner_id, settings, Cost(work_pixels=work_pixels))


@cache
def _get_store() -> ImageStore:
    # Made after the task is queued. At the start it would make every cold start slower.
    return ImageStore(settings.images_bucket)
