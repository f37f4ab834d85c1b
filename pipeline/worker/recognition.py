"""Handles one delivery: from a message to a stored result."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TypeAlias

from pydantic import ValidationError

from pipeline.core.engines import OTHER_ENGINE_OFF
from pipeline.core.errors import (
    ImageTimeoutError,
    PermanentError,
    RetriesExhaustedError,
    TaskFinishedError,
)
from pipeline.core.options import Engine
from pipeline.core.queue import Delivery, TaskMessage
from pipeline.core.settings import MAX_RECEIVE_COUNT
from pipeline.core.storage import ImageStore
from pipeline.core.tasks import transitions
from pipeline.core.tasks.attempts import Attempt, Outcome
from pipeline.core.tasks.deliveries import record_failed_delivery
from pipeline.core.tasks.record import Task, find_task
from pipeline.core.tasks.result import TaskResult
from pipeline.core.tasks.transitions import StartedTask
from pipeline.core.tasks.version_ids import get_task_id
from pipeline.worker.copies import StoredCopies, delete_copies, store_copies
from pipeline.worker.cores import Cores
from pipeline.worker.error_text import describe_error
from pipeline.worker.logs import log_task
from pipeline.worker.metrics import Metrics, Stage
from pipeline.worker.vision.recognizer import Recognition

logger = logging.getLogger(__name__)

BACK_OFF_SECONDS = (2, 10, 60, 300)
"""Delay after the first, second, third and fourth failed delivery. A short fault delays a task by
2 s, and no task fails in an outage of six minutes."""


Consider: TypeAlias = Callable[[StartedTask, bytes, Recognition], Recognition]
"""Takes a task, its picture and our own recognition, and returns the one to store."""


def keep_own_answer(_task: StartedTask, _data: bytes, found: Recognition) -> Recognition:
    """What a worker does without any other engine."""
    return replace(found, answer=OTHER_ENGINE_OFF)


class TaskHandler:
    """Handles deliveries of tasks. Safe to share between threads."""

    def __init__(
        self,
        cores: Cores,
        store: ImageStore,
        metrics: Metrics,
        *,
        worker: str,
        version: str = "dev",
        consider: Consider = keep_own_answer,
    ) -> None:
        """Take what it needs.

        Args:
            cores: Recognise pictures.
            store: Where the pictures are.
            metrics: Count what happens.
            worker: Its name, stored on tasks.
            version: Its release, stored on tasks.
            consider: May ask another engine; called where a request names one.
        """
        self._cores = cores
        self._consider = consider
        self._store = store
        self._metrics = metrics
        self._worker = worker
        self._version = version

    def handle(self, delivery: Delivery) -> int | None:
        """Do what the message asks for. Never raises.

        Returns:
            None if the message is to be deleted, otherwise the seconds after which it is to be
            delivered again.
        """
        try:
            task_id = TaskMessage.model_validate_json(delivery.body).task_id
        except ValidationError:
            # After five deliveries SQS moves it to the dead-letter queue, where operators see it.
            logger.error("Message has no task id", extra=_describe(delivery))
            return 0
        with log_task(task_id):
            started: StartedTask | None = None
            try:
                started = self._start(task_id, delivery)
                self._handle_task(started, delivery)
            except TaskFinishedError:
                logger.info("Task is already finished: delivery dropped", extra=_describe(delivery))
            except Exception as error:
                logger.exception("Delivery failed", extra=_describe(delivery))
                return self._prepare_retry(started or Task(task_id), delivery, error)
        return None

    def give_up(self, delivery: Delivery) -> bool:
        """Fail the task of a picture that hangs in another thread. Never raises.

        Returns:
            Whether the task is finished, so that the message can be deleted.
        """
        task_id = TaskMessage.model_validate_json(delivery.body).task_id
        error = ImageTimeoutError()
        with log_task(task_id):
            try:
                transitions.fail(Task(task_id), error)
            except TaskFinishedError:
                logger.info("Task is finished or deleted already")
            except Exception:
                logger.exception("Task could not be failed")
                return False
            else:
                self._metrics.add_failed(error.code)
                logger.error("Task failed", extra={"error_code": error.code})
        return True

    def _start(self, task_id: str, delivery: Delivery) -> StartedTask:
        task = transitions.start(
            task_id,
            worker=self._worker,
            version=self._version,
            receive_count=delivery.receive_count,
        )
        # At INFO there is one line for each task. A second line costs 0.5 % of the throughput.
        logger.debug("Task started", extra=_describe(delivery))
        return task

    def _handle_task(self, task: StartedTask, delivery: Delivery) -> None:
        try:
            self._recognize_task(task, delivery)
        except PermanentError as error:
            transitions.fail(task, error)
            self._metrics.add_failed(error.code)
            logger.info("Task failed", extra={**_describe(delivery), "error_code": error.code})

    def _recognize_task(self, task: StartedTask, delivery: Delivery) -> None:
        age = datetime.now(UTC) - delivery.sent_at
        started = time.perf_counter()
        data = self._store.download(task.image_key)
        downloaded = time.perf_counter()
        found = self._cores.recognize(delivery, data, task.options)
        if task.options.engine != Engine.SPOTTER:
            found = self._consider(task, data, found)
        recognised = time.perf_counter()
        self._store_result(task, data, found)
        stored = time.perf_counter()
        stages = {
            Stage.DOWNLOAD: downloaded - started,
            Stage.DECODE: found.decode_ms / 1000,
            Stage.INFERENCE: found.inference_ms / 1000,
            Stage.STORE: stored - recognised,
            Stage.TOTAL: stored - started,
        }
        # The clocks of two machines may differ by more than the wait.
        receive_age_seconds = max(0.0, age.total_seconds())
        self._metrics.add_recognised(stages, receive_age_seconds=receive_age_seconds)
        logger.info(
            "Task succeeded",
            extra={
                **_describe(delivery),
                "labels": len(found.labels),
                "seconds": {stage.value: round(seconds, 3) for stage, seconds in stages.items()},
            },
        )

    def _store_result(self, task: StartedTask, data: bytes, found: Recognition) -> None:
        """Store the small copies and then the result, which says that they are there."""
        copies = store_copies(self._store, task.image_key, found.copies)
        try:
            transitions.succeed(task, _build_result(data, found, copies))
        except TaskFinishedError:
            # Another delivery of the same task stores the same copies: delete only those that
            # no task needs.
            if find_task(get_task_id(task.task_id)) is None:
                delete_copies(self._store, task.image_key)
            raise

    def _prepare_retry(self, task: StartedTask | Task, delivery: Delivery, error: Exception) -> int:
        """Store the error on the task, and fail the task after its last delivery."""
        self._metrics.add_transient_error()
        attempt = self._describe_attempt(delivery, error)
        try:
            if delivery.receive_count < MAX_RECEIVE_COUNT:
                record_failed_delivery(task.task_id, task.attempts or (), attempt)
            else:
                exhausted = RetriesExhaustedError()
                transitions.fail(task, exhausted, attempt)
                self._metrics.add_failed(exhausted.code)
        except TaskFinishedError:
            logger.info("Task is finished or deleted already")
        except Exception:
            # A task that is left in `processing` is found by the sweep.
            logger.exception("Error could not be stored on the task")
        if delivery.receive_count < MAX_RECEIVE_COUNT:
            return BACK_OFF_SECONDS[min(delivery.receive_count, len(BACK_OFF_SECONDS)) - 1]
        return 0  # SQS moves the message to the dead-letter queue at the next receive.

    def _describe_attempt(self, delivery: Delivery, error: Exception) -> Attempt:
        is_last = delivery.receive_count >= MAX_RECEIVE_COUNT
        return Attempt(
            at=datetime.now(UTC),
            outcome=(Outcome.FAILED if is_last else Outcome.DELIVERED_AGAIN).value,
            worker=self._worker,
            version=self._version,
            receive_count=delivery.receive_count,
            error=describe_error(error),
        )


def _describe(delivery: Delivery) -> dict[str, object]:
    return {"message_id": delivery.message_id, "receive_count": delivery.receive_count}


def _build_result(data: bytes, found: Recognition, copies: StoredCopies) -> TaskResult:
    return TaskResult(
        labels=found.labels,
        properties=found.properties,
        text=found.text,
        fingerprint=found.fingerprint,
        moderation=found.moderation,
        answer=found.answer,
        content_type=found.content_type,
        size_bytes=len(data),
        width=found.width,
        height=found.height,
        sha256=hashlib.sha256(data).hexdigest(),
        detail=found.detail,
        models=found.models,
        decode_ms=found.decode_ms,
        inference_ms=found.inference_ms,
        has_preview=copies.has_preview,
        has_thumbnail=copies.has_thumbnail,
    )
