"""A worker as a process of its own: real signals, and AWS behind real HTTP."""

import signal
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks.record import TaskStatus
from pipeline.worker import loop, poller
from tests.examples import OWNER_ID
from tests.worker.aws_server import AwsServer
from tests.worker.fakes import get_values
from tests.worker.processes import (
    ROOT,
    Process,
    count_hidden_messages,
    get_hidden_until,
    get_status,
    send_task,
    show_messages_again_after,
    wait_until,
)

WEIGHTS = ROOT / ".cache" / "weights"


def test_an_idle_worker_gives_back_a_message_that_arrives_while_it_stops(
    start: Callable[..., Process], queue: TaskQueue
) -> None:
    process = start()
    process.wait_for_poll()

    process.signal(signal.SIGTERM)
    process.wait_for("SIGTERM: stopping")
    queue.send("task-1", OWNER_ID)
    exit_code = process.wait()

    assert exit_code == 0
    assert (queue.get_depth(), count_hidden_messages()) == (1, 0)


def test_an_idle_worker_leaves_no_poll_behind(
    start: Callable[..., Process], queue: TaskQueue, aws_server: AwsServer
) -> None:
    process = start()
    process.wait_for_poll()

    process.signal(signal.SIGTERM)
    exit_code = process.wait()
    queue.send("task-1", OWNER_ID)
    # A poll that is still open takes the message and ends.
    wait_until(lambda: aws_server.open_requests == 0)

    assert exit_code == 0
    assert (queue.get_depth(), count_hidden_messages()) == (1, 0)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_busy_worker_finishes_the_pictures_that_it_started(
    start: Callable[..., Process],
    queue: TaskQueue,
    store: ImageStore,
    signum: signal.Signals,
) -> None:
    process = start()
    tasks = [send_task(queue, store) for _ in range(2)]
    process.wait_for("Task started", count=2)

    process.signal(signum)
    exit_code = process.wait()

    assert exit_code == 0
    assert [get_status(task) for task in tasks] == [TaskStatus.SUCCEEDED] * 2
    assert (queue.get_depth(), count_hidden_messages()) == (0, 0)


def test_a_picture_that_waits_for_a_core_is_finished_too(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    process = start(CONCURRENCY="1")
    tasks = [send_task(queue, store) for _ in range(2)]
    process.wait_for("Task started", count=2)
    left = [send_task(queue, store) for _ in range(2)]

    process.signal(signal.SIGTERM)
    exit_code = process.wait()

    statuses = [get_status(task) for task in tasks + left]
    assert exit_code == 0
    assert statuses.count(TaskStatus.SUCCEEDED) + queue.get_depth() == 4
    assert [get_status(task) for task in tasks] == [TaskStatus.SUCCEEDED] * 2
    assert count_hidden_messages() == 0


def test_a_picture_that_takes_too_long_is_given_back_in_time(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    process = start(PICTURE_SECONDS="600", GRACE_SECONDS="2")
    task = send_task(queue, store)
    process.wait_for("Task started")

    process.signal(signal.SIGTERM)
    exit_code = process.wait()

    assert exit_code == 0
    assert get_status(task) == TaskStatus.PROCESSING
    assert (queue.get_depth(), count_hidden_messages()) == (1, 0)


def test_the_limits_of_a_stop_add_up_to_ten_seconds() -> None:
    # The last poll, the messages in flight, and the time to give back the rest
    assert poller.POLL_SECONDS < loop.GRACE_SECONDS < 10


def test_the_message_of_a_slow_picture_stays_hidden(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    process = start(PICTURE_SECONDS="600")
    send_task(queue, store)
    process.wait_for("Task started")

    times = {*get_hidden_until()}

    def is_hidden_again() -> bool:
        times.update(get_hidden_until())
        return len(times) > 3

    wait_until(is_hidden_again)

    assert (queue.get_depth(), count_hidden_messages()) == (0, 1)


def test_a_killed_worker_loses_nothing(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    show_messages_again_after(4)
    task = send_task(queue, store)
    process = start(PICTURE_SECONDS="600", VISIBILITY_SECONDS="4")
    process.wait_for("Task started")

    process.signal(signal.SIGKILL)
    process.wait()
    start(PICTURE_SECONDS="0")

    wait_until(lambda: get_status(task) == TaskStatus.SUCCEEDED)
    # Once more if the dead worker's last poll was still open and took it.
    assert task.receive_count >= 2


def test_the_start_names_missing_weights(start: Callable[..., Process]) -> None:
    process = start("pipeline.worker")

    exit_code = process.wait()

    assert exit_code == 1
    assert "are missing. Run `make setup`" in process.read_text()


def test_the_start_names_a_missing_variable(
    start: Callable[..., Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMAGES_BUCKET")
    process = start("pipeline.worker")

    exit_code = process.wait()

    assert exit_code == 1
    assert "images_bucket\n  Field required" in process.read_text()


def test_a_worker_recognises_with_the_real_networks(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore, tmp_path: Path
) -> None:
    assert WEIGHTS.is_dir(), "Run `make setup` first"
    _, encoded = cv2.imencode(".jpg", np.full((480, 640, 3), 128, np.uint8))
    task = send_task(queue, store, encoded.tobytes())
    bad_task = send_task(queue, store, b"not a picture")
    process = start("pipeline.worker", WEIGHTS_DIR=str(WEIGHTS), WORKER_NAME="i-0123456789")

    process.wait_for("Task succeeded")
    process.wait_for("Task failed")
    process.signal(signal.SIGTERM)
    exit_code = process.wait()

    assert exit_code == 0
    assert get_status(task) == TaskStatus.SUCCEEDED
    assert (task.width, task.height, task.worker) == (640, 480, "i-0123456789")
    assert task.inference_ms > 0
    assert get_status(bad_task) == TaskStatus.FAILED
    assert bad_task.error_code == "unsupported_format"
    assert get_values("ImagesRecognised") == [1]
    assert get_values("ImagesFailed", ErrorCode="unsupported_format") == [1]
    assert process.read_log()[-1] == "Stopped"
