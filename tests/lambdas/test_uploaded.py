"""S3's event of a picture queues its task. An event may come twice or late."""

from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.exceptions import ClientError

from pipeline.core.images.strip import strip_metadata
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore, build_prefixes, build_upload_key
from pipeline.core.tasks import flow, transitions
from pipeline.core.tasks.lockouts import is_locked_out
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.lambdas import uploaded
from pipeline.lambdas.sweep import handler as sweep
from pipeline.lambdas.uploaded import handler
from tests.environment import settings
from tests.examples import build_task
from tests.heif_files import build_box, build_file
from tests.lambdas.events import build_storage_event, call, get_metrics
from tests.pictures import build_quadrants, encode


def save(status: TaskStatus = TaskStatus.AWAITING_UPLOAD, owner_id: str = "me") -> Task:
    """A task with a form. It has a picture if its status says so."""
    task = build_task(owner_id, status=status.value)
    if status is TaskStatus.AWAITING_UPLOAD:
        task.image_key = None
    transitions.insert(task)
    return task


def post(task: Task, picture: bytes = b"picture") -> str:
    """Store a picture as the task's form does."""
    key = build_upload_key(task.owner_id, task.task_id)
    ImageStore(settings.images_bucket).put(key, picture, "image/jpeg")
    return key


def find_pictures(task: Task) -> list[str]:
    """The keys of all pictures of the task, of uploads too."""
    store = ImageStore(settings.images_bucket)
    prefixes = build_prefixes(task.owner_id, task.task_id)
    return [picture.key for prefix in prefixes for picture in store.list_page(prefix)]


def test_an_arrived_picture_is_taken_over_and_its_task_queued(
    queue: TaskQueue, store: ImageStore, capsys: pytest.CaptureFixture[str]
) -> None:
    task = save(owner_id="somebody with spaces & ümlauts")

    call(handler, build_storage_event(post(task)))

    stored = Task.get(task.task_id)
    assert stored.status == TaskStatus.QUEUED
    assert store.download(stored.image_key) == b"picture"
    assert find_pictures(task) == [stored.image_key]
    [delivery] = queue.receive(max_messages=10)
    assert task.task_id in delivery.body
    assert get_metrics(capsys.readouterr().out) == {"UploadsAccepted": 1}


PRIVATE = encode(build_quadrants(), "JPEG", comment=b"a private comment")


def save_wish() -> Task:
    """A task with a form whose picture is to be stored without its metadata."""
    task = save()
    task.update(actions=[Task.strip_metadata.set(True)])
    return task


def test_metadata_is_removed_on_the_way(store: ImageStore) -> None:
    task = save_wish()

    call(handler, build_storage_event(post(task, PRIVATE)))

    stored = Task.get(task.task_id)
    assert stored.status == TaskStatus.QUEUED
    assert store.download(stored.image_key) == strip_metadata(PRIVATE)
    assert find_pictures(task) == [stored.image_key]


def test_a_file_whose_metadata_cannot_be_removed_fails_the_task(queue: TaskQueue) -> None:
    task = save_wish()
    unclear = build_file(build_quadrants(), "HEIF") + build_box(b"moov", b"")

    call(handler, build_storage_event(post(task, unclear)))

    stored = Task.get(task.task_id)
    assert (stored.status, stored.error_code) == (TaskStatus.FAILED, "metadata_not_removable")
    assert find_pictures(task) == []
    assert queue.receive(max_messages=10) == []


@pytest.mark.parametrize("status", [s for s in TaskStatus if s is not TaskStatus.AWAITING_UPLOAD])
def test_a_picture_that_comes_later_is_removed(
    status: TaskStatus, queue: TaskQueue, store: ImageStore
) -> None:
    task = save(status)
    store.put(task.image_key, b"the first picture", "image/jpeg")

    call(handler, build_storage_event(post(task, b"another picture")))

    assert Task.get(task.task_id).status == status
    assert find_pictures(task) == [task.image_key]
    assert store.download(task.image_key) == b"the first picture"
    assert queue.receive() == []


