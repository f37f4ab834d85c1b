"""Every test of the worker has a fresh AWS in memory."""

import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest

from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from pipeline.worker import loop, poller
from pipeline.worker.metrics import Metrics
from tests.examples import OWNER_ID, build_task
from tests.worker.aws_server import AwsServer
from tests.worker.fakes import PICTURE
from tests.worker.processes import TIMEOUT, Process
from tests.worker.runner import Runner, StopClock


@pytest.fixture(autouse=True)
def _aws(aws: None) -> None: ...


@pytest.fixture(autouse=True)
def _signal_handlers() -> Iterator[None]:
    """Restore the signal handlers that a worker in this process replaces."""
    handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
    yield
    for signum, handler in handlers.items():
        signal.signal(signum, handler)


@pytest.fixture
def run(queue: TaskQueue, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Runner]:
    clock = StopClock()
    monkeypatch.setattr(loop, "time", clock)
    monkeypatch.setattr(poller, "POLL_SECONDS", 1)
    yield Runner(queue, tmp_path / "health.json", clock)
    # The threads that a worker left behind must not disturb the next test.
    for thread in threading.enumerate():
        if thread.name.startswith(("slot", "poller")):
            thread.join(TIMEOUT)


@pytest.fixture
def metrics(aws: None) -> Metrics:
    return Metrics(boto3.client("cloudwatch"), cores=2)


@pytest.fixture
def task(queue: TaskQueue, store: ImageStore) -> Task:
    """A queued task with its picture; its message is in the queue."""
    task = build_task()
    task.save()
    store.put(task.image_key, PICTURE, "image/jpeg")
    queue.send(task.task_id, OWNER_ID)
    transitions.mark_queued(task)
    return task


@pytest.fixture
def aws_server(aws: None) -> Iterator[AwsServer]:
    """The in-memory AWS of this test, for other processes too."""
    server = AwsServer()
    server.start()
    yield server
    server.stop()


@pytest.fixture
def start(aws_server: AwsServer, tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Start a worker. All workers are killed after the test."""
    processes: list[Process] = []

    def start(module: str = "tests.worker.slow_worker", **environment: str) -> Process:
        defaults = {
            "AWS_ENDPOINT_URL": aws_server.url,
            "WEIGHTS_DIR": str(tmp_path),
            "HEALTH_FILE": str(tmp_path / f"health-{len(processes)}.json"),
            "CONCURRENCY": "2",
            "PICTURE_SECONDS": "1",
            "IMAGE_DEADLINE_SECONDS": "120",
            "LOG_LEVEL": "DEBUG",
            "FRAMES_STREAM_ARN": "",  # No live recognition
        }
        log = tmp_path / f"worker-{len(processes)}.log"
        processes.append(Process(module, {**defaults, **environment}, log))
        return processes[-1]

    yield start
    for process in processes:
        process.popen.kill()
        process.wait()
