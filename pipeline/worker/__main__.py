"""Start one worker: `python -m pipeline.worker`."""

import logging
import os
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import NoReturn

import boto3
from botocore.config import Config

from pipeline.core.controls import REFRESH_SECONDS, Controls
from pipeline.core.dynamo import connect
from pipeline.core.options import split_models
from pipeline.core.queue import Delivery
from pipeline.core.rekognition import Spending, choose_budget
from pipeline.core.reports import WorkerReport
from pipeline.core.settings import Settings, load_settings
from pipeline.core.tasks.record import Task
from pipeline.worker import STARTED_AT, deletions, heartbeat
from pipeline.worker.controls import ControlsWatch
from pipeline.worker.cores import Cores
from pipeline.worker.deadline import CHECK_SECONDS, Deadline, postpone_end
from pipeline.worker.deletions import Deletions
from pipeline.worker.direct import DirectImageStore, DirectTaskQueue, update_directly
from pipeline.worker.health import Health
from pipeline.worker.heartbeat import Heartbeat
from pipeline.worker.logs import configure_logging
from pipeline.worker.loop import Worker
from pipeline.worker.memory import limit_memory, share_arenas
from pipeline.worker.metrics import Metrics
from pipeline.worker.periodic import every
from pipeline.worker.recognition import Consider, TaskHandler, keep_own_answer
from pipeline.worker.rekognition.client import Rekognition
from pipeline.worker.rekognition.second_opinion import SecondOpinion
from pipeline.worker.report import Reporter
from pipeline.worker.settings import HealthSettings, WorkerSettings
from pipeline.worker.vision.recognizer import Recognize, Recognizer
from pipeline.worker.vision.vocabulary import load_vocabulary
from pipeline.worker.vision.weights import ADDED_MODELS

logger = logging.getLogger("pipeline.worker")  # __name__ is __main__ here

QUICK = Config(connect_timeout=1, read_timeout=3, retries={"total_max_attempts": 2})
"""Settings of calls that must not delay a heartbeat or a stop."""


def load_recognizer(worker_settings: WorkerSettings) -> Recognize:
    """Load the networks for as many threads as there are cores."""
    recognizer = Recognizer(
        worker_settings.weights_dir,
        engine=worker_settings.engine,
        threads=worker_settings.concurrency,
        accept_heic=worker_settings.accept_heic,
        models_folder=worker_settings.weights_dir / ADDED_MODELS,
        default_models=split_models(worker_settings.default_models),
    )
    return recognizer.recognize


def main(load: Callable[[WorkerSettings], Recognize] = load_recognizer) -> None:
    """Run a worker until it stops, and end the process."""
    settings = load_settings()
    worker_settings = WorkerSettings()
    _prepare_process(settings, worker_settings)
    metrics = _build_metrics(worker_settings)
    deadline = Deadline[Delivery](worker_settings.image_deadline_seconds)
    recognizer = load(worker_settings)
    quick_queue = DirectTaskQueue(settings.task_queue_url, boto3.client("sqs", config=QUICK))
    in_flight, finished = Heartbeat(quick_queue), Deletions(quick_queue)
    recognize = build_cores(recognizer, worker_settings, metrics, deadline, in_flight)
    controls = _watch_controls()
    handler = _build_handler(settings, worker_settings, recognize, metrics, controls)
    worker = Worker(
        DirectTaskQueue(settings.task_queue_url),
        in_flight,
        finished,
        handler.handle,
        Health(HealthSettings().health_file, worker_settings.version),
        slots=count_slots(recognize.count) + recognize.count,  # Some are always free for others
        share=count_slots(recognize.count),
        controls=controls,
    )

    def abandon(delivery: Delivery) -> None:
        worker.abandon(delivery, settled=handler.give_up(delivery))

    report = _begin(worker_settings, recognizer, metrics)
    with (
        every(CHECK_SECONDS, postpone_end, "end timer"),
        every(CHECK_SECONDS, lambda: deadline.check(abandon), "deadline"),
        every(REFRESH_SECONDS, controls.refresh, "controls"),
        every(heartbeat.INTERVAL_SECONDS, in_flight.beat, "heartbeat"),
        every(deletions.INTERVAL_SECONDS, finished.flush, "deletions"),
        every(worker_settings.metrics_interval_seconds, metrics.publish, "metrics"),
        every(worker_settings.metrics_interval_seconds, report, "report"),
        _answer_frames(worker_settings, recognize, metrics, controls, worker),
    ):
        exit_code = worker.run()
    _end(metrics, exit_code)


