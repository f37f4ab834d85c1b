"""Store, queue and table send their calls with libcurl, and botocore repeats those that failed."""

from dataclasses import replace

import pytest

from pipeline.core.errors import ImageMissingError, TaskFinishedError
from pipeline.core.queue import TaskMessage
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task, TaskStatus
from pipeline.worker.direct import DirectImageStore, DirectTaskQueue, update_directly
from tests.environment import settings
from tests.examples import OWNER_ID, build_result, succeed
from tests.worker.aws_server import AwsServer, Fault
from tests.worker.fakes import PICTURE


@pytest.fixture
def near(aws_server: AwsServer, monkeypatch: pytest.MonkeyPatch) -> AwsServer:
    """The AWS that all later clients of a test use."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws_server.url)
    return aws_server


def test_a_picture_is_read(near: AwsServer, task: Task) -> None:
    assert DirectImageStore(settings.images_bucket).download(task.image_key) == PICTURE
    assert near.answered_libcurl == ["s3"]


def test_a_picture_is_stored(near: AwsServer) -> None:
    store = DirectImageStore(settings.images_bucket)

    store.put("images/me/1.preview", b"new", "image/jpeg")

    stored = store._client.head_object(Bucket=settings.images_bucket, Key="images/me/1.preview")
    assert (stored["ContentType"], stored["ServerSideEncryption"]) == ("image/jpeg", "AES256")
    assert store.download("images/me/1.preview") == b"new"
    assert near.answered_libcurl == ["s3", "s3"]


@pytest.mark.parametrize("fault", Fault)
def test_botocore_stores_a_picture_that_libcurl_cannot(near: AwsServer, fault: Fault) -> None:
    near.fault = fault
    store = DirectImageStore(settings.images_bucket)

    store.put("images/me/1.preview", b"new", "image/jpeg")

    assert store.download("images/me/1.preview") == b"new"


@pytest.mark.usefixtures("near")
def test_a_missing_picture_has_its_own_error() -> None:
    with pytest.raises(ImageMissingError):
        DirectImageStore(settings.images_bucket).download("images/me/none")


@pytest.mark.parametrize("fault", Fault)
def test_botocore_reads_a_picture_if_libcurl_fails(
    near: AwsServer, task: Task, fault: Fault
) -> None:
    near.fault = fault

    assert DirectImageStore(settings.images_bucket).download(task.image_key) == PICTURE


def test_messages_are_received_hidden_and_deleted(near: AwsServer, task: Task) -> None:
    queue = DirectTaskQueue(settings.task_queue_url)
    queue.send("task-2", OWNER_ID)

    deliveries = queue.receive(max_messages=10)
    hidden = queue.hide_all(deliveries, 60)
    refused = queue.delete_all(deliveries)

    assert near.answered_libcurl == ["sqs"] * 3
    assert {TaskMessage.model_validate_json(one.body).task_id for one in deliveries} == {
        task.task_id,
        "task-2",
    }
    assert [one.receive_count for one in deliveries] == [1, 1]
    assert hidden == refused == []
    assert queue.get_depth() == 0


@pytest.mark.usefixtures("near")
def test_a_message_that_cannot_be_deleted_is_returned(task: Task) -> None:
    queue = DirectTaskQueue(settings.task_queue_url)
    [delivery] = queue.receive()
    unknown = replace(delivery, receipt_handle="unknown")

    assert queue.delete_all([delivery, unknown]) == [unknown]


@pytest.mark.usefixtures("task")
def test_botocore_receives_messages_if_libcurl_fails(near: AwsServer) -> None:
    near.fault = Fault.REFUSED

    assert len(DirectTaskQueue(settings.task_queue_url).receive()) == 1


@pytest.fixture
def _direct_updates(near: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = Task._get_connection().connection
    monkeypatch.setattr(
        connection, "_client", None
    )  # It creates another one. The old one comes back after the test.
    update_directly(Task)


@pytest.mark.usefixtures("_direct_updates")
def test_a_task_is_started_and_finished(near: AwsServer, task: Task) -> None:
    near.answered_libcurl.clear()  # The fixture has queued the task.

    started = transitions.start(task.task_id, worker="worker-1", receive_count=1)
    transitions.succeed(started, build_result())

    assert near.answered_libcurl == ["dynamodb"] * 2
    task.refresh()
    assert task.status == TaskStatus.SUCCEEDED
    assert task.get_labels() == build_result().labels


@pytest.mark.usefixtures("_direct_updates")
def test_a_failed_condition_has_its_own_error(task: Task) -> None:
    succeed(task.task_id)

    with pytest.raises(TaskFinishedError):
        transitions.start(task.task_id, worker="worker-2", receive_count=2)


@pytest.mark.usefixtures("_direct_updates")
def test_botocore_starts_and_finishes_a_task_if_libcurl_fails(near: AwsServer, task: Task) -> None:
    near.fault = Fault.REFUSED

    started = transitions.start(task.task_id, worker="worker-1", receive_count=1)
    transitions.succeed(started, build_result())

    task.refresh()
    assert task.status == TaskStatus.SUCCEEDED


@pytest.mark.usefixtures("_direct_updates")
def test_a_lost_answer_starts_no_task_twice(near: AwsServer, task: Task) -> None:
    near.fault = Fault.ANSWER_LOST

    transitions.start(task.task_id, worker="worker-1", receive_count=1)

    task.refresh()
    assert task.worker == "worker-1"
