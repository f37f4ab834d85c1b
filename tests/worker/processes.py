"""Worker processes for tests, and their tasks."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import boto3
from moto.sqs.models import sqs_backends

from pipeline.core.queue import TaskQueue
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import transitions
from pipeline.core.tasks.record import Task
from tests.environment import settings
from tests.examples import build_task
from tests.worker.fakes import ACCOUNT_ID, PICTURE

ROOT = Path(__file__).parents[2]
TIMEOUT = 120
"""Limit in seconds for steps that take a few. A machine may stall."""


class Process:
    """A worker process and its log lines."""

    def __init__(self, module: str, environment: dict[str, str], log: Path) -> None:
        self._log = log
        self._health = Path(environment["HEALTH_FILE"])
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
        whole = [line for line in lines if line.startswith("{") and line.endswith("\n")]
        return [json.loads(line)["message"] for line in whole]

    def wait_for(self, message: str, count: int = 1) -> None:
        wait_until(lambda: self.read_log().count(message) >= count)

    def wait_for_poll(self) -> None:
        """Until it polls, or will in a moment; it understands signals by then."""
        wait_until(self._health.exists)

    def signal(self, signum: signal.Signals) -> None:
        self.popen.send_signal(signum)

    def wait(self) -> int:
        return self.popen.wait(timeout=TIMEOUT)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + TIMEOUT
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def send_task(queue: TaskQueue, store: ImageStore, picture: bytes = PICTURE) -> Task:
    task = build_task()
    task.save()
    store.put(task.image_key, picture, "image/jpeg")
    queue.send(task.task_id, task.owner_id)
    transitions.mark_queued(task)
    return task


def get_status(task: Task) -> str:
    task.refresh()
    return str(task.status)


def count_hidden_messages() -> int:
    response = boto3.client("sqs").get_queue_attributes(
        QueueUrl=settings.task_queue_url, AttributeNames=["ApproximateNumberOfMessagesNotVisible"]
    )
    return int(response["Attributes"]["ApproximateNumberOfMessagesNotVisible"])


def get_hidden_until() -> list[float]:
    """When the messages in the queue will be visible; milliseconds since 1970."""
    queues = sqs_backends[ACCOUNT_ID][settings.aws_region].queues
    return [message.visible_at for message in queues["tasks"]._messages]


def show_messages_again_after(seconds: int) -> None:
    boto3.client("sqs").set_queue_attributes(
        QueueUrl=settings.task_queue_url, Attributes={"VisibilityTimeout": str(seconds)}
    )
