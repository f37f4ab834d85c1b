"""The settings of a worker process, from the environment."""

import os
import socket
from pathlib import Path
from typing import Literal

from pydantic import DirectoryPath, Field, NonNegativeFloat, PositiveFloat, PositiveInt
from pydantic_settings import BaseSettings

from pipeline.core.options import OWN_MODELS
from pipeline.worker.metrics import MetricsDetail
from pipeline.worker.vision.weights import DEFAULT_ENGINE, EngineName


def count_cores() -> int:
    """Return the number of cores that this process may use. A container may limit it."""
    if hasattr(os, "sched_getaffinity"):  # Not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


MEMORY_SHARE = 0.75
"""Share of the machine's memory. The system and the page cache need the rest."""


def choose_memory_limit() -> int:
    """Return 1024 MB for the process and 1024 MB for the largest picture on each core.

    On a machine with little memory the limit is a share of that memory. Then two of the largest
    pictures at once may not fit, and one of them is tried again later.
    """
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    return min(1024 * (1 + count_cores()), int(machine * MEMORY_SHARE))


def build_name() -> str:
    """Build a name that differs for each process of a machine."""
    return f"{socket.gethostname()}-{os.getpid()}"


class HealthSettings(BaseSettings, frozen=True):
    """The settings of a health check."""

    health_file: Path


class WorkerSettings(BaseSettings, frozen=True):
    """Required variables have no default: a process without them stops at once, by name."""

    weights_dir: DirectoryPath
    """Its folder `models`, if there is one, holds the models that operators added."""
    worker_name: str = Field(default_factory=build_name)
    """Stored on each task. On EC2 the systemd unit sets it to the instance id."""
    engine: EngineName = DEFAULT_ENGINE
    """The library that runs the networks. It decides which weights are loaded."""
    concurrency: PositiveInt = Field(default_factory=count_cores)
    """Number of pictures in the networks at the same time."""
    image_deadline_seconds: PositiveFloat = 20
    """Seconds for decoding and recognising one picture. The slowest accepted pictures take 2 s."""
    memory_limit_mb: PositiveInt = Field(default_factory=choose_memory_limit)
    """An allocation beyond this limit fails, and with it the delivery of the picture."""
    default_models: str = OWN_MODELS
    """The models for requests that name none, with commas: `spotter` and added ones."""
    accept_heic: bool = True
    """Whether HEIC pictures are decoded. HEVC, their codec, is patented: docs/formats.md."""
    fine_when_idle: bool = False
    """Whether the detector looks closer at a picture that is alone in this worker, where neither
    the request nor its account chose."""
    rekognition_usd_a_day: NonNegativeFloat = 0
    """The most that Amazon Rekognition may cost in a day, of all workers together. 0 never asks."""
    frames_stream_arn: str = ""
    """The Kinesis stream of frames. Empty where live recognition is not offered."""
    live_photos_first: bool = True
    """Whether frames of cameras wait until no photo waits for a core."""
    version: str = "dev"
    """The deployed commit, shown in logs and in the health file."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    metrics_detail: MetricsDetail = "full"
    """"basic" sends only the metrics that alarms and the portal read. Logs hold the rest."""
    metrics_interval_seconds: PositiveInt = 60