def build_cores(
    recognize: Recognize,
    settings: WorkerSettings,
    metrics: Metrics,
    deadline: Deadline[Delivery],
    in_flight: Heartbeat,
) -> Cores:
    return Cores(
        recognize,
        settings.concurrency,
        metrics,
        deadline,
        photos_first=settings.live_photos_first,
        has_time=lambda: settings.fine_when_idle and len(in_flight) <= 1,
    )


def _answer_frames(
    settings: WorkerSettings,
    cores: Cores,
    metrics: Metrics,
    controls: ControlsWatch,
    worker: Worker,
) -> AbstractContextManager[None]:
    """Take part in live recognition. Where it is not offered, this imports and costs nothing."""
    if not settings.frames_stream_arn:
        return nullcontext()
    from pipeline.worker.live.service import answering_frames

    return answering_frames(
        settings.worker_name,
        cores,
        metrics,
        settings.image_deadline_seconds,
        lambda: controls.is_paused,
        worker.stopping,
        worker.end_because_of_a_frame,
    )


def _end(metrics: Metrics, exit_code: int) -> NoReturn:
    publish_last(metrics)
    logger.info("Stopped")
    logging.shutdown()
    # sys.exit would wait for threads that may hang in OpenCV or in a dead connection.
    os._exit(exit_code)


def _prepare_process(settings: Settings, worker_settings: WorkerSettings) -> None:
    configure_logging(worker_settings.log_level)
    limit_memory(worker_settings.memory_limit_mb)
    share_arenas(worker_settings.concurrency)
    models = (Task, Controls, Spending, WorkerReport)
    connect(settings.aws_region, dict.fromkeys(models, settings.tasks_table))
    update_directly(Task)


def _build_metrics(settings: WorkerSettings) -> Metrics:
    return Metrics(
        boto3.client("cloudwatch", config=QUICK),
        cores=settings.concurrency,
        identity={"Worker": settings.worker_name, "Version": settings.version},
        detail=settings.metrics_detail,
    )


def _build_second_opinion(
    settings: Settings, worker_settings: WorkerSettings, controls: ControlsWatch, metrics: Metrics
) -> Consider:
    most_usd = worker_settings.rekognition_usd_a_day
    if not most_usd:
        return keep_own_answer
    return SecondOpinion(
        Rekognition(load_vocabulary().words),
        settings.images_bucket,
        lambda: choose_budget(controls.current, most_usd),
        metrics,
    ).consider


def find_models(recognize: Recognize) -> Mapping[str, str]:
    """The networks of the recogniser; none for another function."""
    recognizer = getattr(recognize, "__self__", None)
    return recognizer.models if isinstance(recognizer, Recognizer) else {}


def _build_handler(
    settings: Settings,
    worker_settings: WorkerSettings,
    cores: Cores,
    metrics: Metrics,
    controls: ControlsWatch,
) -> TaskHandler:
    return TaskHandler(
        cores,
        DirectImageStore(settings.images_bucket),
        metrics,
        worker=worker_settings.worker_name,
        version=worker_settings.version,
        consider=_build_second_opinion(settings, worker_settings, controls, metrics),
    )


def _watch_controls() -> ControlsWatch:
    """Read the controls before the first receive: the queue may be paused."""
    controls = ControlsWatch()
    controls.refresh()
    return controls


def _begin(settings: WorkerSettings, recognize: Recognize, metrics: Metrics) -> Callable[[], None]:
    """Tell operators and the log that the worker is ready.

    Returns:
        What tells operators again.
    """
    postpone_end()
    models = find_models(recognize)
    reporter = Reporter(settings.worker_name, settings.version, models, metrics)
    _publish(reporter.publish, "report")
    logger.info(
        "Ready",
        extra={
            "worker": settings.worker_name,
            "version": settings.version,
            "cores": settings.concurrency,
            "engine": settings.engine,
            "startup_seconds": round(time.monotonic() - STARTED_AT, 2),
        },
    )
    return reporter.publish


def count_slots(cores: int) -> int:
    """Return the number of slots that keep `cores` busy. One owner may have that many.

    A picture waits for AWS eight times as long as it keeps a core busy, mostly for S3, which gives
    it and stores its copies (100 ms each). A waiting slot holds one file.
    """
    return 10 * cores


def publish_last(metrics: Metrics) -> None:
    """Send the metrics of the last minute. A failure does not stop the shutdown."""
    _publish(metrics.publish, "metrics")


def _publish(publish: Callable[[], None], name: str) -> None:
    try:
        publish()
    except Exception:
        logger.warning("%s failed", name, exc_info=True)


if __name__ == "__main__":
    main()
