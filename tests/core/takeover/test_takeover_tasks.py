"""A region that lives takes over the open tasks of a lost one, and gives them back."""

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.core.errors import RetriesExhaustedError, TaskFinishedError
from pipeline.core.queue import TaskQueue
from pipeline.core.regions import Regions
from pipeline.core.storage import ImageStore
from pipeline.core.takeover.tasks import adopt, give_back
from pipeline.core.tasks import homes, transitions
from pipeline.core.tasks.record import Task, TaskStatus
from tests.examples import build_task, succeed

LOST, HERE = "us-east-1", "eu-west-1"
REGIONS = Regions(HERE, (LOST, HERE))


def save(
    store: ImageStore,
    status: TaskStatus = TaskStatus.QUEUED,
    home: str | None = LOST,
    *,
    has_arrived: bool = True,
) -> Task:
    task = build_task(status=status.value, home_region=home)
    transitions.insert(task)
    if has_arrived:
        store.put(task.image_key, b"picture", "image/jpeg")
    return task


def read_queue(queue: TaskQueue) -> set[str]:
    return {each.body for each in queue.receive(max_messages=10)}


def build_body(task: Task) -> str:
    return f'{{"task_id":"{task.task_id}"}}'


@pytest.mark.parametrize(
    "status", [TaskStatus.AWAITING_UPLOAD, TaskStatus.QUEUED, TaskStatus.PROCESSING]
)
def test_an_open_task_of_the_lost_region_is_queued_here(
    status: TaskStatus, store: ImageStore, queue: TaskQueue
) -> None:
    task = save(store, status)

    adopted = adopt(LOST, REGIONS, store, queue)

    stored = Task.get(task.task_id)
    assert (adopted.queued, adopted.forms, adopted.without_picture) == (1, 0, [])
    assert (stored.status, stored.home_region, stored.adopted_from) == ("queued", HERE, LOST)
    assert read_queue(queue) == {build_body(task)}


def test_a_task_from_before_the_second_region_is_one_of_the_oldest_region(
    store: ImageStore, queue: TaskQueue
) -> None:
    task = save(store, home=None)

    assert adopt(LOST, REGIONS, store, queue).queued == 1

    assert Task.get(task.task_id).home_region == HERE


def test_a_task_whose_picture_has_not_arrived_stays_and_is_named(
    store: ImageStore, queue: TaskQueue
) -> None:
    task = save(store, has_arrived=False)

    adopted = adopt(LOST, REGIONS, store, queue)

    assert adopted.without_picture == [task.task_id]
    assert Task.get(task.task_id).home_region == LOST
    assert read_queue(queue) == set()

    store.put(task.image_key, b"picture", "image/jpeg")
    assert adopt(LOST, REGIONS, store, queue).queued == 1


def test_a_task_that_awaits_its_picture_is_adopted_without_a_message(
    store: ImageStore, queue: TaskQueue
) -> None:
    task = build_task(home_region=LOST)
    task.image_key = None
    transitions.insert(task)

    adopted = adopt(LOST, REGIONS, store, queue)

    stored = Task.get(task.task_id)
    assert (adopted.queued, adopted.forms) == (0, 1)
    assert (stored.status, stored.home_region) == ("awaiting_upload", HERE)
    assert read_queue(queue) == set()


def test_finished_tasks_and_those_of_this_region_are_left_alone(
    store: ImageStore, queue: TaskQueue
) -> None:
    own, done, failed = save(store, home=HERE), save(store), save(store)
    succeed(done.task_id)
    transitions.fail(failed, RetriesExhaustedError())
    before = [task.serialize() for task in Task.scan()]

    adopted = adopt(LOST, REGIONS, store, queue)

    assert (adopted.queued, adopted.forms, adopted.without_picture) == (0, 0, [])
    assert [task.serialize() for task in Task.scan()] == before
    assert Task.get(own.task_id).home_region == HERE


def test_a_repeat_adopts_nothing_twice(store: ImageStore, queue: TaskQueue) -> None:
    save(store)

    assert [adopt(LOST, REGIONS, store, queue).queued for _ in range(2)] == [1, 0]

    assert len(read_queue(queue)) == 1


def test_a_task_that_moved_on_since_it_was_read_is_not_adopted(store: ImageStore) -> None:
    task = Task.get(save(store).task_id)
    succeed(task.task_id)

    with pytest.raises(TaskFinishedError):
        homes.adopt(task, HERE, LOST)

    assert Task.get(task.task_id).status == TaskStatus.SUCCEEDED


def test_what_nobody_has_begun_is_given_back(store: ImageStore, queue: TaskQueue) -> None:
    waiting, begun, own = save(store), save(store), save(store, home=HERE)
    adopt(LOST, REGIONS, store, queue)
    transitions.start(begun.task_id, worker="w1", receive_count=1)

    assert give_back(LOST, REGIONS) == 1

    homes_of = {task.task_id: (task.home_region, task.adopted_from) for task in Task.scan()}
    assert homes_of == {
        waiting.task_id: (LOST, None),
        begun.task_id: (HERE, LOST),
        own.task_id: (HERE, None),
    }


def test_an_adopted_task_counts_from_its_adoption(store: ImageStore, queue: TaskQueue) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    task = build_task(status="queued", home_region=LOST, updated_at=long_ago, created_at=long_ago)
    transitions.insert(task)
    store.put(task.image_key, b"picture", "image/jpeg")

    adopt(LOST, REGIONS, store, queue)

    assert Task.get(task.task_id).queued_at > long_ago + timedelta(hours=1)
