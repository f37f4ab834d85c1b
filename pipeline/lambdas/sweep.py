"""Once a minute: repair tasks whose event or message was lost, and delete what nobody may keep."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext
from pynamodb.expressions.condition import Condition

from pipeline.core import alarms
from pipeline.core.controls import Controls, read_controls
from pipeline.core.dynamo import connect
from pipeline.core.errors import HOPELESS_CODES, RetriesExhaustedError, TaskFinishedError
from pipeline.core.queue import TaskQueue
from pipeline.core.regions import load_regions
from pipeline.core.settings import Settings, read_environment
from pipeline.core.storage import ImageStore, build_upload_key
from pipeline.core.tasks import flow, transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.core.tasks.version_ids import get_user_id
from pipeline.lambdas.paused_alarms import create_cloudwatch, follow_pause
from pipeline.lambdas.peers import note_silent_peers
from pipeline.lambdas.strays import Place, delete_strays
from pipeline.lambdas.telemetry import count, entry_point, logger

UPLOAD_GRACE = timedelta(seconds=60)
"""Age of a task after which S3's event of its picture counts as lost."""

UPLOAD_LIMIT = timedelta(hours=1)
"""Age after which no picture can arrive any more: a form is valid for a quarter of it."""

STUCK_AFTER = timedelta(minutes=10)
"""Time without a change after which a task counts as stuck: far more than a picture takes, with
all retries by the queue."""

MAX_REQUEUES = 2
"""How often the message of a task that was started is sent again before the task fails."""

DISCARD_WITHIN = timedelta(hours=1)
"""Age of the oldest failed task whose picture is looked for. `strays` finds older ones."""

MAX_TASKS = 1000
"""Tasks of each kind in one run. The next run follows in a minute."""

RESERVED_MS = 5_000
"""Part of Lambda's time that is kept for the current task and the metrics."""


class SweepSettings(Settings, frozen=True):
    """A sweep that lacks one of the variables stops at once and names it."""

    paused_alarms: str = ""
    """Names of the alarms that a pause of the queue silences, with commas between them."""
    peer_health_urls: str = ""
    """`GET /health` of the other regions, with commas between them. Empty for one region."""


settings = SweepSettings.model_validate(read_environment())
cloudwatch = create_cloudwatch()
queue = TaskQueue(settings.task_queue_url)
store = ImageStore(settings.images_bucket)
regions = load_regions()
connect(settings.aws_region, dict.fromkeys((Task, Place, Controls), settings.tasks_table))


@entry_point
def handler(event: dict[str, Any], context: LambdaContext) -> dict[str, int]:
    """Repair every task that needs it.

    Returns:
        Number of tasks by outcome.
    """
    now = datetime.now(UTC)
    done: Counter[str] = Counter()
    _follow_pause()
    note_silent_peers(settings.peer_health_urls)
    for tasks, repair in _find_work(now):
        for task in islice(tasks, MAX_TASKS):
            if context.get_remaining_time_in_millis() < RESERVED_MS:
                logger.warning("Out of time; the next run continues", extra=dict(done))
                return _publish(done)
            done[_attempt(repair, task, now)] += 1
    done["PicturesDeleted"] += delete_strays(store, now, regions.new_home)
    return _publish(+done)


def _follow_pause() -> None:
    names = [name for name in settings.paused_alarms.split(",") if name]
    try:
        follow_pause(cloudwatch, names, read_controls())
    except Exception:
        # Tasks are repaired anyway, and the next run tries again.
        logger.exception("Alarms do not follow the pause")


Repair = Callable[[Task, datetime], str]
"""Repairs one task and returns the name of the outcome."""

NOTHING, ERROR = "Untouched", "SweepErrors"


def _find_work(now: datetime) -> Iterator[tuple[Iterable[Task], Repair]]:
    created = Task.created_at
    yield _find(TaskStatus.AWAITING_UPLOAD, created < now - UPLOAD_LIMIT), _settle_upload
    # Newest first, because tasks whose picture never comes stay in this list for an hour.
    young = created.between(now - UPLOAD_LIMIT, now - UPLOAD_GRACE)
    yield _find(TaskStatus.AWAITING_UPLOAD, young, newest_first=True), _settle_upload
    hopeless = Task.error_code.is_in(*HOPELESS_CODES) & Task.image_key.exists()
    yield _find(TaskStatus.FAILED, created > now - DISCARD_WITHIN, hopeless), _discard
    stuck = now - STUCK_AFTER
    yield _find(TaskStatus.PROCESSING, created < stuck, Task.updated_at < stuck), _requeue
    if read_controls().is_paused:
        logger.info("Paused: waiting tasks are not sent again")
        return
    if queue.get_depth() > alarms.DEPTH.threshold:
        logger.info("Queue backlog: waiting tasks are not sent again")
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


def _attempt(repair: Repair, task: Task, now: datetime) -> str:
    try:
        outcome = repair(task, now) if _is_ours(task) else NOTHING
    except (TaskFinishedError, Task.DoesNotExist):
        return NOTHING  # It changed after it was read
    except Exception:
        # A fault in one task must not stop the repair of the others.
        logger.exception("Task not repaired", task_id=task.task_id)
        return ERROR
    if outcome != NOTHING:
        logger.info("Task repaired", task_id=task.task_id, outcome=outcome)
    return outcome


def _is_ours(task: Task) -> bool:
    """Whether this region repairs the task. Others do so with theirs, or a take-over moves them."""
    if not regions.names:
        return True
    task.refresh(consistent_read=True)  # The index does not have the home
    return regions.is_home(task.home_region)


def _settle_upload(task: Task, now: datetime) -> str:
    if task.image_key:
        is_found = store.has(task.image_key)
        if is_found:
            flow.enqueue(task, queue)
    else:
        is_found = store.has(build_upload_key(task.owner_id, task.task_id))
        if is_found:
            task.refresh(consistent_read=True)  # The index has not all attributes
            is_found = flow.accept(task, store, queue)
    if is_found:
        return "UploadsFound"
    if task.created_at < now - UPLOAD_LIMIT:
        transitions.expire(task)
        return "TasksExpired"
    return NOTHING


def _discard(task: Task, now: datetime) -> str:
    flow.discard_picture(task, store)
    return "PicturesDiscarded"


def _requeue(task: Task, now: datetime) -> str:
    task.refresh(consistent_read=True)  # The index may lag behind, and has not all attributes
    if task.updated_at >= now - STUCK_AFTER:
        return NOTHING
    if task.status == TaskStatus.QUEUED and read_controls().is_held(get_user_id(task.owner_id)):
        return NOTHING  # A release sends it again.
    # A queued task was never started. A long wait is no reason to fail it.
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
