"""Runs as many worker processes as the Auto Scaling group wants, as EC2 does on AWS."""

import logging
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from infra.local import names
from infra.local.layout import REPOSITORY, WEIGHTS, Layout
from infra.local.processes import WORKER, Roster
from infra.local.server import build_environment
from infra.local.state import AccessKey

logger = logging.getLogger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
HEALTHY_SECONDS = 15.0
"""A worker that ran this long was healthy, so its next pause is short again. The value is below a
picture's deadline, after which a worker ends itself."""


@dataclass
class WorkerSettings:
    """Settings of every worker."""

    endpoint: str
    task_queue_url: str
    key: AccessKey
    command: tuple[str, ...] = (sys.executable, "-m", "pipeline.worker")
    more: Mapping[str, str] = field(default_factory=dict)
    """Variables that only some systems need."""


@dataclass
class _Slot:
    """One member of the group and its process."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_seconds: float = FIRST_PAUSE_SECONDS
    not_before: float = 0.0


@dataclass
class WorkerFleet:
    """Keeps the workers running that `get_members` names. Not thread-safe."""

    settings: WorkerSettings
    layout: Layout
    roster: Roster
    get_members: Callable[[], list[str]]
    longest_pause_seconds: float = LONGEST_PAUSE_SECONDS
    """Pauses before a worker that keeps ending starts again."""
    _slots: dict[str, _Slot] = field(default_factory=dict)

    def reconcile(self) -> None:
        """Compare once: start missing workers, stop surplus workers, restart workers that ended."""
        members = self.get_members()
        for name in self._slots.keys() - set(members):
            self._retire(self._slots.pop(name))
        for name in members:
            self._check(self._slots.setdefault(name, _Slot(name)))

    def _check(self, slot: _Slot) -> None:
        now = time.monotonic()
        if slot.process and slot.process.poll() is not None:
            self.roster.remove(slot.process.pid)
            if now - slot.started_at > HEALTHY_SECONDS:
                slot.pause_seconds = FIRST_PAUSE_SECONDS
            logger.warning(
                "%s ended with code %d and starts again in %.0f s. Its log: %s",
                slot.name,
                slot.process.returncode,
                slot.pause_seconds,
                self.layout.logs / f"{slot.name}.log",
            )
            slot.process = None
            slot.not_before = now + slot.pause_seconds
            slot.pause_seconds = min(slot.pause_seconds * 2, self.longest_pause_seconds)
        if slot.process is None and now >= slot.not_before:
            self._start(slot, now)

    def _start(self, slot: _Slot, now: float) -> None:
        with (self.layout.logs / f"{slot.name}.log").open("ab") as log:
            slot.process = subprocess.Popen(
                self.settings.command,
                env=self._build_environment(slot.name),
                cwd=REPOSITORY,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        slot.started_at = now
        self.roster.add(slot.name, slot.process.pid, WORKER)

    def _retire(self, slot: _Slot) -> None:
        """Stop a worker as EC2 does: SIGTERM, a time limit, SIGKILL."""
        if slot.process is None:
            return
        slot.process.terminate()
        try:
            slot.process.wait(WORKER.stop_seconds)
        except subprocess.TimeoutExpired:
            slot.process.kill()
            slot.process.wait()
        self.roster.remove(slot.process.pid)

    def _build_environment(self, name: str) -> dict[str, str]:
        return build_environment(
            AWS_ENDPOINT_URL=self.settings.endpoint,
            AWS_REGION=names.REGION,
            AWS_DEFAULT_REGION=names.REGION,
            AWS_ACCESS_KEY_ID=self.settings.key.access_key_id,
            AWS_SECRET_ACCESS_KEY=self.settings.key.secret_access_key,
            TASKS_TABLE=names.TASKS_TABLE,
            TASK_QUEUE_URL=self.settings.task_queue_url,
            IMAGES_BUCKET=names.IMAGES_BUCKET,
            WEIGHTS_DIR=str(WEIGHTS),
            WORKER_NAME=name,
            HEALTH_FILE=str(self.layout.run / f"{name}.health"),
            **self.settings.more,
        )
