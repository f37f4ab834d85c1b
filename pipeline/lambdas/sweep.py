"""Each minute: bring back what got lost between table, storage and queue."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pynamodb.expressions.condition import Condition

from pipeline.core import alarms
from pipeline.core.dynamo import connect
from pipeline.core.errors import RetriesExhaustedError, TaskFinishedError
from pipeline.core.queue import TaskQueue
from pipeline.core.settings import load_settings
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import flow, transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas.telemetry import count, entry_point, logger

UPLOAD_GRACE = timedelta(seconds=60)
"""After this the event of an arrived picture counts as lost."""

UPLOAD_LIMIT = timedelta(hours=1)
"""After this no picture comes any more: forms are valid for a quarter of it."""

STUCK_AFTER = timedelta(minutes=10)
"""Many times what a picture takes, retries by the queue included."""

MAX_REQUEUES = 2
MAX_TASKS = 1000
"""Of each kind in one run; the next one comes in a minute."""

RESERVED_MS = 5_000
"""Left of Lambda's time for the task in hand and the metrics."""

settings = load_settings()
queue = TaskQueue(settings.task_queue_url)
store = ImageStore(settings.images_bucket)
connect(settings.aws_region, {Task: settings.tasks_table})


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Heal what needs it.

    Returns:
        How many tasks got which treatment.
    """
    now = datetime.now(UTC)
    done: Counter[str] = Counter()
    for tasks, heal in _find_work(now):
        for task in islice(tasks, MAX_TASKS):
            if context.get_remaining_time_in_millis() < RESERVED_MS:
                logger.warning("Out of time, the next run goes on", extra=dict(done))
                return _publish(done)
            done[_attempt(heal, task, now)] += 1
    return _publish(done)


Heal = Callable[[Task, datetime], str]
"""Gives the task what it needs and names what that was."""

NOTHING, ERROR = "Untouched", "SweepErrors"


def _find_work(now: datetime) -> Iterator[tuple[Iterable[Task], Heal]]:
    created = Task.created_at
    yield _find(TaskStatus.AWAITING_UPLOAD, created < now - UPLOAD_LIMIT), _settle_upload
    # Newest first: those that nobody uploads to stay in this list for an hour.
    young = created.between(now - UPLOAD_LIMIT, now - UPLOAD_GRACE)
    yield _find(TaskStatus.AWAITING_UPLOAD, young, newest_first=True), _settle_upload
    stuck = now - STUCK_AFTER
    yield _find(TaskStatus.PROCESSING, created < stuck, Task.updated_at < stuck), _requeue
    if queue.get_depth() > alarms.DEPTH.threshold:
        logger.info("Tasks wait because many do")
        return
    yield _find(TaskStatus.QUEUED, created < stuck, Task.updated_at < stuck), _requeue


def _find(
    status: TaskStatus,
    created: Condition,
    also: Condition | None = None,
    *,
    newest_first: bool = False,
) -> Iterable[Task]:
    return Task.by_status.query(
        status.value, created, also, scan_index_forward=not newest_first, page_size=100
    )


def _attempt(heal: Heal, task: Task, now: datetime) -> str:
    try:
        outcome = heal(task, now)
    except (TaskFinishedError, Task.DoesNotExist):
        return NOTHING  # It moved while we looked
    except Exception:
        # One task must not keep the others from being healed.
        logger.exception("Task not healed", task_id=task.task_id)
        return ERROR
    if outcome != NOTHING:
        logger.info("Task healed", task_id=task.task_id, outcome=outcome)
    return outcome


def _settle_upload(task: Task, now: datetime) -> str:
    if store.has(task.image_key):
        flow.enqueue(task, queue)
        return "UploadsFound"
    if task.created_at < now - UPLOAD_LIMIT:
        transitions.expire(task)
        return "TasksExpired"
    return NOTHING


def _requeue(task: Task, now: datetime) -> str:
    task.refresh(consistent_read=True)  # The index may lag behind, and has not all attributes
    if task.updated_at >= now - STUCK_AFTER:
        return NOTHING
    # One that is queued was never tried: however long it waits, that is no reason to fail it.
    if task.status == TaskStatus.PROCESSING and task.requeue_count >= MAX_REQUEUES:
        transitions.fail(task, RetriesExhaustedError())
        return "TasksFailed"
    flow.resend(task, queue)
    return "TasksRequeued"


def _publish(done: Counter[str]) -> dict[str, int]:
    for outcome, tasks in done.items():
        if outcome != NOTHING:
            count(outcome, tasks)
    logger.info("Sweep done", extra=dict(done))
    return dict(done)
