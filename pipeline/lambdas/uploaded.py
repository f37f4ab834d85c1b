"""S3's event that a picture was uploaded by form: take it over and queue its task."""

from datetime import timedelta
from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.typing import LambdaContext

from pipeline.core.controls import Controls
from pipeline.core.dynamo import connect
from pipeline.core.errors import PermanentError
from pipeline.core.images import read_header
from pipeline.core.options import Detail, Options
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore, get_owner_id, get_task_id
from pipeline.core.tasks import flow
from pipeline.core.tasks.lockouts import is_locked_out, lock_out
from pipeline.core.tasks.record import Task, TaskStatus, find_task
from pipeline.core.usage import UsageDay
from pipeline.lambdas.limits import Cost, TokenBucket, charge_arrived, may_repost
from pipeline.lambdas.settings import load_settings
from pipeline.lambdas.spending import count_pixels
from pipeline.lambdas.telemetry import count, entry_point, logger

LOCKED_FOR = timedelta(days=1)
"""How long an owner who posts forms again and again is locked out. It bounds what a day costs."""

settings = load_settings()
store = ImageStore(settings.images_bucket)
queue = TaskQueue(settings.task_queue_url)
connect(
    settings.aws_region,
    dict.fromkeys((Task, TokenBucket, Controls, UsageDay), settings.tasks_table),
)


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> None:
    """Queue the task of each picture.

    Errors are not caught, so that Lambda calls again. Every step may be repeated.
    """
    for record in event["Records"]:
        _take_over(unquote_plus(record["s3"]["object"]["key"]))


def _take_over(upload_key: str) -> None:
    task_id = get_task_id(upload_key)
    task = find_task(task_id)
    owner_id = get_owner_id(upload_key)
    # A form can be posted again after its task has a picture, and after its task was deleted.
    if is_locked_out(owner_id):
        store.delete(upload_key)
        logger.info("Picture removed: its owner is locked out", task_id=task_id)
    elif task is None or task.status != TaskStatus.AWAITING_UPLOAD or task.image_key:
        store.delete(upload_key)
        status = task.status if task else "deleted"
        logger.info("Picture removed: its task awaits none", task_id=task_id, status=status)
        _count_repost(owner_id)
    elif flow.accept(task, store, queue):
        count("UploadsAccepted")
        logger.info("Task queued", task_id=task_id)
        _charge(task)
    else:
        logger.info("Another event took over the picture", task_id=task_id)


def _count_repost(owner_id: str) -> None:
    """Lock out an owner who posts forms again and again. The forms they have expire soon."""
    if not may_repost(owner_id, settings):
        lock_out(owner_id, LOCKED_FOR)
        logger.warning("Owner locked out: too many posts of used forms", owner_id=owner_id)
        count("OwnersLockedOut")


def _charge(task: Task) -> None:
    """Charge the picture's owner for its pixels. The task is queued already, so nobody waits."""
    try:
        work_pixels = read_header(store.download(task.image_key)).work_pixels
    except PermanentError as error:
        logger.info("Picture is not charged", task_id=task.task_id, code=error.code)
        return
    options = Options(
        features=task.get_features(),
        detail=Detail(task.detail) if task.detail else None,
        chosen_models=tuple(task.chosen_models or ()),
    )
    cost = Cost(work_pixels=work_pixels + options.extra_pixels)
    charge_arrived(task.owner_id, settings, cost)
    count_pixels(task, cost)
