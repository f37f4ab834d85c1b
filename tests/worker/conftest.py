"""Every test of the worker has a fresh AWS in memory."""

import signal
from collections.abc import Iterator

import boto3
import pytest

from pipeline.core.models import Task
from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.worker.metrics import Metrics
from tests.examples import build_task


@pytest.fixture(autouse=True)
def _aws(aws: None) -> None: ...


@pytest.fixture(autouse=True)
def _signal_handlers() -> Iterator[None]:
    """Take back what a worker in this process installs."""
    handlers = {signum: signal.getsignal(signum) for signum in (signal.SIGTERM, signal.SIGINT)}
    yield
    for signum, handler in handlers.items():
        signal.signal(signum, handler)


@pytest.fixture
def metrics(aws: None) -> Metrics:
    return Metrics(boto3.client("cloudwatch"), cores=2)


@pytest.fixture
def task(queue: TaskQueue, store: ImageStore) -> Task:
    """A queued task with its picture; its message is in the queue."""
    task = build_task()
    task.save()
    store.put(task.image_key, b"picture", "image/jpeg")
    queue.send(task.task_id)
    task.mark_queued()
    return task
