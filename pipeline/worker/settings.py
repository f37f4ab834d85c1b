"""What a worker process is told by its environment."""

import os
import socket
from pathlib import Path
from typing import Literal

from pydantic import DirectoryPath, Field, PositiveFloat, PositiveInt
from pydantic_settings import BaseSettings

from pipeline.worker.metrics import MetricsDetail
from pipeline.worker.vision.weights import DEFAULT_ENGINE, EngineName


def count_cores() -> int:
    """The cores that this process may use: in a container perhaps fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):  # Not on macOS
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


MEMORY_SHARE = 0.75
"""Of the machine's memory. The system and the page cache need the rest."""


def choose_memory_limit() -> int:
    """Megabytes for the process and, on each core, the largest picture (see `decode_image`).

    On a machine with little memory it is a share of that. Then two of the largest pictures at once
    may not fit; one of them is tried again later.
    """
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024**2
    return min(1024 * (1 + count_cores()), int(machine * MEMORY_SHARE))


def build_name() -> str:
    """A name that tells the processes of one machine apart."""
    return f"{socket.gethostname()}-{os.getpid()}"


class HealthSettings(BaseSettings, frozen=True):
    """All that a health check needs to know."""

    health_file: Path


class WorkerSettings(BaseSettings, frozen=True):
    """Required variables have no default: a process without them stops at once, by name."""

    weights_dir: DirectoryPath
    worker_name: str = Field(default_factory=build_name)
    """Stored on each task. On EC2 the unit sets it to the instance id."""
    engine: EngineName = DEFAULT_ENGINE
    """What runs the networks, and so which of the weights are loaded."""
    concurrency: PositiveInt = Field(default_factory=count_cores)
    """Pictures in the networks at the same time."""
    image_deadline_seconds: PositiveFloat = 20
    """For decoding and recognising one picture. The slowest that we accept take two."""
    memory_limit_mb: PositiveInt = Field(default_factory=choose_memory_limit)
    """An allocation beyond it fails, and with it the picture's delivery."""
    version: str = "dev"
    """The commit that was deployed; shown in logs and health."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    metrics_detail: MetricsDetail = "full"
    """With "basic" only the metrics that alarms and the portal read; logs hold the rest."""
    metrics_interval_seconds: PositiveInt = 60
