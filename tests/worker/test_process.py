"""A worker as a process of its own: real signals, and AWS behind real HTTP."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import cv2
import numpy as np
import pytest
from moto.server import ThreadedMotoServer

from pipeline.core.models import Task, TaskStatus
from pipeline.core.queue import TaskQueue
from pipeline.core.settings import settings
from pipeline.core.storage import ImageStore
from tests.examples import build_task
from tests.worker.fakes import get_values

ROOT = Path(__file__).parents[2]
WEIGHTS = ROOT / ".cache" / "weights"
TIMEOUT = 30
STOP_SECONDS = 10


@pytest.fixture
def endpoint(aws: None) -> Iterator[str]:
    """The in-memory AWS of this test, for other processes."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


class Process:
    """A worker and what it logs."""

    def __init__(self, module: str, environment: dict[str, str], log: Path) -> None:
        self._log = log
        with log.open("w") as file:
            self.popen = subprocess.Popen(
                [sys.executable, "-m", module],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=file,
                stderr=subprocess.STDOUT,
            )

    def read_text(self) -> str:
        return self._log.read_text()

    def read_log(self) -> list[str]:
        lines = self.read_text().splitlines(keepends=True)
        return [json.loads(line)["message"] for line in lines if line.endswith("\n")]

    def wait_for(self, message: str, count: int = 1) -> None:
        wait_until(lambda: self.read_log().count(message) >= count)

    def signal(self, signum: signal.Signals) -> None:
        self.popen.send_signal(signum)

    def wait(self, seconds: float = TIMEOUT) -> int:
        return self.popen.wait(timeout=seconds)


@pytest.fixture
def start(endpoint: str, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Start a worker; all are killed in the end."""
    processes: list[Process] = []

    def start(module: str = "tests.worker.slow_worker", **environment: str) -> Process:
        defaults = {
            "AWS_ENDPOINT_URL": endpoint,
            "WEIGHTS_DIR": str(tmp_path),
            "HEALTH_FILE": str(tmp_path / "health.json"),
            "CONCURRENCY": "2",
            "PICTURE_SECONDS": "1",
        }
        log = tmp_path / f"worker-{len(processes)}.log"
        processes.append(Process(module, {**defaults, **environment}, log))
        return processes[-1]

    yield start
    for process in processes:
        process.popen.kill()
        process.wait()


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def send_task(queue: TaskQueue, store: ImageStore, picture: bytes = b"picture") -> Task:
    task = build_task()
    task.save()
    store.put(task.image_key, picture, "image/jpeg")
    queue.send(task.task_id)
    task.mark_queued()
    return task


def get_status(task: Task) -> str:
    task.refresh()
    return str(task.status)


def count_hidden_messages() -> int:
    response = boto3.client("sqs").get_queue_attributes(
        QueueUrl=settings.task_queue_url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
    )
    return int(response["Attributes"]["ApproximateNumberOfMessagesNotVisible"])


def test_an_idle_worker_gives_back_what_comes_while_it_stops(
    start: Callable[..., Process], queue: TaskQueue
) -> None:
    process = start()
    process.wait_for("Ready")
    time.sleep(0.5)  # It polls now

    process.signal(signal.SIGTERM)
    process.wait_for("SIGTERM: stopping")
    queue.send("task-1")
    exit_code = process.wait(STOP_SECONDS)

    assert exit_code == 0
    assert (queue.get_depth(), count_hidden_messages()) == (1, 0)


def test_an_idle_worker_leaves_no_poll_behind(
    start: Callable[..., Process], queue: TaskQueue
) -> None:
    process = start()
    process.wait_for("Ready")
    time.sleep(0.5)

    process.signal(signal.SIGTERM)
    exit_code = process.wait(STOP_SECONDS)
    queue.send("task-1")
    time.sleep(0.5)  # A poll that is still open takes it now

    assert exit_code == 0
    assert (queue.get_depth(), count_hidden_messages()) == (1, 0)


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_busy_worker_finishes_what_it_has_begun(
    start: Callable[..., Process],
    queue: TaskQueue,
    store: ImageStore,
    signum: signal.Signals,
) -> None:
    process = start()
    tasks = [send_task(queue, store) for _ in range(2)]
    process.wait_for("Task started", count=2)

    process.signal(signum)
    exit_code = process.wait(STOP_SECONDS)

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
    exit_code = process.wait(STOP_SECONDS)

    statuses = [get_status(task) for task in tasks + left]
    assert exit_code == 0
    assert statuses.count(TaskStatus.SUCCEEDED) + queue.get_depth() == 4
    assert [get_status(task) for task in tasks] == [TaskStatus.SUCCEEDED] * 2
    assert count_hidden_messages() == 0


def test_a_picture_that_takes_too_long_is_given_back_in_time(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    process = start(PICTURE_SECONDS="60")
    task = send_task(queue, store)
    process.wait_for("Task started")

    process.signal(signal.SIGTERM)
    exit_code = process.wait(STOP_SECONDS)

    assert exit_code == 0
    assert get_status(task) == TaskStatus.PROCESSING
    assert (queue.get_depth(), count_hidden_messages()) == (1, 0)


def show_messages_again_after(seconds: int) -> None:
    boto3.client("sqs").set_queue_attributes(
        QueueUrl=settings.task_queue_url, Attributes={"VisibilityTimeout": str(seconds)}
    )


def test_a_slow_picture_is_not_delivered_twice(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    show_messages_again_after(4)
    process = start(PICTURE_SECONDS="6")
    task = send_task(queue, store)
    process.wait_for("Task started")

    deliveries = queue.receive(wait_seconds=7)

    assert deliveries == []
    assert get_status(task) == TaskStatus.SUCCEEDED
    assert process.read_log().count("Task started") == 1


def test_a_killed_worker_loses_nothing(
    start: Callable[..., Process], queue: TaskQueue, store: ImageStore
) -> None:
    show_messages_again_after(4)
    task = send_task(queue, store)
    process = start(PICTURE_SECONDS="60")
    process.wait_for("Task started")

    process.signal(signal.SIGKILL)
    process.wait()
    start(PICTURE_SECONDS="0")

    wait_until(lambda: get_status(task) == TaskStatus.SUCCEEDED)
    # Once more if the dead worker's last poll was still open and took it.
    assert task.receive_count >= 2


def test_missing_weights_are_named_at_the_start(start: Callable[..., Process]) -> None:
    process = start("pipeline.worker")

    exit_code = process.wait()

    assert exit_code == 1
    assert "are missing. Run `make setup`" in process.read_text()


def test_a_missing_variable_is_named_at_the_start(
    start: Callable[..., Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("IMAGES_BUCKET")
    process = start("pipeline.worker")

    exit_code = process.wait()

    assert exit_code == 1
    assert "images_bucket\n  Field required" in process.read_text()


def test_the_real_networks_are_wired(
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
    exit_code = process.wait(STOP_SECONDS)

    assert exit_code == 0
    assert get_status(task) == TaskStatus.SUCCEEDED
    assert (task.width, task.height, task.worker) == (640, 480, "i-0123456789")
    assert task.inference_ms > 0
    assert get_status(bad_task) == TaskStatus.FAILED
    assert bad_task.error_code == "unsupported_format"
    assert get_values("ImagesRecognised") == [1]
    assert get_values("ImagesFailed", ErrorCode="unsupported_format") == [1]
    assert process.read_log()[-1] == "Stopped"