def test_a_form_that_is_posted_thirty_times_queues_its_task_once(
    queue: TaskQueue, store: ImageStore, capsys: pytest.CaptureFixture[str]
) -> None:
    task = save()

    for number in range(30):
        call(handler, build_storage_event(post(task, b"picture %d" % number)))

    assert store.download(Task.get(task.task_id).image_key) == b"picture 0"
    assert len(find_pictures(task)) == 1
    assert len(queue.receive(max_messages=10)) == 1
    assert get_metrics(capsys.readouterr().out) == {"UploadsAccepted": 1}


def test_two_events_at_the_same_time_keep_one_picture(queue: TaskQueue, store: ImageStore) -> None:
    task = save()
    post(task, b"the picture that wins")

    class StoreOfASlowEvent(ImageStore):
        """Lets another event finish between the copy and the write to the table."""

        def copy(self, source_key: str, target_key: str) -> None:
            super().copy(source_key, target_key)
            call(handler, build_storage_event(source_key))

    is_mine = flow.accept(Task.get(task.task_id), StoreOfASlowEvent(settings.images_bucket), queue)

    assert not is_mine
    assert find_pictures(task) == [Task.get(task.task_id).image_key]
    assert len(queue.receive(max_messages=10)) == 1


def test_an_event_whose_picture_is_gone_changes_nothing(queue: TaskQueue) -> None:
    task = save()
    key = build_upload_key(task.owner_id, task.task_id)

    call(handler, build_storage_event(key))

    assert Task.get(task.task_id).status == TaskStatus.AWAITING_UPLOAD
    assert queue.receive() == []


def test_a_picture_of_a_deleted_task_is_removed(queue: TaskQueue, store: ImageStore) -> None:
    task = build_task()

    call(handler, build_storage_event(post(task)))

    assert find_pictures(task) == []
    assert queue.receive() == []


def test_several_pictures_in_one_event_are_all_queued(queue: TaskQueue) -> None:
    tasks = [save(), save()]

    call(handler, build_storage_event(*map(post, tasks)))

    assert len(queue.receive(max_messages=10)) == 2


def test_an_error_is_raised_so_that_the_alarm_sees_it_and_the_sweep_mends(
    queue: TaskQueue,
) -> None:
    task = save()
    task.update(actions=[Task.created_at.set(datetime.now(UTC) - timedelta(minutes=2))])
    sqs = boto3.client("sqs")
    sqs.delete_queue(QueueUrl=settings.task_queue_url)

    with pytest.raises(ClientError):
        call(handler, build_storage_event(post(task)))
    assert Task.get(task.task_id).status == TaskStatus.AWAITING_UPLOAD

    sqs.create_queue(QueueName="tasks")
    call(sweep, {})
    assert Task.get(task.task_id).status == TaskStatus.QUEUED


def repost(task: Task, times: int) -> None:
    for _ in range(times):
        call(handler, build_storage_event(post(task)))


def test_a_form_that_is_posted_without_end_locks_its_owner_out_for_a_day(
    queue: TaskQueue,
    store: ImageStore,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(uploaded, "settings", settings.model_copy(update={"reposts_per_day": 6}))
    task, other = save(TaskStatus.SUCCEEDED), save(owner_id="other")

    repost(task, 3)
    before = is_locked_out("me")
    repost(task, 1)

    assert (before, is_locked_out("me"), is_locked_out("other")) == (False, True, False)
    assert find_pictures(task) == []
    assert get_metrics(capsys.readouterr().out) == {"OwnersLockedOut": 1}
    call(handler, build_storage_event(post(other)))
    assert Task.get(other.task_id).status == TaskStatus.QUEUED
    lockout = Task.get("lockout:me")
    remaining = lockout.expires_at - datetime.now(UTC)
    assert timedelta(hours=23) < remaining <= timedelta(days=1)


def test_a_browser_that_repeats_a_post_is_not_locked_out(
    queue: TaskQueue, store: ImageStore
) -> None:
    task = save(TaskStatus.SUCCEEDED)

    repost(task, 10)

    assert not is_locked_out("me")
